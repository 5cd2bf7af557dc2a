// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lexer.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace vm_tree {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// The length of the number at the beginning of the text, with all that sticks to it.
std::size_t number_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    const char c = text[length];
    const bool sign = (c == '+' || c == '-') && length != 0 && (text[length - 1] == 'e' || text[length - 1] == 'E');
    if (!is_digit(c) && !is_letter(c) && c != '.' && !sign) break;
    ++length;
  }
  return length;
}

template <class T>
std::errc parse_number(std::string_view text, T& value) {
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr != text.data() + text.size() ? std::errc::invalid_argument : result.ec;
}

std::string describe(char c) {
  if (c > ' ' && c < 127) return std::string("'") + c + "'";
  char text[8];
  std::snprintf(text, sizeof text, "0x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

inlay::Result<std::vector<Token>> tokenize(std::string_view text, const std::string& file) {
  std::vector<Token> tokens;
  std::uint32_t line = 1;
  std::size_t line_begin = 0, at = 0;
  for (;;) {
    while (at < text.size()) {
      if (text[at] == '\n') {
        ++line;
        line_begin = at + 1;
      } else if (text.substr(at, 2) == "//") {
        at = std::min(text.find('\n', at), text.size());
        continue;
      } else if (text[at] != ' ' && text[at] != '\t' && text[at] != '\r') {
        break;
      }
      ++at;
    }
    Token token{Token::Type::End, {}, line, static_cast<std::uint32_t>(at - line_begin + 1), {}};
    const inlay::Place place{file, token.line, token.column};
    std::size_t length = 0;
    if (at == text.size()) {
      tokens.push_back(token);
      return tokens;
    }
    if (is_letter(text[at])) {
      token.type = Token::Type::Name;
      while (at + length < text.size() && (is_letter(text[at + length]) || is_digit(text[at + length]))) ++length;
    } else if (is_digit(text[at])) {
      token.type = Token::Type::Number;
      length = number_length(text.substr(at));
      const std::string_view number = text.substr(at, length);
      const bool is_integer = number.find_first_of(".eE") == std::string_view::npos;
      if (!is_integer) token.value.type = Value::Type::Double;
      const std::errc error =
          is_integer ? parse_number(number, token.value.integer) : parse_number(number, token.value.number);
      if (error != std::errc()) {
        const char* would_do = error == std::errc::result_out_of_range ? "' is too large; 64 bits would do"
                                                                       : "' is no number; digits, or 1.5e3, would do";
        return inlay::Error(inlay::ErrorKind::InvalidArgument, "'" + std::string(number) + would_do, place);
      }
    } else {
      token.type = Token::Type::Mark;
      static constexpr std::string_view Marks[] = {"==", "!=", "<=", ">=", "&&", "||"};
      for (const std::string_view mark : Marks)
        if (text.substr(at, 2) == mark) length = 2;
      if (length == 0 && std::string_view("+-*/%<>=!&(){}[],;").find(text[at]) != std::string_view::npos) length = 1;
      if (length == 0)
        return inlay::Error(inlay::ErrorKind::InvalidArgument,
                            "unexpected " + describe(text[at]) + "; a name, a number or an operator would do", place);
    }
    token.text = text.substr(at, length);
    tokens.push_back(token);
    at += length;
  }
}

}  // namespace vm_tree
