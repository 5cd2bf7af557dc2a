// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Capital and small letters of what UTF-8 writes in one or two bytes and whose other form is as long: ASCII, Latin-1,
// Latin Extended-A, Greek and Cyrillic. All other characters are their own capital and small letter.
#pragma once

#include <array>
#include <cstdint>

#include "inlay/filter/type.h"
#include "runtime/utf8.h"

namespace inlay::filter {

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr char upper_ascii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// Code points 0x80 to 0x7ff, by number less 0x80.
using LetterTable = std::array<std::uint16_t, 0x780>;
extern const LetterTable SmallLetters;
extern const LetterTable CapitalLetters;

/// Writes the other form of a two-byte character.
inline void map_pair(const LetterTable& letters, const char* from, char* to) {
  const unsigned code = (static_cast<unsigned>(from[0]) & 0x1f) << 6 | (static_cast<unsigned>(from[1]) & 0x3f);
  const unsigned other = letters[code - 0x80];
  to[0] = static_cast<char>(0xc0 | other >> 6);
  to[1] = static_cast<char>(0x80 | (other & 0x3f));
}

/// The same text in small letters, written to `to`, which has room for as many bytes. (It is as long.)
void write_lower(Text text, char* to);

/// Whether `size` bytes at `at`, in small letters, are those of `small`, which is in small letters. Whole characters
/// are mapped; `end` is where the text ends, of which at least `size` bytes are left.
inline bool equals_small(const char* at, const char* end, const char* small, std::int64_t size) {
  for (std::int64_t i = 0; i < size;) {
    const char c = at[i];
    if (static_cast<unsigned char>(c) < 0x80) {
      if (lower_ascii(c) != small[i]) return false;
      ++i;
    } else if (character_size(at + i, end) == 2 && i + 1 < size) {
      char pair[2];
      map_pair(SmallLetters, at + i, pair);
      if (pair[0] != small[i] || pair[1] != small[i + 1]) return false;
      i += 2;
    } else {
      if (c != small[i]) return false;
      ++i;
    }
  }
  return true;
}

}  // namespace inlay::filter
