// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From text to tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"
#include "language/source_error.h"

namespace inlay::filter {

enum class TokenKind : std::uint8_t {
  End,
  Name,
  QuotedName,  // "a ""name"""
  Integer,
  Real,
  Text,  // 'it''s'
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Concat,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Matches,     // ~
  NotMatches,  // !~
  DoubleColon,
  Open,
  Close,
  Comma,
  // Words that are no names unless they are quoted:
  And,
  Or,
  Not,
  Between,
  In,
  Like,
  ILike,
  Is,
  Null,
  True,
  False,
  Case,
  When,
  Then,
  Else,
  EndOfCase,
};

struct Token {
  TokenKind kind = TokenKind::End;
  Range range;
};

/// All tokens, the last one End. `--` begins a comment that ends with the line.
Result<std::vector<Token>> scan(std::string_view text);

/// What a quoted name or text stands for: without the quotes around it, doubled ones single.
std::string unquoted(std::string_view token);

/// Whether the name can be written without quotes.
bool is_plain_name(std::string_view name);
/// The name, in quotes where it needs them.
std::string name_text(std::string_view name);

}  // namespace inlay::filter
