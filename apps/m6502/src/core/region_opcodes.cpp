// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each opcode once more, as region_A9_LDA_IMM: the same definition for what compiled code nearly always knows, and for
// plain memory only. What needs more is refused, with the registers as they were, so that whether to leave is one test
// at the end, and nothing has to be carried to it. The general functions can do the same, but bring all that they ask
// their `code` into each place where they are inlined: ten times the work for LLVM.
#include "core/compiled.h"
#include "core/describe.h"
#include "inlay/annotate.h"

namespace inlay::m6502 {

namespace {

/// In memory, with all of its bytes known.
constexpr Code known(Code operand) {
  return (operand & (CodeLow | CodeHigh | CodeMemory)) | CodeKnowsLow | CodeKnowsHigh | CodePlain | CodeRegion |
         CodeQuick;
}

template <class Instruction>
M6502_INLINE void run_or_refuse(Cpu& cpu, Bus& bus, const Map& map, Code operand) {
  const Code code = known(operand) | (Instruction::kind == Kind::Arithmetic ? CodeBinary : 0u);
  if constexpr (!may_be_refused(describe_detail::flags_of(Instruction::name, Instruction::mode, Instruction::kind))) {
    Instruction::run(cpu, bus, map, code);
  } else {
    Cpu after;
    copy_registers(cpu, after);
    Instruction::run(after, bus, map, code);
    if (after.leave) [[unlikely]]
      cpu.leave = LeaveRefused;
    else
      copy_registers(after, cpu);
  }
}

}  // namespace

extern "C" {
#define M6502_REGION(PREFIX, INSTRUCTION, VARIANT, BYTE, NAME, MODE)                                   \
  INLAY_INLINE void PREFIX##BYTE##_##NAME##_##MODE(Cpu& cpu, Bus& bus, const Map& map, Code operand) { \
    run_or_refuse<INSTRUCTION<Variant::VARIANT, 0x##BYTE>>(cpu, bus, map, operand);                    \
  }

#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_REGION(region_, NmosInstruction, Nmos, BYTE, NAME, MODE)
#include "core/opcodes_nmos.def"
#undef M6502_OPCODE

#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_REGION(region_2a03_, NmosInstruction, Ricoh2A03, BYTE, NAME, MODE)
#include "core/opcodes_2a03.def"
#undef M6502_OPCODE

#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_REGION(region_c02_, CmosInstruction, Cmos, BYTE, NAME, MODE)
#include "core/opcodes_cmos.def"
#undef M6502_OPCODE
}

}  // namespace inlay::m6502
