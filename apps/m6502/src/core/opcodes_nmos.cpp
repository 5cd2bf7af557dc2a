// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// opcode_A9_LDA_IMM and the others of NMOS processors, and those of the 2A03 that differ.
#include <array>

#include "core/describe.h"
#include "core/tables.h"
#include "inlay/annotate.h"

namespace inlay::m6502 {

extern "C" {
#define M6502_OPCODE(BYTE, NAME, MODE, KIND)                                                         \
  INLAY_INLINE void opcode_##BYTE##_##NAME##_##MODE(Cpu& cpu, Bus& bus, const Map& map, Code code) { \
    NmosInstruction<Variant::Nmos, 0x##BYTE>::run(cpu, bus, map, code);                              \
  }
#include "core/opcodes_nmos.def"
#undef M6502_OPCODE

#define M6502_OPCODE(BYTE, NAME, MODE, KIND)                                                              \
  INLAY_INLINE void opcode_2a03_##BYTE##_##NAME##_##MODE(Cpu& cpu, Bus& bus, const Map& map, Code code) { \
    NmosInstruction<Variant::Ricoh2A03, 0x##BYTE>::run(cpu, bus, map, code);                              \
  }
#include "core/opcodes_2a03.def"
#undef M6502_OPCODE
}

namespace {

constexpr std::array<Opcode, 256> nmos_table() {
  std::array<Opcode, 256> table;
#define M6502_ENTRY(BYTE, NAME, MODE, MORE)                                                       \
  table[0x##BYTE] = describe<Variant::Nmos, 0x##BYTE>(#NAME, "opcode_" #BYTE "_" #NAME "_" #MODE, \
                                                      opcode_##BYTE##_##NAME##_##MODE, MORE);
#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_ENTRY(BYTE, NAME, MODE, 0)
#define M6502_UNDOCUMENTED(BYTE, NAME, MODE, KIND) M6502_ENTRY(BYTE, NAME, MODE, OpcodeUndocumented)
#define M6502_UNSTABLE(BYTE, NAME, MODE, KIND) M6502_ENTRY(BYTE, NAME, MODE, OpcodeUndocumented | OpcodeUnstable)
#include "core/opcodes_nmos.def"
#undef M6502_OPCODE
#undef M6502_ENTRY
  return table;
}

constexpr std::array<Opcode, 256> ricoh_table() {
  std::array<Opcode, 256> table = nmos_table();
#define M6502_OPCODE(BYTE, NAME, MODE, KIND)                                \
  table[0x##BYTE].function_name = "opcode_2a03_" #BYTE "_" #NAME "_" #MODE; \
  table[0x##BYTE].function = opcode_2a03_##BYTE##_##NAME##_##MODE;          \
  table[0x##BYTE].flags &= ~static_cast<std::uint32_t>(OpcodeDecimal);
#include "core/opcodes_2a03.def"
#undef M6502_OPCODE
  return table;
}

constexpr std::array<Opcode, 256> Nmos = nmos_table(), Ricoh = ricoh_table();

}  // namespace

const Opcode* nmos_opcodes() { return Nmos.data(); }
const Opcode* ricoh_opcodes() { return Ricoh.data(); }

}  // namespace inlay::m6502
