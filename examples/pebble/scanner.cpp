// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "scanner.h"

#include <algorithm>
#include <charconv>

namespace pebble {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Each of these gives the size of the word that `rest` begins with; 0 if it is none.
std::size_t number(std::string_view rest, Token& token) {
  const char *begin = rest.data(), *end = begin + rest.size();
  const auto whole = std::from_chars(begin, end, token.integer);
  const auto real = std::from_chars(begin, end, token.floating);
  token.kind = real.ptr > whole.ptr ? Kind::Float : Kind::Int;
  if ((token.kind == Kind::Int ? whole.ec : real.ec) != std::errc()) return 0;
  return static_cast<std::size_t>(std::max(whole.ptr, real.ptr) - begin);
}

std::size_t text(std::string_view rest, Token& token) {
  token.kind = Kind::Text;
  for (std::size_t i = 1; i < rest.size() && rest[i] != '\n'; ++i) {
    if (rest[i] == '"') return i + 1;
    if (rest[i] == '\\' && ++i == rest.size()) break;
    token.text += rest[i - 1] == '\\' && rest[i] == 'n' ? '\n' : rest[i];
  }
  return 0;
}

std::size_t word(std::string_view rest, Token& token) {
  std::size_t size = 0;
  while (size < rest.size() && (is_letter(rest[size]) || is_digit(rest[size]))) ++size;
  token.kind = size > 0 ? Kind::Name : Kind::Sign;
  for (std::string_view sign : {"->", "==", "!=", "<=", ">=", "&&", "||"})
    if (rest.starts_with(sign)) size = 2;
  if (size == 0 && std::string_view("+-*/%<>=!(){}[],;:").find(rest[0]) != std::string_view::npos) size = 1;
  token.text = rest.substr(0, size);
  return size;
}

}  // namespace

inlay::Result<std::vector<Token>> scan(std::string_view rest, const std::string& file) {
  std::vector<Token> tokens;
  Token here;
  while (!rest.empty()) {
    const char c = rest[0];
    std::size_t size = 1;
    if (c == '#') {
      size = std::min(rest.find('\n'), rest.size());
    } else if (c == '\n') {
      ++here.line, here.column = 0;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      Token& token = tokens.emplace_back(here);
      size = is_digit(c) ? number(rest, token) : c == '"' ? text(rest, token) : word(rest, token);
      if (size == 0)
        return inlay::Error(inlay::ErrorKind::InvalidProgram, "this is no word", {file, here.line, here.column});
    }
    here.column += static_cast<std::uint32_t>(size);
    rest.remove_prefix(size);
  }
  tokens.push_back(here);
  return tokens;
}

}  // namespace pebble
