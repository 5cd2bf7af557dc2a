// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// opcode_c02_A9_LDA_IMM and the others of the 65C02.
#include <array>

#include "core/describe.h"
#include "core/tables.h"
#include "inlay/annotate.h"

namespace inlay::m6502 {

extern "C" {
#define M6502_OPCODE(BYTE, NAME, MODE, KIND)                                                             \
  INLAY_INLINE void opcode_c02_##BYTE##_##NAME##_##MODE(Cpu& cpu, Bus& bus, const Map& map, Code code) { \
    CmosInstruction<Variant::Cmos, 0x##BYTE>::run(cpu, bus, map, code);                                  \
  }
#include "core/opcodes_cmos.def"
#undef M6502_OPCODE
}

namespace {

constexpr std::array<Opcode, 256> cmos_table() {
  std::array<Opcode, 256> table;
#define M6502_ENTRY(BYTE, NAME, MODE, TEXT, MORE)                                                    \
  table[0x##BYTE] = describe<Variant::Cmos, 0x##BYTE>(TEXT, "opcode_c02_" #BYTE "_" #NAME "_" #MODE, \
                                                      opcode_c02_##BYTE##_##NAME##_##MODE, MORE);
#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_ENTRY(BYTE, NAME, MODE, #NAME, 0)
#define M6502_UNDOCUMENTED(BYTE, NAME, MODE, KIND) M6502_ENTRY(BYTE, NAME, MODE, #NAME, OpcodeUndocumented)
#include "core/opcodes_cmos.def"
#undef M6502_OPCODE
#undef M6502_ENTRY
  table[0x89].name = "BIT";
  table[0x5C].name = "NOP";
  return table;
}

constexpr std::array<Opcode, 256> Cmos = cmos_table();

}  // namespace

const Opcode* cmos_opcodes() { return Cmos.data(); }

}  // namespace inlay::m6502
