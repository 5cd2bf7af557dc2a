// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/disassemble.h"

#include <cstdio>

#include "core/word.h"

namespace inlay::m6502 {

namespace {

std::string hex(unsigned value, int digits) {
  char text[8];
  std::snprintf(text, sizeof text, "%0*X", digits, value);
  return text;
}

std::uint16_t branch_target(std::uint16_t next, std::uint8_t offset) {
  return static_cast<std::uint16_t>(next + static_cast<std::int8_t>(offset));
}

/// An address, by its name if it has one.
std::string address_text(std::uint16_t address, int digits, const Labels* labels) {
  if (labels != nullptr)
    if (const std::string_view name = labels->name_of(address); !name.empty()) return std::string(name);
  return "$" + hex(address, digits);
}

std::string operand_text(AddressingMode mode, std::uint16_t pc, const InstructionBytes& bytes, const Labels* labels) {
  const std::uint8_t low = bytes[1];
  const std::uint16_t both = word(bytes[1], bytes[2]);
  const auto zero_page = [&] { return address_text(low, 2, labels); };
  const auto absolute = [&] { return address_text(both, 4, labels); };
  switch (mode) {
    case AddressingMode::Implied:
      return {};
    case AddressingMode::Accumulator:
      return "A";
    case AddressingMode::Immediate:
      return "#$" + hex(low, 2);
    case AddressingMode::ZeroPage:
      return zero_page();
    case AddressingMode::ZeroPageX:
      return zero_page() + ",X";
    case AddressingMode::ZeroPageY:
      return zero_page() + ",Y";
    case AddressingMode::Absolute:
      return absolute();
    case AddressingMode::AbsoluteX:
      return absolute() + ",X";
    case AddressingMode::AbsoluteY:
      return absolute() + ",Y";
    case AddressingMode::Indirect:
      return "(" + absolute() + ")";
    case AddressingMode::IndexedIndirect:
      return "(" + zero_page() + ",X)";
    case AddressingMode::IndirectIndexed:
      return "(" + zero_page() + "),Y";
    case AddressingMode::Relative:
      return address_text(branch_target(static_cast<std::uint16_t>(pc + 2), low), 4, labels);
    case AddressingMode::ZeroPageIndirect:
      return "(" + zero_page() + ")";
    case AddressingMode::AbsoluteXIndirect:
      return "(" + absolute() + ",X)";
    case AddressingMode::ZeroPageRelative:
      return zero_page() + "," + address_text(branch_target(static_cast<std::uint16_t>(pc + 3), bytes[2]), 4, labels);
  }
  return {};
}

/// What the operand leads to: ` @ 80 = 0200 = 5A`.
std::string value_text(Variant variant, const OpcodeText& opcode, const Peek& peek, const InstructionBytes& bytes,
                       std::uint8_t x, std::uint8_t y) {
  const std::uint8_t low = bytes[1];
  const std::uint16_t both = word(bytes[1], bytes[2]);
  const auto byte_at = [&](std::uint16_t address) { return " = " + hex(peek(address), 2); };
  const auto zero_page_word = [&](std::uint8_t address) {
    return word(peek(address), peek(static_cast<std::uint8_t>(address + 1)));
  };
  switch (opcode.mode) {
    case AddressingMode::ZeroPage:
    case AddressingMode::ZeroPageRelative:
      return byte_at(low);
    case AddressingMode::ZeroPageX:
    case AddressingMode::ZeroPageY: {
      const auto at = static_cast<std::uint8_t>(low + (opcode.mode == AddressingMode::ZeroPageX ? x : y));
      return " @ " + hex(at, 2) + byte_at(at);
    }
    case AddressingMode::Absolute:
      return opcode.mnemonic == "JMP" || opcode.mnemonic == "JSR" ? "" : byte_at(both);
    case AddressingMode::AbsoluteX:
    case AddressingMode::AbsoluteY: {
      const auto at = static_cast<std::uint16_t>(both + (opcode.mode == AddressingMode::AbsoluteX ? x : y));
      return " @ " + hex(at, 4) + byte_at(at);
    }
    case AddressingMode::Indirect: {
      // The older processors stay in the page.
      const auto next =
          static_cast<std::uint16_t>(variant == Variant::Cmos ? both + 1 : (both & 0xFF00) | ((both + 1) & 0xFF));
      return " = " + hex(word(peek(both), peek(next)), 4);
    }
    case AddressingMode::IndexedIndirect: {
      const auto at = static_cast<std::uint8_t>(low + x);
      const std::uint16_t to = zero_page_word(at);
      return " @ " + hex(at, 2) + " = " + hex(to, 4) + byte_at(to);
    }
    case AddressingMode::IndirectIndexed: {
      const std::uint16_t base = zero_page_word(low);
      const auto to = static_cast<std::uint16_t>(base + y);
      return " = " + hex(base, 4) + " @ " + hex(to, 4) + byte_at(to);
    }
    case AddressingMode::ZeroPageIndirect: {
      const std::uint16_t to = zero_page_word(low);
      return " = " + hex(to, 4) + byte_at(to);
    }
    case AddressingMode::AbsoluteXIndirect: {
      const auto at = static_cast<std::uint16_t>(both + x);
      return " @ " + hex(at, 4) + " = " + hex(word(peek(at), peek(static_cast<std::uint16_t>(at + 1))), 4);
    }
    default:
      return {};
  }
}

std::string line_start(std::uint16_t pc, const InstructionBytes& bytes, const OpcodeText& opcode) {
  std::string line = hex(pc, 4) + " ";
  const int length = length_of(opcode.mode);
  for (int k = 0; k < 3; ++k) line += k < length ? " " + hex(bytes[static_cast<std::size_t>(k)], 2) : "   ";
  return line + (opcode.undocumented ? " *" : "  ");
}

}  // namespace

InstructionBytes instruction_at(const Peek& peek, std::uint16_t pc) {
  return {peek(pc), peek(static_cast<std::uint16_t>(pc + 1)), peek(static_cast<std::uint16_t>(pc + 2))};
}

std::string instruction_text(Variant variant, std::uint16_t pc, const InstructionBytes& bytes, const Labels* labels) {
  const OpcodeText opcode = opcode_text(variant, bytes[0]);
  const std::string operand = operand_text(opcode.mode, pc, bytes, labels);
  return std::string(opcode.mnemonic) + (operand.empty() ? "" : " ") + operand;
}

std::string listing_line(Variant variant, std::uint16_t pc, const InstructionBytes& bytes, const Labels* labels) {
  return line_start(pc, bytes, opcode_text(variant, bytes[0])) + instruction_text(variant, pc, bytes, labels);
}

std::string trace_line(Variant variant, const Peek& peek, std::uint16_t pc, std::uint8_t a, std::uint8_t x,
                       std::uint8_t y, std::uint8_t p, std::uint8_t s, std::int64_t cycle) {
  constexpr std::size_t TextColumn = 16, TextWidth = 32;
  constexpr std::int64_t DotsOfLine = 341, LinesOfPicture = 262;  // a cycle is three dots
  const InstructionBytes bytes = instruction_at(peek, pc);
  const OpcodeText opcode = opcode_text(variant, bytes[0]);
  std::string line = line_start(pc, bytes, opcode) + instruction_text(variant, pc, bytes) +
                     value_text(variant, opcode, peek, bytes, x, y);
  if (line.size() < TextColumn + TextWidth) line.resize(TextColumn + TextWidth, ' ');
  char registers[96];
  std::snprintf(registers, sizeof registers, "A:%02X X:%02X Y:%02X P:%02X SP:%02X PPU:%3d,%3d CYC:%lld", a, x, y, p, s,
                static_cast<int>(cycle * 3 / DotsOfLine % LinesOfPicture), static_cast<int>(cycle * 3 % DotsOfLine),
                static_cast<long long>(cycle));
  return line + registers;
}

}  // namespace inlay::m6502
