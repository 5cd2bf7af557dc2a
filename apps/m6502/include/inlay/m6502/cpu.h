// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The registers of a 6502.
#pragma once

#include <cstdint>

namespace inlay::m6502 {

enum class Variant : std::uint8_t {
  Nmos,       // MOS 6502, with decimal mode and its undocumented opcodes
  Ricoh2A03,  // the NES': the same without decimal mode
  Cmos,       // WDC 65C02, with its instructions on bits, WAI and STP
};

/// Where the addresses are that the processor goes to.
inline constexpr std::uint16_t NmiVector = 0xFFFA, ResetVector = 0xFFFC, IrqVector = 0xFFFE;
/// A reset takes three from S, which mostly is 0 when power comes.
inline constexpr std::uint8_t StackAfterReset = 0xFD;

/// Bits of the status register as it is pushed.
enum Status : std::uint8_t {
  StatusCarry = 0x01,
  StatusZero = 0x02,
  StatusInterrupt = 0x04,
  StatusDecimal = 0x08,
  StatusBreak = 0x10,
  StatusAlways = 0x20,
  StatusOverflow = 0x40,
  StatusNegative = 0x80,
};

/// Flags are kept as what they are computed from, so that a flag that nobody reads costs nothing.
struct Cpu {
  /// Cycles until Bus::end; the cycle now is `end - left`. Every access takes one off.
  std::int64_t left = 0;
  std::uint16_t pc = 0;
  std::uint8_t a = 0, x = 0, y = 0, s = 0;
  std::uint8_t n = 0;                       // N is bit 7 of it
  std::uint8_t z = 1;                       // Z is whether it is 0
  std::uint8_t c = 0, v = 0, d = 0, i = 0;  // 0 or 1
  /// Not 0: the driver must look at the machine before the next instruction. Bits of Attention (inlay/m6502/bus.h), or
  /// LeaveMasked.
  std::uint8_t leave = 0;
};

/// In Cpu::leave: this instruction (CLI, PLP) has cleared I, but interrupts were still masked when the processor
/// looked.
constexpr std::uint8_t LeaveMasked = 0x80;

constexpr std::uint8_t status_of(const Cpu& cpu, bool break_bit) {
  return static_cast<std::uint8_t>((cpu.n & StatusNegative) | (cpu.v ? StatusOverflow : 0) | StatusAlways |
                                   (break_bit ? StatusBreak : 0) | (cpu.d ? StatusDecimal : 0) |
                                   (cpu.i ? StatusInterrupt : 0) | (cpu.z ? 0 : StatusZero) |
                                   (cpu.c ? StatusCarry : 0));
}

constexpr void set_status(Cpu& cpu, std::uint8_t status) {
  cpu.n = status & StatusNegative;
  cpu.z = (status & StatusZero) ? 0 : 1;
  cpu.c = (status & StatusCarry) ? 1 : 0;
  cpu.v = (status & StatusOverflow) ? 1 : 0;
  cpu.d = (status & StatusDecimal) ? 1 : 0;
  cpu.i = (status & StatusInterrupt) ? 1 : 0;
}

}  // namespace inlay::m6502
