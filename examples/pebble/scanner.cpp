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
  while (size < rest.size() && (is_letter(rest[size]) || (size > 0 && is_digit(rest[size])))) ++size;
  for (std::string_view sign : {"->", "==", "!=", "<=", ">=", "&&", "||"})
    if (rest.starts_with(sign)) size = 2;
  if (size == 0 && std::string_view("+-*/%<>=!(){}[],;:.").find(rest[0]) != std::string_view::npos) size = 1;
  token.kind = Kind::Word;
  token.text = rest.substr(0, size);
  return size;
}

}  // namespace

inlay::Result<std::vector<Token>> scan(std::string_view source, const std::string& file) {
  std::vector<Token> tokens;
  Token token;
  std::size_t begin_of_line = 0;
  token.line = 1;
  for (std::size_t at = 0; at < source.size();) {
    const char c = source[at];
    if (c == '#') {
      at = std::min(source.find('\n', at), source.size());
    } else if (c == '\n' || c == ' ' || c == '\t' || c == '\r') {
      ++at;
      if (c == '\n') ++token.line, begin_of_line = at;
    } else {
      const std::string_view rest = source.substr(at);
      token.column = static_cast<std::uint32_t>(at - begin_of_line + 1);
      token.text.clear();
      const std::size_t size = is_digit(c) ? number(rest, token) : c == '"' ? text(rest, token) : word(rest, token);
      if (size == 0)
        return inlay::Error(inlay::ErrorKind::InvalidProgram, "this is no word, no number and no text on one line",
                            {file, token.line, token.column});
      tokens.push_back(token);
      at += size;
    }
  }
  token.kind = Kind::End;
  token.text.clear();
  token.column = static_cast<std::uint32_t>(source.size() - begin_of_line + 1);
  tokens.push_back(token);
  return tokens;
}

}  // namespace pebble
