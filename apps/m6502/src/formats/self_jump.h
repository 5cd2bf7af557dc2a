// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Jumps to themselves, with which programs say that they have ended.
#pragma once

#include "inlay/m6502/cpu.h"

namespace inlay::m6502 {

/// Whether the instruction at `pc`, with these bytes and this status, leads to itself, now and for ever as long as
/// there are no interrupts.
constexpr bool jumps_to_itself(Variant variant, std::uint16_t pc, std::uint8_t opcode, std::uint8_t low,
                               std::uint8_t high, std::uint8_t status) {
  constexpr std::uint8_t OpcodeJmp = 0x4C, OpcodeBra = 0x80, ToItself = 0xFE;
  constexpr std::uint8_t Flags[] = {StatusNegative, StatusOverflow, StatusCarry, StatusZero};
  if (opcode == OpcodeJmp) return (low | high << 8) == pc;
  if (low != ToItself) return false;
  if (opcode == OpcodeBra) return variant == Variant::Cmos;
  return (opcode & 0x1F) == 0x10 && ((status & Flags[opcode >> 6]) != 0) == ((opcode & 0x20) != 0);
}

}  // namespace inlay::m6502
