// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/shape.h"

#include "core/opcodes.h"

namespace inlay::m6502 {

namespace {

/// What stands in memory in place of instructions that only the driver may run, whatever it means to a variant.
constexpr std::uint8_t DriversOpcode = 0x02;

Flow flow_of(const Opcode& opcode) {
  if (opcode.flags & OpcodeIndirect) return Flow::Anywhere;
  if (opcode.flags & OpcodeReturn) return opcode.cycles == 6 && opcode.name[2] == 'S' ? Flow::Return : Flow::Anywhere;
  if (opcode.flags & OpcodeCall) return Flow::Call;
  if (opcode.flags & OpcodeJump) return Flow::Jump;
  if (opcode.flags & OpcodeBranch) return Flow::Branch;
  return Flow::Next;
}

bool may_leave(const Opcode& opcode) {
  if (opcode.flags & (OpcodeWrites | OpcodePushes | OpcodeLeaves | OpcodeIndirect)) return true;
  if ((opcode.flags & OpcodeReads) == 0) return false;
  switch (opcode.mode) {
    case Mode::IMM:
    case Mode::ZP:
    case Mode::ZPX:
    case Mode::ZPY:
    case Mode::ZPR:
      return false;
    default:
      return true;
  }
}

/// The same where the operand is known and leads to memory: core/region_opcodes.cpp has the same rules.
bool refusable(const Opcode& opcode) {
  if (opcode.flags & (OpcodeWrites | OpcodePushes | OpcodeLeaves | OpcodeIndirect | OpcodeReturn)) return true;
  return opcode.mode == Mode::IZX || opcode.mode == Mode::IZY || opcode.mode == Mode::IZP;
}

}  // namespace

Shape shape_of(Variant variant, std::uint8_t byte) {
  const Opcode& opcode = opcode_table(variant)[byte];
  Shape shape;
  shape.length = opcode.length;
  shape.fetched = opcode.looks;
  shape.cycles = opcode.longest;
  shape.flow = flow_of(opcode);
  shape.compiled = byte != DriversOpcode && (opcode.flags & (OpcodeBreak | OpcodeStops)) == 0;
  shape.relative = opcode.mode == Mode::REL || opcode.mode == Mode::ZPR;
  shape.may_leave = may_leave(opcode);
  shape.refusable = refusable(opcode);
  shape.sets_decimal = (opcode.flags & OpcodeSetsStatus) != 0;
  shape.decimal = (opcode.flags & OpcodeDecimal) != 0;
  shape.address = opcode.mode == Mode::ABS || opcode.mode == Mode::ABX || opcode.mode == Mode::ABY ||
                  opcode.mode == Mode::IND || opcode.mode == Mode::IAX;
  return shape;
}

}  // namespace inlay::m6502
