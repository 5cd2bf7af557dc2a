// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decimal arithmetic, out of line: programs seldom use it, and what is compiled must not carry it along at each ADC.
// Everything goes by value, so that registers stay in registers.
#pragma once

#include <cstdint>

#include "core/access.h"

namespace inlay::m6502 {

/// A and flags after an operation, in one number.
using DecimalResult = std::uint64_t;

extern "C" {
[[gnu::const]] DecimalResult m6502_adc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry);
[[gnu::const]] DecimalResult m6502_sbc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry);
[[gnu::const]] DecimalResult m6502_c02_adc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry);
[[gnu::const]] DecimalResult m6502_c02_sbc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry);
/// Undocumented; `value` is A AND the operand.
[[gnu::const]] DecimalResult m6502_arr_decimal(std::uint8_t value, std::uint8_t carry);
}

constexpr DecimalResult decimal_result(int a, int n, int z, int carry, int overflow) {
  return static_cast<DecimalResult>(a & 0xFF) | static_cast<DecimalResult>(n & 0xFF) << 8 |
         static_cast<DecimalResult>(z & 0xFF) << 16 | static_cast<DecimalResult>(carry) << 24 |
         static_cast<DecimalResult>(overflow) << 32;
}

M6502_INLINE void set_decimal_result(Cpu& cpu, DecimalResult result) {
  cpu.a = static_cast<std::uint8_t>(result);
  cpu.n = static_cast<std::uint8_t>(result >> 8);
  cpu.z = static_cast<std::uint8_t>(result >> 16);
  cpu.c = static_cast<std::uint8_t>(result >> 24);
  cpu.v = static_cast<std::uint8_t>(result >> 32);
}

}  // namespace inlay::m6502
