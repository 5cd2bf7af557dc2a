// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texts read as values: what casts from text and the cells of files have in common.
#pragma once

#include <cstdint>

#include "inlay/filter/scope.h"
#include "inlay/filter/type.h"

namespace inlay::filter {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Without the spaces around it.
inline Text trimmed(Text text) {
  while (text.size > 0 && is_space(text.data[0])) ++text.data, --text.size;
  while (text.size > 0 && is_space(text.data[text.size - 1])) --text.size;
  return text;
}

/// What stands where trimmed() left it: `12`, `-12`, `+12`. Answers None, NotAnInteger or OutOfRange.
inline Fault parse_integer(Text text, std::int64_t& value) {
  text = trimmed(text);
  const char* at = text.data;
  const char* end = at + text.size;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  if (at == end) return Fault::NotAnInteger;
  std::uint64_t number = 0;
  bool large = false;
  for (std::int64_t digits = 0; at != end; ++at) {
    const unsigned digit = static_cast<unsigned char>(*at) - '0';
    if (digit > 9) return Fault::NotAnInteger;
    // 18 digits always fit; zeros in front do not count.
    digits += (digits | static_cast<std::int64_t>(digit)) != 0;
    if (digits > 18 && __builtin_expect(number > (UINT64_MAX - digit) / 10, 0)) large = true;
    number = number * 10 + digit;
  }
  const std::uint64_t limit = static_cast<std::uint64_t>(INT64_MAX) + negative;
  if (large || number > limit) return Fault::OutOfRange;
  value = static_cast<std::int64_t>(negative ? 0 - number : number);
  return Fault::None;
}

/// The nearest double. `inf`, `infinity` and `nan` in any case are numbers, too; what is too large is not: OutOfRange.
Fault parse_real(Text text, double& value);
/// true false t f yes no 1 0, in any case.
bool parse_boolean(Text text, bool& value);

}  // namespace inlay::filter
