// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Characters and words of the text form. Nothing is copied: what is found are parts of the text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace inlay::ir {

enum CharClass : std::uint8_t {
  CharSpace = 1,
  CharName = 2,       // may stand in a bare name
  CharNameStart = 4,  // may begin one
  CharDigit = 8,
};

inline constexpr auto CharClasses = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '$' || c >= 0x80;
    if (digit) table[c] = CharDigit | CharName;
    if (name) table[c] = CharName | CharNameStart;
  }
  table[' '] = table['\t'] = table['\r'] = table['\n'] = CharSpace;
  return table;
}();

constexpr bool is(char c, CharClass of) { return (CharClasses[static_cast<unsigned char>(c)] & of) != 0; }

/// Walks over a part of a text. At its end, every character is 0.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  /// Goes on at `begin`, which lies in that line, up to `end`.
  void restrict(std::size_t begin, std::size_t end, std::uint32_t line) {
    at_ = begin_ + begin;
    end_ = begin_ + end;
    line_ = line;
  }

  /// The same without another end.
  void go_back(std::size_t begin, std::uint32_t line) {
    at_ = begin_ + begin;
    line_ = line;
  }

  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  std::uint32_t line() const { return line_; }
  bool at_end() const { return at_ == end_; }

  /// The character here.
  char here() const { return at_ != end_ ? *at_ : '\0'; }
  char ahead() const { return end_ - at_ > 1 ? at_[1] : '\0'; }
  /// The next one that is neither space nor comment; goes there.
  char next() {
    skip();
    return here();
  }
  void advance() { ++at_; }
  void stop() { at_ = end_; }

  /// Whether the next character is this one, which then is behind.
  bool take(char c) {
    if (next() != c || at_ == end_) return false;
    ++at_;
    return true;
  }
  bool take_arrow() {
    if (next() != '-' || ahead() != '>') return false;
    at_ += 2;
    return true;
  }

  /// The bare name or number here, perhaps empty.
  std::string_view word() {
    const char* begin = at_;
    while (at_ != end_ && is(*at_, CharName)) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  /// The same, where it is looked at only.
  std::string_view peek_word() const {
    const char* end = at_;
    while (end != end_ && is(*end, CharName)) ++end;
    return {at_, static_cast<std::size_t>(end - at_)};
  }
  /// A number here: digits, letters, a point, signs of exponents; '-' before it.
  std::string_view number();

  struct Quoted {
    std::string_view text;
    bool decoded = false;  // it lies in `buffer`
    const char* problem = nullptr;
    std::size_t problem_at = 0;
  };
  /// What stands in quotes, of which the first is here; where it has escapes, decoded into the buffer.
  Quoted quoted(std::string& buffer);

  /// What stands up to the '}' that closes the '{' before; false if none does.
  bool braced(std::string_view& text);

 private:
  void skip() {
    while (at_ != end_) {
      const char c = *at_;
      if (c == '\n') {
        ++line_;
      } else if (c == ';') {
        skip_comment();
        continue;
      } else if (!is(c, CharSpace)) {
        return;
      }
      ++at_;
    }
  }
  void skip_comment();

  const char* begin_;
  const char* at_;
  const char* end_;
  std::uint32_t line_ = 1;
};

/// A number as it is written.
struct Number {
  bool negative = false, hex = false, floating = false;
  bool good = false;       // it is a number at all
  bool too_large = false;  // for 64 bits; not for a floating one
  std::uint64_t magnitude = 0;
};
Number read_number(std::string_view text);

}  // namespace inlay::ir
