// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/interpreter.h"

#include "core/handlers.h"

namespace inlay::m6502 {
namespace {

template <Variant V, bool Heat>
constexpr Handlers HandlersFor = handlers_of<V, Heat>(std::make_index_sequence<256>());

template <Variant V, bool Heat>
Interpreted interpret(Bus* bus) {
  const Handlers* handlers = &HandlersFor<V, Heat>;
  const Cpu& cpu = bus->cpu;
  if (cpu.left <= 0) return Interpreted::Time;
  std::memset(bus->memory + 65536, 0x02, sizeof bus->memory - 65536);
  return handlers->of[bus->memory[cpu.pc]](bus, handlers, cpu.pc, cpu.left, cpu.a, cpu.x, cpu.y, cpu.s, cpu.n, cpu.z,
                                           cpu.c);
}

template <bool Heat>
Interpreted interpret(Bus* bus, Variant variant) {
  switch (variant) {
    case Variant::Cmos:
      return interpret<Variant::Cmos, Heat>(bus);
    case Variant::Ricoh2A03:
      return interpret<Variant::Ricoh2A03, Heat>(bus);
    default:
      return interpret<Variant::Nmos, Heat>(bus);
  }
}

}  // namespace

extern "C" Interpreted m6502_interpret(Bus* bus, Variant variant) { return interpret<false>(bus, variant); }
extern "C" Interpreted m6502_interpret_with_heat(Bus* bus, Variant variant) { return interpret<true>(bus, variant); }

extern "C" Interpreted m6502_interpret_6502(Bus* bus) { return interpret<Variant::Nmos, false>(bus); }
extern "C" Interpreted m6502_interpret_2a03(Bus* bus) { return interpret<Variant::Ricoh2A03, false>(bus); }
extern "C" Interpreted m6502_interpret_65c02(Bus* bus) { return interpret<Variant::Cmos, false>(bus); }
extern "C" Interpreted m6502_interpret_with_heat_6502(Bus* bus) { return interpret<Variant::Nmos, true>(bus); }
extern "C" Interpreted m6502_interpret_with_heat_2a03(Bus* bus) { return interpret<Variant::Ricoh2A03, true>(bus); }
extern "C" Interpreted m6502_interpret_with_heat_65c02(Bus* bus) { return interpret<Variant::Cmos, true>(bus); }

}  // namespace inlay::m6502
