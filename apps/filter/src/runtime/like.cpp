// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LIKE and ILIKE. A pattern is cut at its `%` into segments. The first one has to match where the text begins, the last
// one where it ends, the others where they first can behind the segment before: if there is a match at all, then also
// one like this, so nothing is ever tried twice.
//
// Letters of patterns are compared as bytes, so that `'%x%'` is contains() whatever the bytes are; `_` takes a whole
// character, or a byte that is no part of one.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/case.h"
#include "runtime/find.h"
#include "runtime/register.h"
#include "runtime/utf8.h"

namespace inlay::filter {

namespace {

/// `any` characters of whatever kind, and then these letters.
struct Piece {
  std::int64_t any = 0;
  std::string letters;
};

using Segment = std::vector<Piece>;

struct Pattern {
  bool open = false;              // begins with %; without % there is one segment
  bool closed = true;             // does not end with %
  std::vector<Segment> segments;  // none is empty, but for the one of an empty pattern
};

bool same(const char* at, const char* end, const std::string& letters, bool fold) {
  const auto size = static_cast<std::int64_t>(letters.size());
  if (end - at < size) return false;
  return fold ? equals_small(at, end, letters.data(), size) : __builtin_memcmp(at, letters.data(), letters.size()) == 0;
}

/// Where a segment that begins at `at` ends; null if it does not match there.
const char* match_from(const Segment& segment, const char* at, const char* end, bool fold) {
  for (const Piece& piece : segment) {
    for (std::int64_t i = 0; i < piece.any; ++i) {
      if (at == end) return nullptr;
      at += character_size(at, end);
    }
    if (!same(at, end, piece.letters, fold)) return nullptr;
    at += piece.letters.size();
  }
  return at;
}

/// Where a segment that ends at `end` begins.
const char* match_back(const Segment& segment, const char* begin, const char* end, bool fold) {
  for (auto piece = segment.rbegin(); piece != segment.rend(); ++piece) {
    const auto size = static_cast<std::int64_t>(piece->letters.size());
    if (end - begin < size || !same(end - size, end, piece->letters, fold)) return nullptr;
    end -= size;
    for (std::int64_t i = 0; i < piece->any; ++i) {
      if (end == begin) return nullptr;
      end = character_before(begin, end);
    }
  }
  return end;
}

/// Where small letters first stand, whatever their case in the text.
const char* find_folded(const char* at, const char* end, const std::string& letters) {
  const auto size = static_cast<std::int64_t>(letters.size());
  const char small = letters[0], capital = upper_ascii(small);
  const bool ascii = static_cast<unsigned char>(small) < 0x80;
  const char* final = end - size;
  while (at <= final) {
    if (ascii && final - at >= 15) {
      // 16 places at once, as in find.h.
      const __m128i bytes = detail::load_bytes(at);
      unsigned places = detail::equal_bytes(bytes, small) | detail::equal_bytes(bytes, capital);
      for (; places != 0; places &= places - 1) {
        const char* place = at + __builtin_ctz(places);
        if (equals_small(place, end, letters.data(), size)) return place;
      }
      at += 16;
    } else {
      if ((!ascii || *at == small || *at == capital) && equals_small(at, end, letters.data(), size)) return at;
      ++at;
    }
  }
  return nullptr;
}

/// Where the first match of a segment ends.
const char* find_segment(const Segment& segment, const char* at, const char* end, bool fold) {
  const Piece& first = segment.front();
  const auto letters = static_cast<std::int64_t>(first.letters.size());
  for (;;) {
    if (first.any == 0) {
      at = fold ? find_folded(at, end, first.letters) : find_text({at, end - at}, std::string_view(first.letters));
      if (!at) return nullptr;
      if (segment.size() == 1) return at + letters;
    }
    if (const char* match = match_from(segment, at, end, fold)) return match;
    if (end - at <= (first.any == 0 ? letters : 0)) return nullptr;
    // A search for letters goes on at the next byte, as contains() does.
    at += first.any == 0 ? 1 : character_size(at, end);
  }
}

bool matches(const Pattern& pattern, Text text, bool fold) {
  if (text.size == 0) text.data = "";  // null would mean that nothing matched
  const char* at = text.data;
  const char* end = at + text.size;
  std::size_t first = 0, last = pattern.segments.size();
  if (!pattern.open && first < last) {
    at = match_from(pattern.segments[first++], at, end, fold);
    if (!at) return false;
    if (first == last && pattern.closed) return at == end;
  }
  if (pattern.closed && first < last) {
    end = match_back(pattern.segments[--last], at, end, fold);
    if (!end) return false;
  }
  for (; first < last; ++first) {
    at = find_segment(pattern.segments[first], at, end, fold);
    if (!at) return false;
  }
  return true;
}

/// Cuts a pattern; `escape` may be empty.
Result<std::shared_ptr<const void>> prepare(Text text, Text escape, bool fold) {
  auto pattern = std::make_shared<Pattern>();
  Segment segment;
  std::int64_t any = 0;
  std::string letters;
  auto end_piece = [&] {
    if (any > 0 || !letters.empty()) segment.push_back({std::exchange(any, 0), std::exchange(letters, {})});
  };
  auto end_segment = [&] {
    end_piece();
    if (!segment.empty()) pattern->segments.push_back(std::exchange(segment, {}));
  };
  const char* at = text.data;
  const char* end = at + text.size;
  bool percent = false;
  while (at < end) {
    const std::int64_t size = character_size(at, end);
    const std::string_view character(at, static_cast<std::size_t>(size));
    at += size;
    if (escape.size > 0 && character == std::string_view(escape)) {
      if (at == end) return Error(ErrorKind::InvalidProgram, "the pattern ends with its escape character");
      const std::int64_t escaped = character_size(at, end);
      letters.append(at, static_cast<std::size_t>(escaped));
      at += escaped;
      percent = false;
    } else if (character == "%") {
      end_segment();
      if (pattern->segments.empty()) pattern->open = true;
      percent = true;
    } else if (character == "_") {
      if (!letters.empty()) end_piece();
      ++any;
      percent = false;
    } else {
      letters += character;
      percent = false;
    }
  }
  end_segment();
  pattern->closed = !percent;
  // The empty pattern matches the empty text.
  if (pattern->segments.empty() && !percent) pattern->segments.push_back({Piece{}});
  if (fold) {
    for (Segment& part : pattern->segments) {
      for (Piece& piece : part) {
        const std::string letters_as_written = piece.letters;
        write_lower(std::string_view(letters_as_written), piece.letters.data());
      }
    }
  }
  return std::shared_ptr<const void>(std::move(pattern));
}

template <bool Fold>
Result<std::shared_ptr<const void>> prepare_plain(const Value& constant) {
  return prepare(std::string_view(constant.text), {}, Fold);
}

/// Of `like_escape`: the escape character, then the pattern.
template <bool Fold>
Result<std::shared_ptr<const void>> prepare_escaped(const Value& constant) {
  const Text text = std::string_view(constant.text);
  if (text.size == 0) return Error(ErrorKind::InvalidProgram, "the escape character is missing");
  const std::int64_t size = character_size(text.data, text.data + text.size);
  return prepare({text.data + size, text.size - size}, {text.data, size}, Fold);
}

}  // namespace

extern "C" bool inlay_filter_like(Text text, const void* pattern) {
  return matches(*static_cast<const Pattern*>(pattern), text, false);
}
extern "C" bool inlay_filter_ilike(Text text, const void* pattern) {
  return matches(*static_cast<const Pattern*>(pattern), text, true);
}

void add_patterns(Registry& registry) {
  const FunctionTraits like{.cost = 15, .prepare = prepare_plain<false>, .prepared = 1};
  const FunctionTraits ilike{.cost = 50, .prepare = prepare_plain<true>, .prepared = 1};
  const FunctionTraits like_escape{.cost = 15, .prepare = prepare_escaped<false>, .prepared = 1};
  const FunctionTraits ilike_escape{.cost = 50, .prepare = prepare_escaped<true>, .prepared = 1};
  INLAY_FILTER_FUNCTION(registry, "like", inlay_filter_like, like);
  INLAY_FILTER_FUNCTION(registry, "ilike", inlay_filter_ilike, ilike);
  INLAY_FILTER_FUNCTION(registry, "like_escape", inlay_filter_like, like_escape);
  INLAY_FILTER_FUNCTION(registry, "ilike_escape", inlay_filter_ilike, ilike_escape);
}

}  // namespace inlay::filter
