// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lexer.h"

#include <charconv>
#include <cstdio>

namespace calc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

constexpr std::string_view long_symbols[] = {"<=", ">=", "==", "!=", "&&", "||"};
constexpr std::string_view short_symbols = "+-*/%<>=!()[]{},;";

}  // namespace

void Lexer::advance(std::size_t count) {
  for (; count != 0 && at_ < source_.size(); --count, ++at_) {
    if (source_[at_] == '\n') {
      ++position_.line;
      position_.column = 1;
    } else {
      ++position_.column;
    }
  }
}

void Lexer::skip_spaces_and_comments() {
  while (true) {
    if (is_space(peek())) {
      advance();
    } else if (peek() == '/' && peek(1) == '/') {
      const std::size_t end = source_.find('\n', at_);
      advance((end == std::string_view::npos ? source_.size() : end) - at_);
    } else {
      return;
    }
  }
}

Token Lexer::take(Token::Kind kind, std::size_t length) {
  Token token{kind, source_.substr(at_, length), 0, position_};
  advance(length);
  return token;
}

Token Lexer::take_number() {
  double value = 0;
  const char* begin = source_.data() + at_;
  const auto [end, status] = std::from_chars(begin, source_.data() + source_.size(), value);
  if (status == std::errc::result_out_of_range) throw CalcError(position_, "number does not fit a double");
  if (status != std::errc()) throw CalcError(position_, "malformed number");
  if (end != source_.data() + source_.size() && (is_letter(*end) || is_digit(*end) || *end == '.')) {
    throw CalcError(position_, "malformed number");
  }
  Token token = take(Token::Kind::Number, static_cast<std::size_t>(end - begin));
  token.number = value;
  return token;
}

Token Lexer::take_string() {
  const std::size_t end = source_.find_first_of(std::string_view("\"\n\0", 3), at_ + 1);
  if (end == std::string_view::npos || source_[end] != '"') throw CalcError(position_, "string without closing quote");
  Token token{Token::Kind::String, source_.substr(at_ + 1, end - at_ - 1), 0, position_};
  advance(end + 1 - at_);
  return token;
}

Token Lexer::next() {
  skip_spaces_and_comments();
  if (at_ == source_.size()) return Token{Token::Kind::End, {}, 0, position_};

  const char c = peek();
  if (is_letter(c)) {
    std::size_t length = 1;
    while (is_letter(peek(length)) || is_digit(peek(length))) ++length;
    return take(Token::Kind::Name, length);
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number();
  if (c == '"') return take_string();
  for (const std::string_view symbol : long_symbols) {
    if (source_.substr(at_, symbol.size()) == symbol) return take(Token::Kind::Symbol, symbol.size());
  }
  if (c != '\0' && short_symbols.find(c) != std::string_view::npos) return take(Token::Kind::Symbol, 1);

  char name[8];
  if (c > ' ' && c < 0x7f) {
    std::snprintf(name, sizeof name, "'%c'", c);
  } else {
    std::snprintf(name, sizeof name, "0x%02x", static_cast<unsigned char>(c));
  }
  throw CalcError(position_, std::string("unexpected byte ") + name);
}

std::string to_string(const Token& token) {
  if (token.kind == Token::Kind::End) return "the end of the program";
  if (token.kind == Token::Kind::String) return "a string";
  std::string quoted(1, '\'');
  quoted += token.text.substr(0, 40);
  quoted += '\'';
  return quoted;
}

}  // namespace calc
