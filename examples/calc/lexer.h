// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of a calc program, one at a time.
#pragma once

#include "error.h"

#include <string>
#include <string_view>

namespace calc {

struct Token {
  enum class Kind { End, Name, Number, String, Symbol };

  Kind kind = Kind::End;
  std::string_view text;  // as written; for a String what stands between the quotes
  double number = 0;      // of a Number
  Position position;

  bool is(std::string_view word) const { return (kind == Kind::Name || kind == Kind::Symbol) && text == word; }
};

/// Cuts `source`, which must outlive it, into tokens. Throws CalcError where the text is no token.
class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Token next();

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  void advance(std::size_t count = 1);
  void skip_spaces_and_comments();
  Token take(Token::Kind kind, std::size_t length);
  Token take_number();
  Token take_string();

  std::string_view source_;
  std::size_t at_ = 0;
  Position position_;
};

/// A token as an error message names it: `'while'`, or `the end of the program`.
std::string to_string(const Token& token);

}  // namespace calc
