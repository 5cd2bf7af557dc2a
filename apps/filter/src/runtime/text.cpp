// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texts: tests that kernels inline, and functions whose results are parts of their argument or lie in the arena.
#include <cstdint>
#include <cstring>

#include "inlay/annotate.h"
#include "runtime/compare.h"
#include "runtime/find.h"
#include "runtime/register.h"
#include "runtime/utf8.h"

namespace inlay::filter {

namespace {

bool same_bytes(const char* a, const char* b, std::int64_t size) {
  return __builtin_memcmp(a, b, static_cast<std::size_t>(size)) == 0;
}

/// memcpy for pointers that may be null where the size is 0.
char* append(char* to, Text text) {
  if (text.size > 0) std::memcpy(to, text.data, static_cast<std::size_t>(text.size));
  return to + text.size;
}

Text between(const char* begin, const char* end) { return {begin, end - begin}; }

bool is_one_of(Text character, Text characters) {
  const char* end = characters.data + characters.size;
  for (const char* at = characters.data; at < end;) {
    const std::int64_t size = character_size(at, end);
    if (equal(Text(at, size), character)) return true;
    at += size;
  }
  return false;
}

Text trim_front(Text text, Text characters) {
  const char* at = text.data;
  const char* end = at + text.size;
  while (at < end) {
    const std::int64_t size = character_size(at, end);
    if (!is_one_of({at, size}, characters)) break;
    at += size;
  }
  return between(at, end);
}

Text trim_back(Text text, Text characters) {
  const char* end = text.data + text.size;
  while (end > text.data) {
    const char* at = character_before(text.data, end);
    if (!is_one_of(between(at, end), characters)) break;
    end = at;
  }
  return between(text.data, end);
}

/// Characters `first` to `first + count` from the front, as SQLite counts them: from 1; below 0 from the end, and a
/// negative count takes those before `first`.
Text part(Text text, std::int64_t first, std::int64_t count, bool to_end) {
  // No text has as many characters, so what lies beyond may be cut off, and the sums below do not overflow.
  constexpr std::int64_t Far = std::int64_t{1} << 60;
  first = first < -Far ? -Far : first > Far ? Far : first;
  count = to_end ? Far : count < -Far ? -Far : count > Far ? Far : count;
  const bool before = count < 0;
  if (before) count = -count;
  const char* end = text.data + text.size;
  if (first < 0) {
    first += count_characters(text);
    if (first < 0) {
      count = count + first < 0 ? 0 : count + first;
      first = 0;
    }
  } else if (first > 0) {
    --first;
  } else if (count > 0) {
    --count;  // place 0 is before the first character
  }
  if (before) {
    first -= count;
    if (first < 0) {
      count += first;
      first = 0;
    }
  }
  const char* begin = skip_characters(text.data, end, first);
  if (to_end && !before) return between(begin, end);
  return between(begin, skip_characters(begin, end, count));
}

}  // namespace

std::int64_t count_characters(Text text) {
  if (is_ascii(text)) return text.size;
  std::int64_t count = 0;
  const char* end = text.data + text.size;
  for (const char* at = text.data; at < end; ++count) at += character_size(at, end);
  return count;
}

INLAY_NOINLINE const char* detail::find_in_short(Text text, Text needle) {
  std::uint64_t high = 0;
  if (text.size > 8) {
    std::memcpy(&high, text.data + text.size - 8, 8);
    high >>= 8 * (16 - text.size);
  }
  const auto low = static_cast<long long>(first_bytes(text.data, text.size));
  const __m128i bytes = _mm_set_epi64x(static_cast<long long>(high), low);
  const unsigned begins = equal_bytes(bytes, needle.data[0]);
  const unsigned ends = equal_bytes(bytes, needle.data[needle.size - 1]) >> (needle.size - 1);
  // What is behind the text is 0, and so may be the needle.
  const unsigned places = (1u << (text.size - needle.size + 1)) - 1;
  return first_match(text.data, begins & ends & places, needle);
}

extern "C" {

bool inlay_filter_starts_with(Text text, Text prefix) {
  return text.size >= prefix.size && same_bytes(text.data, prefix.data, prefix.size);
}
bool inlay_filter_ends_with(Text text, Text suffix) {
  return text.size >= suffix.size && same_bytes(text.data + (text.size - suffix.size), suffix.data, suffix.size);
}
bool inlay_filter_contains(Text text, Text needle) { return find_text(text, needle) != nullptr; }

std::int64_t inlay_filter_length(Text text) { return count_characters(text); }
std::int64_t inlay_filter_octet_length(Text text) { return text.size; }

/// The number of the character at which `needle` begins, from 1; 0 if it does not occur.
std::int64_t inlay_filter_position(Text text, Text needle) {
  const char* found = find_text(text, needle);
  if (!found) return 0;
  return needle.size == 0 ? 1 : count_characters(between(text.data, found)) + 1;
}

Text inlay_filter_substr(Text text, std::int64_t first) { return part(text, first, 0, true); }
Text inlay_filter_substr_count(Text text, std::int64_t first, std::int64_t count) {
  return part(text, first, count, false);
}

Text inlay_filter_ltrim(Text text) {
  while (text.size > 0 && text.data[0] == ' ') ++text.data, --text.size;
  return text;
}
Text inlay_filter_rtrim(Text text) {
  while (text.size > 0 && text.data[text.size - 1] == ' ') --text.size;
  return text;
}
Text inlay_filter_trim(Text text) { return inlay_filter_ltrim(inlay_filter_rtrim(text)); }
Text inlay_filter_ltrim_characters(Text text, Text characters) { return trim_front(text, characters); }
Text inlay_filter_rtrim_characters(Text text, Text characters) { return trim_back(text, characters); }
Text inlay_filter_trim_characters(Text text, Text characters) {
  return trim_back(trim_front(text, characters), characters);
}

Text inlay_filter_concatenate(Scope& scope, Text a, Text b) {
  char* result = allocate(scope, a.size + b.size);
  if (!result) return {};
  return between(result, append(append(result, a), b));
}

/// `from` is searched from left to right; none is found in the empty text, nor in what replaced another one.
Text inlay_filter_replace(Scope& scope, Text text, Text from, Text to) {
  if (from.size == 0) return text;
  const char* end = text.data + text.size;
  std::int64_t count = 0;
  for (const char* at = text.data; (at = find_text(between(at, end), from)); at += from.size) ++count;
  if (count == 0) return text;
  std::int64_t size = 0;
  if (__builtin_mul_overflow(count, to.size - from.size, &size) || __builtin_add_overflow(size, text.size, &size))
    size = INT64_MAX;  // which allocate() refuses
  char* result = allocate(scope, size);
  if (!result) return {};
  char* write = result;
  const char* at = text.data;
  while (const char* found = find_text(between(at, end), from)) {
    write = append(append(write, between(at, found)), to);
    at = found + from.size;
  }
  return between(result, append(write, between(at, end)));
}

}  // extern "C"

void add_texts(Registry& registry) {
  constexpr FunctionTraits Scan{.cost = 8};
  constexpr FunctionTraits Make{.cost = 10, .raises = true, .allocates = true};
  INLAY_FILTER_FUNCTION(registry, "starts_with", inlay_filter_starts_with, {.cost = 1});
  INLAY_FILTER_FUNCTION(registry, "ends_with", inlay_filter_ends_with, {.cost = 1.5});
  INLAY_FILTER_FUNCTION(registry, "contains", inlay_filter_contains, Scan);
  INLAY_FILTER_FUNCTION(registry, "length", inlay_filter_length, {.cost = 8});
  INLAY_FILTER_FUNCTION(registry, "octet_length", inlay_filter_octet_length, {.cost = 0.3});
  INLAY_FILTER_FUNCTION(registry, "position", inlay_filter_position, {.cost = 12});
  INLAY_FILTER_FUNCTION(registry, "substr", inlay_filter_substr, {.cost = 10});
  INLAY_FILTER_FUNCTION(registry, "substr", inlay_filter_substr_count, {.cost = 20});
  INLAY_FILTER_FUNCTION(registry, "ltrim", inlay_filter_ltrim, {.cost = 1});
  INLAY_FILTER_FUNCTION(registry, "rtrim", inlay_filter_rtrim, {.cost = 1});
  INLAY_FILTER_FUNCTION(registry, "trim", inlay_filter_trim, {.cost = 2});
  INLAY_FILTER_FUNCTION(registry, "ltrim", inlay_filter_ltrim_characters, {.cost = 9});
  INLAY_FILTER_FUNCTION(registry, "rtrim", inlay_filter_rtrim_characters, {.cost = 10});
  INLAY_FILTER_FUNCTION(registry, "trim", inlay_filter_trim_characters, {.cost = 20});
  INLAY_FILTER_FUNCTION(registry, "||", inlay_filter_concatenate, Make);
  INLAY_FILTER_FUNCTION(registry, "replace", inlay_filter_replace, {.cost = 20, .raises = true, .allocates = true});
}

}  // namespace inlay::filter
