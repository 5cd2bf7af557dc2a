// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a machine is made of, and its driver: from one boundary between instructions to the next.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "inlay/m6502/bus.h"
#include "inlay/m6502/machine.h"
#include "jit/jit.h"
#include "machine/lines.h"
#include "machine/memory.h"

namespace inlay::m6502 {

/// Functions of a device that may throw, behind functions that do not.
struct WrappedDevice {
  struct MachineState* state = nullptr;
  std::function<std::uint8_t(std::uint16_t, std::int64_t)> read;
  std::function<void(std::uint16_t, std::uint8_t, std::int64_t)> write;
};

struct MachineState {
  explicit MachineState(const MachineOptions& given);

  Machine* machine = nullptr;  // who runs
  MachineOptions options;
  Bus bus;
  Memory memory{bus};
  std::unique_ptr<Jit> jit;
  Lines lines;
  std::vector<std::unique_ptr<WrappedDevice>> wrapped;
  std::multimap<std::int64_t, std::function<void(Machine&, std::int64_t)>> events;
  std::unordered_map<std::uint16_t, std::shared_ptr<std::function<void(Machine&)>>> hooks;  // one may end itself
  Statistics statistics;

  // The last instruction: what the processor saw of the lines when it looked, in which cycle, and whether it did.
  std::int64_t poll_cycle = -2;
  bool polled_i = true;
  bool polled = true;
  // It was BRK or an IRQ, which an NMI may take over; whether one has.
  bool may_be_taken_over = false, taken_over = false;

  bool running = false;          // in run() or step()
  bool in_hook = false;          // a hook is called
  bool in_engine = false;        // so that `left` is in registers of the engine
  bool devices_changed = false;  // some of `wrapped` may be of no use any more
  bool reset_asked = false;
  bool stop_asked = false;
  bool failed = false;
  std::string failure;
  /// The cycle of the access that is under way, LastCycle if that is not known.
  std::int64_t access_cycle = LastCycle;
  /// The cycle of the event that is called.
  std::optional<std::int64_t> event_cycle;
  /// The boundary at which the processor began to wait (WAI), once somebody has asked the driver to let time pass
  /// there.
  std::optional<std::int64_t> waits_since;
  // Hooks that were called one after the other while no time passed.
  std::int64_t hook_cycle = -1;
  int hooks_in_cycle = 0;

  std::int64_t now() const { return bus.end - bus.cpu.left; }
  /// When something happens that a device, an event or who ever does now.
  std::int64_t happens(std::optional<std::int64_t> since) const;
  /// Makes the engine that runs come back.
  void attend(Attention why) { bus.attention = static_cast<std::uint8_t>(bus.attention | why); }
  void fail(std::string message);
  void set_irq(int source, bool low, std::int64_t cycle);
  /// Frees those of `wrapped` that no page uses any more. Not while one of them may be running.
  void drop_unused_devices();
};

/// For the rooms that look behind the machine's interface.
MachineState& state_of(Machine& machine);

/// From boundary to boundary until one is not before `until`; with `once`, until an instruction has run or an interrupt
/// has begun.
Stopped drive(MachineState& state, std::int64_t until, bool once);

/// One access of a device that may throw, and what it says of time; for as long as it lives.
class Access {
 public:
  Access(MachineState& state, std::int64_t cycle) : state_(state), before_(state.access_cycle) {
    state.access_cycle = cycle;
  }
  ~Access() { state_.access_cycle = before_; }
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

 private:
  MachineState& state_;
  std::int64_t before_;
};

}  // namespace inlay::m6502
