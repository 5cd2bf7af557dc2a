// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/shape.h"

#include "core/opcodes.h"

namespace inlay::m6502 {

namespace {

/// What stands in memory in place of instructions that only the driver may run, whatever it means to a variant.
constexpr std::uint8_t DriversOpcode = 0x02;

Flow flow_of(const Opcode& opcode) {
  if (opcode.flags & OpcodeIndirect) return Flow::Anywhere;
  if (opcode.flags & OpcodeResumes) return Flow::Anywhere;
  if (opcode.flags & OpcodeReturn) return Flow::Return;
  if (opcode.flags & OpcodeCall) return Flow::Call;
  if (opcode.flags & OpcodeJump) return Flow::Jump;
  if (opcode.flags & OpcodeBranch) return Flow::Branch;
  return Flow::Next;
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
  shape.may_leave = may_leave(opcode.flags, opcode.mode);
  shape.may_be_refused = may_be_refused(opcode.flags);
  shape.may_be_refused_in_memory = may_be_refused_in_memory(opcode.flags);
  shape.writes = (opcode.flags & OpcodeWrites) != 0;
  shape.writes_low = shape.writes && (opcode.mode == Mode::ZP || opcode.mode == Mode::ZPX || opcode.mode == Mode::ZPY ||
                                      opcode.mode == Mode::ZPR);
  shape.pushes = (opcode.flags & OpcodePushes) != 0;
  shape.sets_decimal = (opcode.flags & OpcodeSetsStatus) != 0;
  shape.decimal = (opcode.flags & OpcodeDecimal) != 0;
  const bool is_address = opcode.mode == Mode::ABS || opcode.mode == Mode::ABX || opcode.mode == Mode::ABY ||
                          opcode.mode == Mode::IND || opcode.mode == Mode::IAX;
  shape.address = is_address && (opcode.flags & (OpcodeReads | OpcodeWrites)) != 0;
  return shape;
}

}  // namespace inlay::m6502
