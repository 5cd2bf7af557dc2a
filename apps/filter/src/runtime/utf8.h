// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Characters of a text: code points of UTF-8, and each byte that is no part of one. Nothing here reads behind `end`.
#pragma once

#include <cstdint>

#include "inlay/filter/type.h"
#include "runtime/find.h"

namespace inlay::filter {

/// Of eight bytes: those that ASCII does not have.
inline constexpr std::uint64_t HighBits = 0x8080808080808080;

constexpr bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Bytes of the character at `at`, which is before `end`: 1 to 4 of a well-formed sequence (the Unicode standard, table
/// 3-7: no surrogates, nothing longer than it need be), else 1.
inline std::int64_t character_size(const char* at, const char* end) {
  const auto first = static_cast<unsigned char>(*at);
  if (first < 0xc2) return 1;
  const std::int64_t left = end - at;
  if (first < 0xe0) return left >= 2 && is_continuation(at[1]) ? 2 : 1;
  if (first > 0xf4 || left < 3 || !is_continuation(at[1]) || !is_continuation(at[2])) return 1;
  const auto second = static_cast<unsigned char>(at[1]);
  if (first < 0xf0) {
    const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f);
    return wrong ? 1 : 3;
  }
  const bool wrong = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return !wrong && left >= 4 && is_continuation(at[3]) ? 4 : 1;
}

/// The beginning of the character that ends at `end`, which is behind `begin`. What character_size() says from the
/// front: a sequence is one character only if it is well formed and reaches to `end`.
inline const char* character_before(const char* begin, const char* end) {
  const char* at = end - 1;
  for (int back = 0; back < 3 && at > begin && is_continuation(*at); ++back) --at;
  return at + character_size(at, end) == end ? at : end - 1;
}

/// Whether there are only bytes that are characters by themselves.
inline bool is_ascii(Text text) {
  if (text.size < 8) return (first_bytes(text.data, text.size) & HighBits) == 0;
  std::uint64_t all = 0;
  for (std::int64_t i = 0; i + 8 < text.size; i += 8) all |= first_bytes(text.data + i, 8);
  return ((all | first_bytes(text.data + text.size - 8, 8)) & HighBits) == 0;
}

/// How many characters there are.
std::int64_t count_characters(Text text);

/// The address of character number `count` from `begin` on, counted from 0, or `end`.
inline const char* skip_characters(const char* begin, const char* end, std::int64_t count) {
  while (count >= 8 && end - begin >= 8 && (first_bytes(begin, 8) & HighBits) == 0) begin += 8, count -= 8;
  while (count > 0 && begin < end) begin += character_size(begin, end), --count;
  return begin;
}

}  // namespace inlay::filter
