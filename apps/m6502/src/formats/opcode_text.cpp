// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names of opcodes, from the table that the engines have.
#include "core/opcodes.h"
#include "inlay/m6502/disassemble.h"

namespace inlay::m6502 {

namespace {

AddressingMode addressing_mode(Mode mode) {
  switch (mode) {
    case Mode::IMP:
      return AddressingMode::Implied;
    case Mode::ACC:
      return AddressingMode::Accumulator;
    case Mode::IMM:
      return AddressingMode::Immediate;
    case Mode::ZP:
      return AddressingMode::ZeroPage;
    case Mode::ZPX:
      return AddressingMode::ZeroPageX;
    case Mode::ZPY:
      return AddressingMode::ZeroPageY;
    case Mode::ABS:
      return AddressingMode::Absolute;
    case Mode::ABX:
      return AddressingMode::AbsoluteX;
    case Mode::ABY:
      return AddressingMode::AbsoluteY;
    case Mode::IND:
      return AddressingMode::Indirect;
    case Mode::IZX:
      return AddressingMode::IndexedIndirect;
    case Mode::IZY:
      return AddressingMode::IndirectIndexed;
    case Mode::REL:
      return AddressingMode::Relative;
    case Mode::IZP:
      return AddressingMode::ZeroPageIndirect;
    case Mode::IAX:
      return AddressingMode::AbsoluteXIndirect;
    case Mode::ZPR:
      return AddressingMode::ZeroPageRelative;
  }
  return AddressingMode::Implied;
}

}  // namespace

OpcodeText opcode_text(Variant variant, std::uint8_t opcode) {
  const Opcode& known = opcode_table(variant)[opcode];
  std::string_view name = known.name;
  if (name == "ISC") name = "ISB";  // as nestest's log has it
  return {name, addressing_mode(known.mode), (known.flags & (OpcodeUndocumented | OpcodeUnstable)) != 0};
}

int length_of(AddressingMode mode) {
  switch (mode) {
    case AddressingMode::Implied:
    case AddressingMode::Accumulator:
      return 1;
    case AddressingMode::Absolute:
    case AddressingMode::AbsoluteX:
    case AddressingMode::AbsoluteY:
    case AddressingMode::Indirect:
    case AddressingMode::AbsoluteXIndirect:
    case AddressingMode::ZeroPageRelative:
      return 3;
    default:
      return 2;
  }
}

}  // namespace inlay::m6502
