// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/case.h"

#include <cstring>

#include "runtime/find.h"
#include "runtime/register.h"

namespace inlay::filter {

namespace {

/// Capitals `first`, `first + step`, … up to `last`, and how far each small letter is from its capital.
struct Letters {
  unsigned first, last, step, distance;
};
constexpr Letters Alphabets[] = {
    {0xc0, 0xd6, 1, 32},   {0xd8, 0xde, 1, 32},                           // Latin-1; 0xd7 is ×
    {0x100, 0x12e, 2, 1},  {0x132, 0x136, 2, 1},  {0x139, 0x147, 2, 1},   // Latin Extended-A, but for
    {0x14a, 0x176, 2, 1},  {0x178, 0x178, 1, 0},  {0x179, 0x17d, 2, 1},   // dotted and dotless i
    {0x386, 0x386, 1, 38}, {0x388, 0x38a, 1, 37}, {0x38c, 0x38c, 1, 64},  // Greek with accents
    {0x38e, 0x38f, 1, 63}, {0x391, 0x3a1, 1, 32}, {0x3a3, 0x3ab, 1, 32},  // Greek; 0x3a2 is free
    {0x400, 0x40f, 1, 80}, {0x410, 0x42f, 1, 32}, {0x460, 0x480, 2, 1},   // Cyrillic
    {0x48a, 0x4be, 2, 1},  {0x4c0, 0x4c0, 1, 15}, {0x4c1, 0x4cd, 2, 1},  {0x4d0, 0x52e, 2, 1},
};

constexpr LetterTable table(bool small) {
  LetterTable result{};
  for (unsigned i = 0; i < result.size(); ++i) result[i] = static_cast<std::uint16_t>(i + 0x80);
  for (const Letters& letters : Alphabets) {
    for (unsigned capital = letters.first; capital <= letters.last; capital += letters.step) {
      // Ÿ alone stands behind its small letter.
      const unsigned other = capital == 0x178 ? 0xff : capital + letters.distance;
      result[(small ? capital : other) - 0x80] = static_cast<std::uint16_t>(small ? other : capital);
    }
  }
  // The sigma at the end of words has the same capital.
  if (!small) result[0x3c2 - 0x80] = 0x3a3;
  return result;
}

/// Writes ASCII in the other case, as far as the letters from `first` to `last` go. False if there are other bytes.
bool write_ascii(Text text, char* to, char first, char last) {
  // As signed numbers, bytes that are not of ASCII are less than all letters.
  const __m128i before = _mm_set1_epi8(static_cast<char>(first - 1)),
                behind = _mm_set1_epi8(static_cast<char>(last + 1));
  const __m128i bit = _mm_set1_epi8(0x20);
  auto mapped = [&](__m128i bytes) {
    const __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(bytes, before), _mm_cmplt_epi8(bytes, behind));
    return _mm_xor_si128(bytes, _mm_and_si128(letters, bit));
  };
  if (text.size < 16) {
    for (std::int64_t i = 0; i < text.size; ++i) {
      const char c = text.data[i];
      to[i] = c >= first && c <= last ? static_cast<char>(c ^ 0x20) : c;
    }
    return is_ascii(text);
  }
  int others = 0;
  for (std::int64_t i = 0;;) {
    const __m128i bytes = detail::load_bytes(text.data + i);
    others |= _mm_movemask_epi8(bytes);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), mapped(bytes));
    if (i == text.size - 16) return others == 0;
    // The last 16 bytes may overlap those before.
    i = i + 16 < text.size - 16 ? i + 16 : text.size - 16;
  }
}

template <class Ascii>
void write_mapped(Text text, char* to, const LetterTable& letters, Ascii ascii) {
  const bool capitals = ascii('a') == 'A';
  if (write_ascii(text, to, capitals ? 'a' : 'A', capitals ? 'z' : 'Z')) return;
  const char* end = text.data + text.size;
  for (const char* at = text.data; at < end;) {
    const std::int64_t size = character_size(at, end);
    if (size == 1) {
      *to = ascii(*at);  // which leaves bytes above 0x7f alone
    } else if (size == 2) {
      map_pair(letters, at, to);
    } else {
      std::memcpy(to, at, static_cast<std::size_t>(size));
    }
    at += size;
    to += size;
  }
}

}  // namespace

constexpr LetterTable SmallLetters = table(true);
constexpr LetterTable CapitalLetters = table(false);

void write_lower(Text text, char* to) { write_mapped(text, to, SmallLetters, lower_ascii); }

extern "C" {

Text inlay_filter_lower(Scope& scope, Text text) {
  char* to = allocate(scope, text.size);
  if (!to) return {};
  write_mapped(text, to, SmallLetters, lower_ascii);
  return {to, text.size};
}
Text inlay_filter_upper(Scope& scope, Text text) {
  char* to = allocate(scope, text.size);
  if (!to) return {};
  write_mapped(text, to, CapitalLetters, upper_ascii);
  return {to, text.size};
}

}  // extern "C"

void add_cases(Registry& registry) {
  constexpr FunctionTraits Map{.cost = 12, .allocates = true};
  INLAY_FILTER_FUNCTION(registry, "lower", inlay_filter_lower, Map);
  INLAY_FILTER_FUNCTION(registry, "upper", inlay_filter_upper, Map);
}

}  // namespace inlay::filter
