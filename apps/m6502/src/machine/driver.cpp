// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From boundary to boundary.
//
// The processor looks at its interrupt lines in the cycle before an instruction's last one, and begins an interrupt
// instead of the next instruction if it saw one. So for an instruction that ends before cycle E, what counts is the
// lines in cycle E - 2 and the I flag as it was then:
//
//   LDA #1      0   1               IRQ since 0: taken behind LDA; since 1: behind the instruction after it
//               ^ looks here
//
//   CLI, SEI and PLP change I in their last cycle, behind the look: the next instruction sees the change.
//   RTI changes I early enough: seen at once.
//   A taken branch to the same page has three cycles, but looks only in the first.
//   BRK and the beginning of an interrupt do not look: one instruction of the handler always runs.
//   Which vector BRK and an IRQ go by is decided when their fifth cycle begins: an NMI may take them over (NMOS).
//
// The fast engines do not keep such books. They run while nothing is waiting to be seen, and end 8 cycles, more than an
// instruction has, before anything can happen; what is left is stepped, and what was looked at is known.
#include <algorithm>
#include <exception>
#include <limits>

#include "core/interpreter.h"
#include "core/step.h"
#include "machine/state.h"

namespace inlay::m6502 {
namespace {

/// More than the longest instruction has.
constexpr std::int64_t Margin = 8;
/// Hooks that follow each other without any time: more is a loop that never ends.
constexpr int MaxHooksInCycle = 1000;

constexpr std::uint8_t OpcodeBrk = 0x00, OpcodePlp = 0x28, OpcodeCli = 0x58, OpcodeSei = 0x78, OpcodeBra = 0x80;

/// Nothing that has been asked for needs the driver between instructions.
bool quiet(const MachineState& state) {
  const Bus& bus = state.bus;
  return bus.attention == 0 || (bus.attention == AttentionIrq && bus.cpu.i != 0);
}

/// Calls what a user has given.
template <class Call>
void guarded(MachineState& state, const char* what, Call call) {
  try {
    call();
  } catch (const std::exception& thrown) {
    state.fail(thrown.what());
  } catch (...) {
    state.fail(std::string(what) + " threw something that is no std::exception");
  }
}

/// The answer to stop() and fail(), once.
std::optional<Stopped> asked_to_stop(MachineState& state) {
  if (state.failed) {
    state.failed = state.stop_asked = false;
    return Stopped{StopReason::Error, std::move(state.failure)};
  }
  if (!std::exchange(state.stop_asked, false)) return {};
  return Stopped{StopReason::Asked, {}};
}

void call_events(MachineState& state) {
  while (!state.events.empty() && state.events.begin()->first <= state.now()) {
    const auto event = state.events.extract(state.events.begin());
    state.event_cycle = event.key();
    guarded(state, "an event", [&] { event.mapped()(*state.machine, event.key()); });
    state.event_cycle.reset();
    if (state.failed || state.stop_asked) return;
  }
}

/// The processor has ended something before `now` that looks at the lines as most instructions do.
void looked(MachineState& state, bool i) {
  state.poll_cycle = state.now() - 2;
  state.polled_i = i;
  state.polled = true;
}

/// BRK, an interrupt or a reset has come to its handler.
void did_not_look(MachineState& state) {
  looked(state, true);
  state.polled = false;
}

void served_nmi(MachineState& state) {
  state.lines.take_nmi();
  state.bus.attention &= static_cast<std::uint8_t>(~AttentionNmi);
}

/// BRK or an IRQ pushes the status in `cycle`: an NMI that was there before takes it over.
std::uint16_t choose_vector(Bus* bus, std::uint16_t vector, std::int64_t cycle) {
  MachineState& state = *static_cast<MachineState*>(bus->machine);
  if (vector != IrqVector || state.options.variant == Variant::Cmos) return vector;
  state.taken_over = state.lines.nmi_by(cycle - 1);
  if (!state.taken_over) return vector;
  served_nmi(state);
  return NmiVector;
}

/// Events that were due while BRK or an IRQ began are called behind that. If one was an NMI early enough to have taken
/// it over, it has.
void take_over(MachineState& state) {
  constexpr std::int64_t BehindChoice = 4;  // from the cycle before the choice to the boundary
  if (!std::exchange(state.may_be_taken_over, false) || state.taken_over) return;
  if (!state.lines.nmi_by(state.now() - BehindChoice)) return;
  served_nmi(state);
  const auto vector_byte = [&](std::uint16_t address, std::int64_t before) {
    const Map& map = state.bus.map;
    const std::uint8_t kind = map.read[address >> 8];
    if (kind == ReadMemory) return state.bus.memory[address];
    const DeviceEntry& device = map.devices[kind - ReadDevice];
    return device.read(device.context, address, state.now() - before);
  };
  const std::uint8_t low = vector_byte(NmiVector, 2);
  state.bus.cpu.pc = static_cast<std::uint16_t>(low | vector_byte(NmiVector + 1, 1) << 8);
}

void interrupt(MachineState& state, Sequence what) {
  Bus& bus = state.bus;
  state.in_engine = true;
  state.taken_over = false;
  m6502_interrupt(&bus, state.options.variant, what, choose_vector);
  state.in_engine = false;
  bus.cpu.leave = 0;
  state.lines.ends(state.now());
  did_not_look(state);
  state.may_be_taken_over = what == Sequence::Irq && state.options.variant != Variant::Cmos;
  if (what != Sequence::Reset) ++state.statistics.interrupts;
}

void reset(MachineState& state) {
  state.reset_asked = false;
  state.waits_since.reset();
  state.lines.take_nmi();
  state.bus.attention &= AttentionIrq;
  interrupt(state, Sequence::Reset);
}

bool interrupt_wanted(const MachineState& state) {
  if (!state.polled) return false;
  return state.lines.nmi_by(state.poll_cycle) || (!state.polled_i && state.lines.irq_at(state.poll_cycle));
}

/// Lets the time pass in which the processor waits (WAI). Tells whether it goes on.
bool wait(MachineState& state, std::int64_t until) {
  Lines& lines = state.lines;
  const std::int64_t now = state.now(), seen = now - 2;
  if (!state.waits_since) state.waits_since = now;
  if (lines.nmi_by(seen) || lines.irq_at(seen)) {
    state.bus.attention &= static_cast<std::uint8_t>(~AttentionWait);
    state.waits_since.reset();
    looked(state, state.bus.cpu.i != 0);
    return true;
  }
  if (!state.events.empty()) until = std::min(until, state.events.begin()->first);
  if (lines.irq_now()) until = std::min(until, lines.irq_since() + 2);
  if (lines.nmi_pending()) until = std::min(until, lines.nmi_since() + 2);
  state.bus.cpu.left -= until - now;
  return false;
}

void call_hook(MachineState& state) {
  const auto found = state.hooks.find(state.bus.cpu.pc);
  const auto hook = found->second;
  const std::int64_t before = state.now();
  if (state.hook_cycle != before) state.hooks_in_cycle = 0;
  state.hook_cycle = before;
  if (++state.hooks_in_cycle > MaxHooksInCycle) {
    state.hooks_in_cycle = 0;
    return state.fail("the hook at " + address_text(state.bus.cpu.pc) +
                      " is called again and again while no time passes; it has to set another pc or take cycles");
  }
  state.in_hook = true;
  guarded(state, "a hook", [&] { (*hook)(*state.machine); });
  state.in_hook = false;
  if (state.now() != before) looked(state, state.bus.cpu.i != 0);
}

/// Instructions one by one while nothing needs the driver and before `limit`; one at least.
void run_steps(MachineState& state, std::int64_t limit, bool once) {
  Bus& bus = state.bus;
  Cpu& cpu = bus.cpu;
  const Variant variant = state.options.variant;
  std::int64_t count = 0, before;
  bool i_before;
  std::uint8_t opcode;
  state.in_engine = true;
  state.taken_over = false;
  do {
    before = cpu.left;
    i_before = cpu.i != 0;
    opcode = m6502_step(&bus, variant, choose_vector);
    ++count;
  } while (!once && cpu.leave == 0 && quiet(state) && state.now() < limit && bus.memory[cpu.pc] != JamOpcode);
  state.in_engine = false;
  if (state.options.engine == Engine::Step) state.statistics.instructions += count;
  cpu.leave = 0;
  const std::int64_t now = state.now();
  state.lines.ends(now);
  if (opcode == OpcodeBrk) {
    state.may_be_taken_over = variant != Variant::Cmos;
    return did_not_look(state);
  }
  looked(state, opcode == OpcodeCli || opcode == OpcodeSei || opcode == OpcodePlp ? i_before : cpu.i != 0);
  const bool branch = (opcode & 0x1F) == 0x10 || (opcode == OpcodeBra && variant == Variant::Cmos);
  if (branch && before - cpu.left == 3) --state.poll_cycle;
}

/// The state behind a fast engine's last instruction.
void leave_engine(MachineState& state) {
  Cpu& cpu = state.bus.cpu;
  state.in_engine = false;
  state.lines.ends(state.now());
  const bool masked = (std::exchange(cpu.leave, std::uint8_t{0}) & LeaveMasked) != 0;
  looked(state, masked || cpu.i != 0);
}

/// The interpreter and compiled regions for as long as time is left and nobody needs the driver. Where that is because
/// an instruction has to be stepped, it is.
void run_fast(MachineState& state, std::int64_t limit) {
  Bus& bus = state.bus;
  Cpu& cpu = bus.cpu;
  const std::int64_t now = state.now();
  bus.end = limit - Margin;
  cpu.left = bus.end - now;
  state.in_engine = true;
  const Interpreted why = state.jit ? state.jit->run() : m6502_interpret(&bus, state.options.variant);
  leave_engine(state);
  if (why == Interpreted::Look && !state.memory.hooked(cpu.pc)) run_steps(state, limit, true);
}

/// Pages 0 and 1 are accessed without asking what they are.
bool fast_engines_can(const MachineState& state) {
  const Map& map = state.bus.map;
  return map.read[0] == ReadMemory && map.read[1] == ReadMemory && map.write[1] < WriteDevice;
}

/// What comes at a boundary at which there is nothing else to do.
void go_on(MachineState& state, std::int64_t until, bool once) {
  if (state.bus.memory[state.bus.cpu.pc] == JamOpcode && state.memory.hooked(state.bus.cpu.pc)) return call_hook(state);
  if (once || !quiet(state)) return run_steps(state, until, true);
  if (!state.events.empty()) until = std::min(until, state.events.begin()->first);
  if (state.options.engine != Engine::Step && until - state.now() > Margin && fast_engines_can(state))
    run_fast(state, until);
  else
    run_steps(state, until, false);
}

}  // namespace

Stopped drive(MachineState& state, std::int64_t until, bool once) {
  Bus& bus = state.bus;
  for (bool done = false;; done = true) {
    state.drop_unused_devices();
    if (auto stopped = asked_to_stop(state)) return *std::move(stopped);
    bus.attention &= static_cast<std::uint8_t>(~(AttentionCode | AttentionTime | AttentionStop));
    if (done && once) return {};
    call_events(state);
    if (auto stopped = asked_to_stop(state)) return *std::move(stopped);
    take_over(state);
    if (!once && state.now() >= until) return {};

    if (state.reset_asked) {
      reset(state);
    } else if (bus.attention & AttentionJam) {
      return {StopReason::Jam, {}};
    } else if ((bus.attention & AttentionWait) && !wait(state, once ? state.now() + 1 : until)) {
      continue;
    } else if (interrupt_wanted(state)) {
      const bool nmi = state.lines.nmi_by(state.poll_cycle);
      if (nmi) served_nmi(state);
      interrupt(state, nmi ? Sequence::Nmi : Sequence::Irq);
    } else {
      go_on(state, until, once);
    }
  }
}
}  // namespace inlay::m6502
