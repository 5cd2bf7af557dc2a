// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Jumps to themselves, with which programs say that they have ended. Nobody looks for them at each instruction: a
// program runs for a while, and if it stands at one then, the same while is run again to find in which cycle it first
// came there. Who stands at one stays there, so that it is found in pieces, and only the last of them in steps.
#pragma once

#include "core/word.h"
#include "inlay/m6502/cpu.h"

namespace inlay::m6502 {

/// How long it runs before somebody looks: short at first, for programs that end soon; never so long that running it
/// again is noticed. And the pieces in which that is done.
inline constexpr std::int64_t FirstSlice = 1 << 18, LongestSlice = 1 << 21, AgainPiece = 1 << 15;

/// Whether the instruction at `pc`, with these bytes and this status, leads to itself, now and for ever as long as
/// there are no interrupts.
constexpr bool jumps_to_itself(Variant variant, std::uint16_t pc, std::uint8_t opcode, std::uint8_t low,
                               std::uint8_t high, std::uint8_t status) {
  constexpr std::uint8_t OpcodeJmp = 0x4C, OpcodeBra = 0x80, ToItself = 0xFE;
  constexpr std::uint8_t BranchMask = 0x1F, Branch = 0x10;
  constexpr std::uint8_t Flags[] = {StatusNegative, StatusOverflow, StatusCarry, StatusZero};
  if (opcode == OpcodeJmp) return word(low, high) == pc;
  if (low != ToItself) return false;
  if (opcode == OpcodeBra) return variant == Variant::Cmos;
  return (opcode & BranchMask) == Branch && ((status & Flags[opcode >> 6]) != 0) == ((opcode & 0x20) != 0);
}

/// The same with any status.
constexpr bool always_jumps_to_itself(Variant variant, std::uint16_t pc, std::uint8_t opcode, std::uint8_t low,
                                      std::uint8_t high) {
  return jumps_to_itself(variant, pc, opcode, low, high, 0) && jumps_to_itself(variant, pc, opcode, low, high, 0xFF);
}

}  // namespace inlay::m6502
