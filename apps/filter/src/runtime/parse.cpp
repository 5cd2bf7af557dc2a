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

}  // namespace

Fault parse_real(Text text, double& value) {
  text = trimmed(text);
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
