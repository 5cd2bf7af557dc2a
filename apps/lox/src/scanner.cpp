// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scanner.h"

#include <charconv>
#include <limits>
#include <system_error>

namespace lox {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct Word {
  std::string_view text;
  TokenKind kind;
};
constexpr Word keywords[] = {
    {"and", TokenKind::And},   {"class", TokenKind::Class}, {"else", TokenKind::Else},     {"false", TokenKind::False},
    {"for", TokenKind::For},   {"fun", TokenKind::Fun},     {"if", TokenKind::If},         {"nil", TokenKind::Nil},
    {"or", TokenKind::Or},     {"print", TokenKind::Print}, {"return", TokenKind::Return}, {"super", TokenKind::Super},
    {"this", TokenKind::This}, {"true", TokenKind::True},   {"var", TokenKind::Var},       {"while", TokenKind::While},
};
constexpr std::size_t longest_keyword = 6;

TokenKind kind_of_name(std::string_view name) {
  if (name.size() > longest_keyword) return TokenKind::Identifier;
  for (const Word& keyword : keywords) {
    if (keyword.text == name) return keyword.kind;
  }
  return TokenKind::Identifier;
}

/// What `c` is when it stands alone.
TokenKind kind_of_symbol(char c) {
  switch (c) {
    case '(':
      return TokenKind::LeftParenthesis;
    case ')':
      return TokenKind::RightParenthesis;
    case '{':
      return TokenKind::LeftBrace;
    case '}':
      return TokenKind::RightBrace;
    case ',':
      return TokenKind::Comma;
    case '.':
      return TokenKind::Dot;
    case '-':
      return TokenKind::Minus;
    case '+':
      return TokenKind::Plus;
    case ';':
      return TokenKind::Semicolon;
    case '/':
      return TokenKind::Slash;
    case '*':
      return TokenKind::Star;
    case '!':
      return TokenKind::Bang;
    case '=':
      return TokenKind::Equal;
    case '>':
      return TokenKind::Greater;
    case '<':
      return TokenKind::Less;
    default:
      return TokenKind::UnexpectedCharacter;
  }
}

/// What `symbol` is with a `=` behind it, or itself if the two do not belong together.
TokenKind with_equal(TokenKind symbol) {
  switch (symbol) {
    case TokenKind::Bang:
      return TokenKind::BangEqual;
    case TokenKind::Equal:
      return TokenKind::EqualEqual;
    case TokenKind::Greater:
      return TokenKind::GreaterEqual;
    case TokenKind::Less:
      return TokenKind::LessEqual;
    default:
      return symbol;
  }
}

}  // namespace

void Scanner::skip_spaces_and_comments() {
  while (at_ < source_.size()) {
    switch (source_[at_]) {
      case ' ':
      case '\t':
      case '\r':
        ++at_;
        break;
      case '\n':
        line_start_ = ++at_;
        ++line_;
        break;
      case '/': {
        if (peek(1) != '/') return;
        const std::size_t end = source_.find('\n', at_);
        at_ = end == std::string_view::npos ? source_.size() : end;
        break;
      }
      default:
        return;
    }
  }
}

Token Scanner::take(TokenKind kind, std::size_t length) {
  const syntax::Position position{line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)};
  const Token token{kind, line_, position, source_.substr(at_, length)};
  at_ += length;
  return token;
}

Token Scanner::take_string() {
  const std::size_t start = at_;
  const std::size_t quote = source_.find('"', start + 1);
  const bool is_closed = quote != std::string_view::npos;
  const std::size_t end = is_closed ? quote + 1 : source_.size();
  Token token = take(is_closed ? TokenKind::String : TokenKind::UnterminatedString, end - start);
  for (std::size_t i = token.text.find('\n'); i != std::string_view::npos; i = token.text.find('\n', i + 1)) {
    ++line_;
    line_start_ = start + i + 1;
  }
  token.end_line = line_;
  return token;
}

std::size_t Scanner::number_length() const {
  std::size_t length = 1;
  while (is_digit(peek(length))) ++length;
  if (peek(length) != '.' || !is_digit(peek(length + 1))) return length;
  length += 2;
  while (is_digit(peek(length))) ++length;
  return length;
}

std::size_t Scanner::name_length() const {
  std::size_t length = 1;
  while (is_letter(peek(length)) || is_digit(peek(length))) ++length;
  return length;
}

Token Scanner::next() {
  skip_spaces_and_comments();
  if (at_ == source_.size()) return take(TokenKind::End, 0);

  const char c = source_[at_];
  if (is_letter(c)) {
    const std::size_t length = name_length();
    return take(kind_of_name(source_.substr(at_, length)), length);
  }
  if (is_digit(c)) return take(TokenKind::Number, number_length());
  if (c == '"') return take_string();
  const TokenKind symbol = kind_of_symbol(c);
  if (peek(1) == '=' && with_equal(symbol) != symbol) return take(with_equal(symbol), 2);
  return take(symbol, 1);
}

double to_double(std::string_view digits) {
  double value = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (status != std::errc::result_out_of_range) return value;
  // Too large, or too near to zero: a literal has no exponent, so what stands before the point tells.
  const bool is_large = digits.substr(0, digits.find('.')).find_first_not_of('0') != std::string_view::npos;
  return is_large ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace lox
