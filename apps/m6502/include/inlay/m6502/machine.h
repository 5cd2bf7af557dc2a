// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A 6502 with its memory, devices and interrupts, that runs on one of three engines.
//
//   Machine machine = Machine::create().value();
//   machine.load(0x8000, program);
//   machine.set_vector(ResetVector, 0x8000);
//   machine.reset();
//   while (machine.run(machine.cycle() + 20'000).reason == StopReason::Time) machine.set_irq(vertical_blank());
//
// All engines are in the same state at the same cycle: run() stops at the first boundary between instructions that is
// not before the cycle asked for. Interrupt lines are looked at when the processor does: in the cycle before an
// instruction's last one.
//
// A machine is used by one thread at a time, and by none but its own while it runs: neither another thread nor a
// signal's handler may call stop(). Who wants to stop it from there runs it in pieces and looks between them.
// Engine::Jit has threads of Inlay's beside it, which compile from a copy of what they need: they never touch the
// machine, nor call a device, and one that is busy when the machine goes is not waited for.
//
// In a child of fork() a machine goes on where it was. It compiles in the thread that runs it; and nothing any more if
// its parent was compiling for it at that moment, since locks of the compiler may be held for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inlay/m6502/bus.h"
#include "inlay/m6502/cpu.h"
#include "inlay/result.h"

namespace inlay::m6502 {

enum class Engine : std::uint8_t {
  Step,         // an instruction at a time, every access over the bus
  Interpreter,  // the same functions, joined by tail calls
  Jit,          // the interpreter, and regions that it finds hot, compiled in the background
};

struct MachineOptions {
  Variant variant = Variant::Nmos;
  Engine engine = Engine::Jit;
  /// Jumps to a place before a region is compiled from there. 1 to 255.
  int heat = 200;
  /// Cycles that the machine runs before anything is compiled: what ends earlier would not have been quicker. From then
  /// on, the longer compiled code runs, the more is compiled. 0: without these limits.
  std::int64_t patience = 128'000'000;
  /// Regions are compiled where they are found, before the machine goes on, and without patience: for tests.
  bool compile_at_once = false;
  /// Instructions of a region at most, 1 to 2500; 0: what is best. For tests.
  int region_instructions = 0;
};

/// Pages of `count` from `first` are read and written by functions. Where these are functions of a runtime (a source
/// given to inlay_add_runtime), compiled code has them inlined where it knows the address.
struct Device {
  ReadFunction read = nullptr;    // null: reads see memory
  WriteFunction write = nullptr;  // null: writes go to memory
  /// For both. What it points to must live while a page is mapped to the device, and to the end of the instruction in
  /// which the last one is mapped away.
  void* context = nullptr;
};

/// A part of memory that can be switched in: whole pages.
struct BankId {
  std::uint32_t value = 0;  // 0: none
};

enum class StopReason : std::uint8_t {
  Time,   // the cycle that was asked for has come
  Asked,  // stop() was called
  Jam,    // JAM or STP; only reset() helps
  Error,  // a device, an event or a hook threw, or asked by fail()
};

struct Stopped {
  StopReason reason = StopReason::Time;
  std::string message;  // of an Error
};

/// The registers as the processor shows them.
struct Registers {
  std::uint16_t pc = 0;
  std::uint8_t a = 0, x = 0, y = 0, s = 0, p = 0;
  bool operator==(const Registers&) const = default;
};

/// What has happened since the start. Cycles and instructions are of all engines together; instructions are counted by
/// Engine::Step only.
struct Statistics {
  std::int64_t cycles = 0, instructions = 0, interrupts = 0;
  std::int64_t regions = 0, region_instructions = 0;  // compiled
  std::int64_t invalidated = 0, dynamic_operands = 0, interpreted_bytes = 0, entered = 0;
  double compile_ms = 0;    // in the background
  std::int64_t failed = 0;  // regions that could not be compiled, which the interpreter runs: none, in all we know
  std::string failure;      // why not the last of them
};

class Machine {
 public:
  static Result<Machine> create(const MachineOptions& options = {});
  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  // Memory, without time and without devices.
  std::uint8_t peek(std::uint16_t address) const;
  /// Code that was compiled from the byte is dropped if it changes. ROM changes too.
  void poke(std::uint16_t address, std::uint8_t value);
  /// InvalidArgument if it goes beyond the end.
  Result<void> load(std::uint16_t address, std::span<const std::uint8_t> bytes);
  void set_vector(std::uint16_t vector, std::uint16_t address);

  // The map: pages are address >> 8. All of these, and the banks below, may be called by a device, an event or a hook.
  // InvalidArgument, and nothing has changed, for pages that there are not (beyond 255, or none), and for more than
  // MaxDevices different devices at once.
  Result<void> map_device(int first, int count, const Device& device);
  Result<void> map_rom(int first, int count);
  Result<void> map_memory(int first, int count);
  /// The same for functions that may throw; what they throw stops the machine behind the instruction. They are kept
  /// while a page is mapped to them, and to the end of the instruction in which the last one is mapped away.
  Result<void> map_device(int first, int count, std::function<std::uint8_t(std::uint16_t, std::int64_t)> read,
                          std::function<void(std::uint16_t, std::uint8_t, std::int64_t)> write);
  /// Bytes for whole pages; those of a bank that can be written are kept while it is out. InvalidArgument if there are
  /// none, more than 64 KiB, or some that fill no page. Banks stay to the machine's end.
  Result<BankId> add_bank(std::vector<std::uint8_t> bytes, bool writable);
  /// Brings it in at a page; what is there goes out: banks are kept, what else was there is gone. A bank is in one
  /// place at a time; where it was, its bytes stay as memory of no bank. The pages become memory or ROM, but those
  /// whose writes go to a device keep that. Compiled code of a bank is kept while it is out. InvalidArgument, and
  /// nothing has changed, for a bank of another machine or none, and where it would go beyond page 255.
  Result<void> switch_in(BankId bank, int page);

  // Lines. `since`: the cycle at which that happened, not later than now; so an event that comes late for its cycle is
  // seen as if it had been in time. Without it, now: in a device's access its cycle, but in a plain ReadFunction or
  // WriteFunction, which the machine does not see, the instruction's last cycle.
  // A cycle behind now is taken for now, and in a hook any: it stands between instructions, and what the processor has
  // looked at before is over.
  /// The line is low if one of the sources 0 to 31 is; another source is an Error of the run (see fail()).
  void set_irq(bool low, std::optional<std::int64_t> since = {}, int source = 0);
  void nmi(std::optional<std::int64_t> since = {});
  void reset();  // takes seven cycles of the next run()

  /// Now; in an access of a device of plain functions, at some boundary before.
  std::int64_t cycle() const;
  /// Runs until the first boundary that is not before `until`. A processor that waits (WAI) lets the time pass, at once
  /// if no event comes before. Called by a device, an event or a hook of the same machine: an Error, and nothing runs.
  Stopped run(std::int64_t until);
  /// One instruction, or the beginning of an interrupt, or a cycle if the processor waits.
  Stopped step();
  /// If the processor waits for an interrupt (WAI): since which cycle. Who has no lines and no events knows then that
  /// it will wait for ever.
  std::optional<std::int64_t> waiting_since() const;
  /// From a device, an event or a hook: behind the instruction; else at the beginning of the next run().
  void stop();
  /// As stop(), but the run's answer is an Error with this message; the first one counts.
  void fail(std::string message);

  /// `what` is called at the first boundary that is not before `at`, with the cycle that it was scheduled for. By an
  /// event: a cycle behind that event's at least.
  void schedule(std::int64_t at, std::function<void(Machine&, std::int64_t)> what);

  /// Called instead of the instruction at `pc` (a trap, a system call): it changes registers, and may take time; one
  /// that leaves pc and takes no time, again and again, is an Error. The byte there is replaced by one that no engine
  /// runs: the program reads that, peek() shows the program's. One at a place; an empty function takes it away.
  void on_execute(std::uint16_t pc, std::function<void(Machine&)> what);

  Registers registers() const;  // at boundaries: not in a device's access
  /// By an event, a hook, or outside of run(). In a device's access, where the instruction has them, it changes nothing
  /// and is an Error of the run.
  void set_registers(const Registers& registers);
  /// By an event, a hook, or outside of run(): so much time passes. In a device's access, and with less than 0, it does
  /// nothing and is an Error of the run.
  void take_cycles(int cycles);

  Statistics statistics() const;
  const MachineOptions& options() const;

 private:
  friend struct MachineState& state_of(Machine& machine);
  struct State;
  explicit Machine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace inlay::m6502
