// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/step.h"

#include "core/instructions.h"
#include "core/tables.h"

namespace inlay::m6502 {
namespace {

constexpr Code NothingKnown = 0;

template <Variant V>
void break_with(Cpu& cpu, Bus& bus, VectorFunction choose) {
  --cpu.left;
  touch_next(cpu, bus, NothingKnown);
  push_and_go<V>(cpu, bus, bus.map, static_cast<std::uint16_t>(cpu.pc + 2), IrqVector, true, choose, NothingKnown);
}

template <Variant V>
void sequence(Cpu& cpu, Bus& bus, Sequence what, VectorFunction choose) {
  touch(cpu, bus, cpu.pc, NothingKnown);
  touch(cpu, bus, cpu.pc, NothingKnown);
  if (what == Sequence::Reset) {
    for (int i = 0; i < 3; ++i) {
      touch_stack(cpu, bus, NothingKnown);
      --cpu.s;
    }
    go_by_vector<V>(cpu, bus, bus.map, ResetVector, NothingKnown);
    return;
  }
  push_and_go<V>(cpu, bus, bus.map, cpu.pc, what == Sequence::Nmi ? NmiVector : IrqVector, false, choose, NothingKnown);
}

}  // namespace

const Opcode* opcode_table(Variant variant) {
  switch (variant) {
    case Variant::Ricoh2A03:
      return ricoh_opcodes();
    case Variant::Cmos:
      return cmos_opcodes();
    default:
      return nmos_opcodes();
  }
}

M6502_INLINE std::uint8_t step(Bus* bus, const Opcode* opcodes, bool cmos, VectorFunction choose) {
  Cpu& cpu = bus->cpu;
  cpu.leave = 0;
  std::uint8_t opcode = bus->memory[cpu.pc];
  if (const std::uint8_t kind = bus->map.read[cpu.pc >> 8]; kind != ReadMemory)
    opcode = read_device(cpu, *bus, bus->map.devices[kind - ReadDevice], cpu.pc, NothingKnown);
  if (opcode != 0)
    opcodes[opcode].function(cpu, *bus, bus->map, NothingKnown);
  else if (cmos)
    break_with<Variant::Cmos>(cpu, *bus, choose);
  else
    break_with<Variant::Nmos>(cpu, *bus, choose);
  return opcode;
}

extern "C" std::uint8_t m6502_step(Bus* bus, Variant variant, VectorFunction choose) {
  return step(bus, opcode_table(variant), variant == Variant::Cmos, choose);
}
extern "C" std::uint8_t m6502_step_6502(Bus* bus) { return step(bus, nmos_opcodes(), false, nullptr); }
extern "C" std::uint8_t m6502_step_2a03(Bus* bus) { return step(bus, ricoh_opcodes(), false, nullptr); }
extern "C" std::uint8_t m6502_step_65c02(Bus* bus) { return step(bus, cmos_opcodes(), true, nullptr); }

extern "C" void m6502_interrupt(Bus* bus, Variant variant, Sequence what, VectorFunction choose) {
  bus->cpu.leave = 0;
  if (variant == Variant::Cmos)
    sequence<Variant::Cmos>(bus->cpu, *bus, what, choose);
  else
    sequence<Variant::Nmos>(bus->cpu, *bus, what, choose);
}

}  // namespace inlay::m6502
