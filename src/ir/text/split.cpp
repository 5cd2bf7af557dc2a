// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cutting a text into declarations. At the top, where a declaration's word can begin, words are looked at; within
// braces only what may hide a brace matters, and 16 bytes are passed at a time.
#include <algorithm>
#include <cstring>

#include "inlay/ir/text.h"
#include "ir/text/scanner.h"
#include "ir/text/words.h"

namespace inlay::ir {

namespace {

using Chars = unsigned char __attribute__((vector_size(16)));

const char* end_of_line(const char* at, const char* end) {
  const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
  return found ? static_cast<const char*>(found) : end;
}

/// Behind the text in quotes whose opening one is at `at`; it ends with its line at the latest.
const char* end_of_quoted(const char* at, const char* end) {
  for (++at; at != end && *at != '"' && *at != '\n'; ++at)
    if (*at == '\\' && end - at > 1) ++at;
  return at == end ? end : at + 1;
}

/// The next brace, quote or comment.
const char* next_special(const char* at, const char* end) {
  while (end - at >= 16) {
    Chars chars;
    std::memcpy(&chars, at, sizeof chars);
    const auto found = (chars == '{') | (chars == '}') | (chars == '"') | (chars == ';');
    std::uint64_t halves[2];
    std::memcpy(halves, &found, sizeof halves);
    if ((halves[0] | halves[1]) != 0) break;
    at += 16;
  }
  while (at != end && *at != '{' && *at != '}' && *at != '"' && *at != ';') ++at;
  return at;
}

/// Behind the '}' for the '{' before `at`.
const char* end_of_braces(const char* at, const char* end) {
  for (unsigned depth = 1; (at = next_special(at, end)) != end;) {
    if (*at == '"') {
      at = end_of_quoted(at, end);
    } else if (*at == ';') {
      at = end_of_line(at, end);
    } else {
      depth += *at == '{' ? 1 : -1u;
      ++at;
      if (depth == 0) return at;
    }
  }
  return end;
}

/// The same where nothing but braces counts: assembly has comments and quotes of its own.
const char* end_of_assembly(const char* at, const char* end) {
  for (unsigned depth = 1; at != end; ++at) {
    if (*at == '{') ++depth;
    if (*at == '}' && --depth == 0) return at + 1;
  }
  return end;
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : begin_(text.data()), end_(begin_ + text.size()), counted_(begin_) {}

  std::vector<Declaration> run() {
    for (const char* at = begin_; at != end_;) at = step(at);
    close();
    return std::move(found_);
  }

 private:
  /// Passes what stands at `at`: a word, a text, a group in braces, or one character.
  const char* step(const char* at) {
    const char c = *at;
    if (is(c, CharSpace)) return at + 1;
    if (c == ';') return end_of_line(at, end_);
    if (is(c, CharName)) return word(at);
    const bool brace = c == '{';
    if (!open_) open(at, {});
    const char* behind = at + 1;
    if (c == '"') {
      behind = end_of_quoted(at, end_);
      name(at + 1, behind - 1);
    } else if (brace) {
      behind = assembly_ ? end_of_assembly(at + 1, end_) : end_of_braces(at + 1, end_);
    } else if ((c == '@' || c == '%' || c == '!') && behind != end_ && is(*behind, CharName)) {
      while (behind != end_ && is(*behind, CharName)) ++behind;
      name(at + 1, behind);
    }
    assembly_ = false;
    previous_ = {};
    last_ = behind;
    return behind;
  }

  const char* word(const char* at) {
    const char* behind = at;
    while (behind != end_ && is(*behind, CharName)) ++behind;
    const std::string_view text(at, static_cast<std::size_t>(behind - at));
    if (begins_declaration(text)) {
      if (text == "export" || !prefixed_) open(at, text);
      if (prefixed_ && found_.back().kind == "export") found_.back().kind = text;
      prefixed_ = text == "export" || text == "extern";
    } else {
      if (!open_) open(at, {});
      prefixed_ = false;
      name(at, behind);
    }
    assembly_ = previous_ == "asm";
    previous_ = text;
    last_ = behind;
    return behind;
  }

  void open(const char* at, std::string_view kind) {
    close();
    line_ += static_cast<std::uint32_t>(std::count(counted_, at, '\n'));
    counted_ = at;
    found_.push_back({static_cast<std::size_t>(at - begin_), 0, line_, kind, {}});
    open_ = true;
  }

  void close() {
    if (open_) found_.back().end = static_cast<std::size_t>(last_ - begin_);
    open_ = false;
  }

  /// What stands first behind the words of a declaration is its name.
  void name(const char* begin, const char* end) {
    Declaration& declaration = found_.back();
    if (declaration.name.data() == nullptr && !declaration.kind.empty() && begin <= end)
      declaration.name = {begin, static_cast<std::size_t>(end - begin)};
  }

  const char* begin_;
  const char* end_;
  const char* counted_;         // lines up to here are in line_
  const char* last_ = nullptr;  // behind what was passed last
  std::uint32_t line_ = 1;
  bool open_ = false;
  bool prefixed_ = false;      // behind `export` or `extern`
  bool assembly_ = false;      // a brace here opens assembly
  std::string_view previous_;  // the last word
  std::vector<Declaration> found_;
};

}  // namespace

std::vector<Declaration> split(std::string_view text) { return Splitter(text).run(); }

}  // namespace inlay::ir
