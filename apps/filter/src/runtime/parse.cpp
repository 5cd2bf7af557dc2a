// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/parse.h"

#include <cmath>
#include <string_view>

#include <fast_float/fast_float.h>

#include "runtime/case.h"

namespace inlay::filter {

namespace {

bool same_word(Text text, std::string_view lower_word) {
  if (text.size != static_cast<std::int64_t>(lower_word.size())) return false;
  for (std::int64_t i = 0; i < text.size; ++i)
    if (lower_ascii(text.data[i]) != lower_word[static_cast<std::size_t>(i)]) return false;
  return true;
}

/// Up to 15 digits with a point among them, or 16 without one. The 15 digits as an integer and the power of ten that
/// divides it are exact, and so is the division by 1 of the 16, so that it is rounded just once. False for all else.
bool parse_short_real(const char* at, const char* end, double& value) {
  static constexpr double Powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool negative = *at == '-';
  at += negative;
  if (end - at > 16) return false;
  const char* begin = at;
  std::int64_t number = 0;
  const char* point = nullptr;
  for (; at != end; ++at) {
    const unsigned digit = static_cast<unsigned char>(*at) - '0';
    if (digit <= 9) {
      number = number * 10 + digit;
    } else if (*at == '.' && !point) {
      point = at + 1;
    } else {
      return false;
    }
  }
  const std::int64_t digits_behind = point ? end - point : 0;
  const std::int64_t digits = end - begin - (point ? 1 : 0);
  if (digits == 0) return false;
  const double size = static_cast<double>(number) / Powers[digits_behind];
  value = negative ? -size : size;
  return true;
}

}  // namespace

Fault parse_digits(const char* at, const char* end, bool negative, std::int64_t& value) {
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

Fault parse_real(Text text, double& value) {
  text = trimmed(text);
  if (text.size > 0 && parse_short_real(text.data, text.data + text.size, value)) return Fault::None;
  const char* end = text.data + text.size;
  const char* begin = text.data;
  // from_chars knows `-` only.
  if (text.size > 1 && *begin == '+' && begin[1] != '-') ++begin;
  const auto [stop, error] = fast_float::from_chars(begin, end, value);
  if (stop != end || begin == end) return Fault::NotANumber;
  if (error == std::errc::result_out_of_range) return std::abs(value) > 1 ? Fault::OutOfRange : Fault::None;
  if (error != std::errc()) return Fault::NotANumber;
  // Digits that say infinity are too large a number; the word is what it says.
  if (std::isinf(value) && end[-1] >= '0' && end[-1] <= '9') return Fault::OutOfRange;
  return Fault::None;
}

bool parse_boolean(Text text, bool& value) {
  text = trimmed(text);
  for (std::string_view word : {"true", "t", "yes", "1"})
    if (same_word(text, word)) return value = true;
  value = false;
  for (std::string_view word : {"false", "f", "no", "0"})
    if (same_word(text, word)) return true;
  return false;
}

}  // namespace inlay::filter
