// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/trap_finder.h"

#include "core/self_jump.h"
#include "inlay/m6502/load_image.h"
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

void TrapFinder::note(const Machine& machine) {
  memory_.resize(MemorySize);
  for (std::size_t address = 0; address < MemorySize; ++address)
    memory_[address] = machine.peek(static_cast<std::uint16_t>(address));
  calls_.clear();
  registers_ = machine.registers();
  cycle_ = machine.cycle();
}

std::int64_t TrapFinder::first_cycle(const Machine& machine) const {
  const std::uint16_t trap = machine.registers().pc;
  MachineOptions options = machine.options();
  options.engine = Engine::Interpreter;
  Result<Machine> created = Machine::create(options);
  if (!created || !load_image(*created, image_) || !created->load(0, memory_)) return machine.cycle();
  Machine& again = *created;
  again.set_registers(registers_);
  const std::int64_t start = again.cycle(), limit = start + machine.cycle() - cycle_;
  std::size_t next_call = 0;
  const auto call_again = [&](Machine& there) {
    if (next_call == calls_.size()) return there.stop();
    const Sim65Call& call = calls_[next_call++];
    for (const Sim65Call::Byte& byte : call.memory) there.poke(byte.address, byte.value);
    there.set_registers(call.registers);
  };
  if (image_.format == ImageFormat::Sim65)
    for (std::uint16_t call = Sim65Calls; call != Sim65CallsEnd; ++call) again.on_execute(call, call_again);
  bool found = false, changed = false;
  again.on_execute(trap, [&](Machine& there) {
    if (at_trap(there)) {
      found = true;
      return there.stop();
    }
    Registers registers = there.registers();
    if (is_branch(there.peek(registers.pc))) {
      registers.pc = static_cast<std::uint16_t>(registers.pc + UntakenLength);
      there.set_registers(registers);
      return there.take_cycles(UntakenCycles);
    }
    changed = true;  // another instruction stood there before
    there.stop();
  });
  again.run(limit);
  if (changed) {
    again.on_execute(trap, {});
    while (!(again.registers().pc == trap && at_trap(again)) && again.cycle() < limit) again.step();
    found = true;
  }
  return found ? cycle_ + again.cycle() - start : machine.cycle();
}

}  // namespace inlay::m6502::command
