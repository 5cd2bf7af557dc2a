// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texts read as values: what casts from text and the cells of files have in common.
#pragma once

#include <cstdint>

#include "inlay/filter/scope.h"
#include "inlay/filter/type.h"
#include "runtime/find.h"

namespace inlay::filter {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Without the spaces around it.
inline Text trimmed(Text text) {
  while (text.size > 0 && is_space(text.data[0])) ++text.data, --text.size;
  while (text.size > 0 && is_space(text.data[text.size - 1])) --text.size;
  return text;
}

/// Any number of digits, at least one; the sign has been read.
Fault parse_digits(const char* at, const char* end, bool negative, std::int64_t& value);

/// `12`, `-12`, `+12`. Answers None, NotAnInteger or OutOfRange. Up to 8 digits are read at once.
inline Fault parse_integer(Text text, std::int64_t& value) {
  text = trimmed(text);
  const char* at = text.data;
  const char* end = at + text.size;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  const std::int64_t count = end - at;
  if (count <= 0) return Fault::NotAnInteger;
  if (count > 8) return parse_digits(at, end, negative, value);
  // Zeros in front, which in memory is the low end.
  std::uint64_t digits = first_bytes(at, count) << 8 * (8 - count);
  digits |= 0x3030303030303030 & ~(~std::uint64_t{0} << 8 * (8 - count));
  const bool all_digits = (digits & 0xf0f0f0f0f0f0f0f0) == 0x3030303030303030 &&
                          ((digits + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) == 0x3030303030303030;
  if (!all_digits) return Fault::NotAnInteger;
  // Neighbours are joined: to 4 numbers of 2 digits, then to one of 8.
  digits -= 0x3030303030303030;
  digits = digits * 10 + (digits >> 8);
  digits =
      ((digits & 0x000000ff000000ff) * 0x000f424000000064 + (digits >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >>
      32;
  value = negative ? -static_cast<std::int64_t>(digits) : static_cast<std::int64_t>(digits);
  return Fault::None;
}

/// The nearest double. `inf`, `infinity` and `nan` in any case are numbers, too; what is too large is not: OutOfRange.
Fault parse_real(Text text, double& value);
/// true false t f yes no 1 0, in any case.
bool parse_boolean(Text text, bool& value);

}  // namespace inlay::filter
