// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the table of opcodes tells of an instruction, from its name, mode and kind.
#pragma once

#include <string_view>

#include "core/instructions.h"

namespace inlay::m6502 {

namespace describe_detail {

constexpr bool starts(std::string_view name, std::string_view with) { return name.substr(0, with.size()) == with; }

constexpr bool computed(Mode mode) {
  return mode == Mode::IZX || mode == Mode::IZY || mode == Mode::IZP || mode == Mode::IAX;
}

constexpr std::uint32_t special_flags(std::string_view name, Mode mode) {
  if (name == "JMP") return OpcodeJump | (mode == Mode::ABS ? 0 : OpcodeIndirect | OpcodeReads);
  if (name == "JSR") return OpcodeCall | OpcodePushes;
  // RTS reads at the place it returns to.
  if (name == "RTS") return OpcodeReturn | OpcodeComputed;
  if (name == "RTI") return OpcodeReturn | OpcodeResumes | OpcodeLeaves | OpcodeSetsStatus;
  if (name == "BRK") return OpcodeBreak | OpcodePushes | OpcodeReads | OpcodeIndirect | OpcodeSetsStatus;
  if (name == "PLP") return OpcodeLeaves | OpcodeSetsStatus;
  if (name == "CLI") return OpcodeLeaves | OpcodeSetsStatus;
  if (starts(name, "PH")) return OpcodePushes;
  if (starts(name, "PL")) return 0;
  if (starts(name, "BB")) return OpcodeBranch | OpcodeReads | OpcodeWrites;
  if (name == "JAM" || name == "STP" || name == "WAI") return OpcodeStops | OpcodeLeaves;
  if (name == "NOP") return 0;
  if (name == "NOL") return OpcodeComputed;  // it reads at $FFFF and in that page
  return OpcodeWrites;                       // SHA and its like
}

constexpr std::uint32_t flags_of(std::string_view name, Mode mode, Kind kind) {
  std::uint32_t flags = computed(mode) ? OpcodeComputed : 0;
  switch (kind) {
    case Kind::Arithmetic:
      flags |= OpcodeDecimal;
      [[fallthrough]];
    case Kind::Read:
      return flags | (mode == Mode::IMM ? 0 : OpcodeReads);
    case Kind::Write:
      return flags | OpcodeWrites;
    case Kind::ArithmeticModify:
      flags |= OpcodeDecimal;
      [[fallthrough]];
    case Kind::Modify:
      return flags | OpcodeReads | OpcodeWrites;
    case Kind::Accumulator:
      return 0;
    case Kind::Register:
      return name == "CLD" || name == "SED" || name == "SEI" ? OpcodeSetsStatus : 0;
    case Kind::Branch:
      return name == "BRA" ? OpcodeJump : OpcodeBranch;
    case Kind::Special:
      return flags | special_flags(name, mode);
  }
  return 0;
}

struct Cycles {
  int least, most;
};

constexpr Cycles special_cycles(std::string_view name, Mode mode, bool cmos) {
  if (name == "JMP") return mode == Mode::ABS ? Cycles{3, 3} : cmos ? Cycles{6, 6} : Cycles{5, 5};
  if (name == "JSR" || name == "RTS" || name == "RTI") return {6, 6};
  if (name == "BRK") return {7, 7};
  if (name == "CLI") return {2, 2};
  if (starts(name, "PH")) return {3, 3};
  if (starts(name, "PL")) return {4, 4};
  if (starts(name, "BB")) return {6, 6};
  if (name == "JAM" || name == "STP" || name == "WAI") return {3, 3};
  if (name == "NOL") return {8, 8};
  if (name == "NOP") return mode == Mode::ABS ? Cycles{4, 4} : Cycles{1, 1};
  return mode == Mode::IZY ? Cycles{6, 6} : Cycles{5, 5};  // SHA and its like
}

/// Of the address alone, with the opcode's fetch; without the cycle for a carry.
constexpr int address_cycles(Mode mode) {
  switch (mode) {
    case Mode::ZP:
      return 2;
    case Mode::ZPX:
    case Mode::ZPY:
    case Mode::ABS:
    case Mode::ABX:
    case Mode::ABY:
      return 3;
    case Mode::IZY:
    case Mode::IZP:
      return 4;
    case Mode::IZX:
      return 5;
    default:
      return 1;
  }
}

template <Variant V>
constexpr Cycles cycles_of(std::string_view name, Mode mode, Kind kind) {
  constexpr bool Cmos = V == Variant::Cmos;
  const int address = address_cycles(mode);
  const int carry = mode == Mode::ABX || mode == Mode::ABY || mode == Mode::IZY ? 1 : 0;
  switch (kind) {
    case Kind::Read:
      return {address + 1, address + 1 + carry};
    case Kind::Arithmetic:
      return {address + 1, address + 1 + carry + (Cmos ? 1 : 0)};
    case Kind::Write:
      return {address + carry + 1, address + carry + 1};
    case Kind::Modify:
    case Kind::ArithmeticModify:
      return {address + 3 + (carry_of<V>(name, mode) == Carry::Always ? carry : 0), address + carry + 3};
    case Kind::Accumulator:
    case Kind::Register:
      return {2, 2};
    case Kind::Branch:
      return {name == "BRA" ? 3 : 2, 4};
    case Kind::Special:
      return special_cycles(name, mode, Cmos);
  }
  return {0, 0};
}

}  // namespace describe_detail

template <Variant V, int Byte>
constexpr Opcode describe(const char* name, const char* function_name, OpcodeFunction function, std::uint32_t more) {
  using I = Instruction<V, Byte>;
  const describe_detail::Cycles cycles = describe_detail::cycles_of<V>(I::name, I::mode, I::kind);
  const int length = length_of(I::mode);
  // One byte more is fetched without operands, and behind a branch that is taken.
  const bool one_more = (length == 1 && cycles.least > 1) || I::mode == Mode::REL || I::mode == Mode::ZPR;
  return {name,
          function_name,
          function,
          describe_detail::flags_of(I::name, I::mode, I::kind) | more,
          I::mode,
          static_cast<std::uint8_t>(length),
          static_cast<std::uint8_t>(length + (one_more ? 1 : 0)),
          static_cast<std::uint8_t>(cycles.least),
          static_cast<std::uint8_t>(cycles.most)};
}

}  // namespace inlay::m6502
