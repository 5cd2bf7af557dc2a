// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of a Lox program, one at a time.
#pragma once

#include "syntax.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lox {

enum class TokenKind : std::uint8_t {
  LeftParenthesis,
  RightParenthesis,
  LeftBrace,
  RightBrace,
  Comma,
  Dot,
  Minus,
  Plus,
  Semicolon,
  Slash,
  Star,
  Bang,
  BangEqual,
  Equal,
  EqualEqual,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Identifier,
  String,
  Number,
  And,
  Class,
  Else,
  False,
  For,
  Fun,
  If,
  Nil,
  Or,
  Print,
  Return,
  Super,
  This,
  True,
  Var,
  While,
  UnexpectedCharacter,
  UnterminatedString,
  End,
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::uint32_t end_line = 1;  // only a string ends on another line than it starts
  syntax::Position position;   // of its first byte
  std::string_view text;       // as written, quotes and all: a part of the source
};

/// Cuts `source`, which must outlive it, into tokens. Any bytes will do: what is no token is an UnexpectedCharacter,
/// or, up to the end of the source, an UnterminatedString.
class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  Token next();

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  void skip_spaces_and_comments();
  Token take(TokenKind kind, std::size_t length);
  Token take_string();
  std::size_t number_length() const;
  std::size_t name_length() const;

  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
};

/// The double nearest to a Number's text, however long; infinity if that is too large. Knows no locale.
double to_double(std::string_view digits);

}  // namespace lox
