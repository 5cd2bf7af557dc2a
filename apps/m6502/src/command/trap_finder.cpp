// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/trap_finder.h"

#include <algorithm>

#include "core/self_jump.h"
#include "inlay/m6502/load_image.h"
#include "machine/state.h"
#include "system/call_addresses.h"

namespace inlay::m6502::command {

namespace {

constexpr std::size_t MemorySize = 0x10000;

}  // namespace

bool at_trap(const Machine& machine) {
  if (machine.waiting_since()) return false;
  const Registers registers = machine.registers();
  const auto byte = [&](int offset) { return machine.peek(static_cast<std::uint16_t>(registers.pc + offset)); };
  return jumps_to_itself(machine.options().variant, registers.pc, byte(0), byte(1), byte(2), registers.p);
}

void TrapFinder::note(Machine& machine, std::int64_t cycle, std::size_t calls, Moment& moment) {
  moment.memory.resize(MemorySize);
  state_of(machine).memory.copy_to(moment.memory.data());
  moment.registers = machine.registers();
  moment.cycle = cycle;
  moment.calls = calls;
}

void TrapFinder::note(Machine& machine) {
  calls_.clear();
  note(machine, machine.cycle(), 0, noted_);
}

std::optional<std::int64_t> TrapFinder::first_cycle(const Machine& machine) const {
  MachineOptions options = machine.options();
  options.engine = Engine::Interpreter;
  Result<Machine> created = Machine::create(options);
  if (!created || !load_image(*created, image_)) return {};
  Machine& again = *created;
  std::size_t calls = 0;
  const auto call_again = [&](Machine& there) {
    if (calls == calls_.size()) return there.stop();
    const Sim65Call& call = calls_[calls++];
    for (const Sim65Call::Byte& byte : call.memory) there.poke(byte.address, byte.value);
    there.set_registers(call.registers);
  };
  if (image_.format == ImageFormat::Sim65)
    for (std::uint16_t call = Sim65Calls; call != Sim65CallsEnd; ++call) again.on_execute(call, call_again);
  for (const std::uint16_t hook : hooks_) again.on_execute(hook, [](Machine& there) { there.stop(); });

  std::int64_t earlier = 0;  // what its cycles are behind those of the machine
  const auto go_back_to = [&](const Moment& moment) {
    again.load(0, moment.memory).value();
    again.set_registers(moment.registers);
    earlier = moment.cycle - again.cycle();
    calls = moment.calls;
  };
  const std::int64_t limit = machine.cycle();
  const auto cycle = [&] { return again.cycle() + earlier; };
  Moment before = noted_;
  go_back_to(before);
  while (!at_trap(again)) {
    note(again, cycle(), calls, before);
    if (cycle() >= limit || again.run(std::min(again.cycle() + AgainPiece, limit - earlier)).reason != StopReason::Time)
      return {};
  }
  go_back_to(before);
  while (!at_trap(again))
    if (again.step().reason != StopReason::Time) return {};
  return cycle();
}

}  // namespace inlay::m6502::command
