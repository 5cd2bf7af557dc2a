// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// After Bruce Clark, "Decimal Mode" (6502.org): also for digits above 9, and with all flags as the chips have them.
#include "core/decimal.h"

namespace inlay::m6502 {
namespace {

/// The low digits, adjusted; 0x10 is the carry out of them.
constexpr int add_low(int a, int value, int carry) {
  const int low = (a & 0x0F) + (value & 0x0F) + carry;
  return low < 0x0A ? low : ((low + 0x06) & 0x0F) + 0x10;
}

constexpr int overflow_of(int a, int value, int result) { return (~(a ^ value) & (a ^ result) & 0x80) >> 7; }

/// The flags of the binary difference; decimal mode only changes A.
struct Difference {
  int value, carry, overflow;
};
constexpr Difference subtract(int a, int value, int carry) {
  const int difference = a - value - 1 + carry;
  return {difference & 0xFF, difference >= 0 ? 1 : 0, overflow_of(a, ~value, difference)};
}

}  // namespace

extern "C" {

// N and V are those before the high digit is adjusted, Z that of the binary sum.
[[gnu::noinline]] DecimalResult m6502_adc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry) {
  int sum = (a & 0xF0) + (value & 0xF0) + add_low(a, value, carry);
  const int n = sum, overflow = overflow_of(a, value, sum);
  if (sum >= 0xA0) sum += 0x60;
  return decimal_result(sum, n, a + value + carry, sum >= 0x100 ? 1 : 0, overflow);
}

[[gnu::noinline]] DecimalResult m6502_sbc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry) {
  const Difference binary = subtract(a, value, carry);
  int low = (a & 0x0F) - (value & 0x0F) - 1 + carry;
  if (low < 0) low = ((low - 0x06) & 0x0F) - 0x10;
  int result = (a & 0xF0) - (value & 0xF0) + low;
  if (result < 0) result -= 0x60;
  return decimal_result(result, binary.value, binary.value, binary.carry, binary.overflow);
}

// The 65C02 takes a cycle more and has N and Z of the result.
[[gnu::noinline]] DecimalResult m6502_c02_adc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry) {
  int sum = (a & 0xF0) + (value & 0xF0) + add_low(a, value, carry);
  const int overflow = overflow_of(a, value, sum);
  if (sum >= 0xA0) sum += 0x60;
  return decimal_result(sum, sum, sum, sum >= 0x100 ? 1 : 0, overflow);
}

[[gnu::noinline]] DecimalResult m6502_c02_sbc_decimal(std::uint8_t a, std::uint8_t value, std::uint8_t carry) {
  const Difference binary = subtract(a, value, carry);
  const int low = (a & 0x0F) - (value & 0x0F) - 1 + carry;
  int result = a - value - 1 + carry;
  if (result < 0) result -= 0x60;
  if (low < 0) result -= 0x06;
  return decimal_result(result, result, result, binary.carry, binary.overflow);
}

[[gnu::noinline]] DecimalResult m6502_arr_decimal(std::uint8_t value, std::uint8_t carry) {
  const int rotated = value >> 1 | carry << 7;
  int result = rotated;
  if ((value & 0x0F) + (value & 0x01) > 0x05) result = (result & 0xF0) | ((result + 0x06) & 0x0F);
  const bool high = (value & 0xF0) + (value & 0x10) > 0x50;
  if (high) result += 0x60;
  return decimal_result(result, rotated, rotated, high ? 1 : 0, ((value ^ rotated) & 0x40) >> 6);
}

}  // extern "C"
}  // namespace inlay::m6502
