// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/interpreter.h"

#include "core/handlers.h"

namespace inlay::m6502 {
namespace {

template <Variant V, bool Heat>
constexpr Handlers HandlersFor = handlers_of<V, Heat>(std::make_index_sequence<256>());

template <bool Heat>
Interpreted interpret(Bus* bus, Variant variant) {
  const Handlers* handlers = variant == Variant::Cmos        ? &HandlersFor<Variant::Cmos, Heat>
                             : variant == Variant::Ricoh2A03 ? &HandlersFor<Variant::Ricoh2A03, Heat>
                                                             : &HandlersFor<Variant::Nmos, Heat>;
  const Cpu& cpu = bus->cpu;
  if (cpu.left <= 0) return Interpreted::Time;
  std::memset(bus->memory + 65536, 0x02, sizeof bus->memory - 65536);
  return handlers->of[bus->memory[cpu.pc]](bus, handlers, cpu.pc, cpu.left, cpu.a, cpu.x, cpu.y, cpu.s, cpu.n, cpu.z,
                                           cpu.c);
}

}  // namespace

extern "C" Interpreted m6502_interpret(Bus* bus, Variant variant) { return interpret<false>(bus, variant); }
extern "C" Interpreted m6502_interpret_with_heat(Bus* bus, Variant variant) { return interpret<true>(bus, variant); }

}  // namespace inlay::m6502
