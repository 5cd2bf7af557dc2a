// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/text/scanner.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace inlay::ir {

void Scanner::skip_comment() {
  const void* end = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
  at_ = end ? static_cast<const char*>(end) : end_;
}

std::string_view Scanner::number() {
  const char* begin = at_;
  if (here() == '-') ++at_;
  const bool hex = here() == '0' && (ahead() == 'x' || ahead() == 'X');
  while (at_ != end_) {
    const bool exponent = !hex && (*at_ == 'e' || *at_ == 'E');
    if (!is(*at_, CharName)) break;
    ++at_;
    if (exponent && (here() == '-' || here() == '+')) ++at_;
  }
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Scanner::Quoted Scanner::quoted(std::string& buffer) {
  const char* begin = ++at_;
  const auto problem = [&](const char* what) {
    return Quoted{{}, false, what, static_cast<std::size_t>(at_ - begin_)};
  };
  while (at_ != end_ && *at_ != '"' && *at_ != '\\' && *at_ != '\n') ++at_;
  if (here() == '"') {
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    return {text};
  }
  buffer.assign(begin, at_);
  while (at_ != end_ && *at_ != '"' && *at_ != '\n') {
    if (*at_ != '\\') {
      buffer += *at_++;
      continue;
    }
    switch (ahead()) {
      case 'n':
        buffer += '\n';
        break;
      case 't':
        buffer += '\t';
        break;
      case '\\':
      case '"':
        buffer += at_[1];
        break;
      case 'x': {
        const int high = end_ - at_ > 3 ? hex_digit(at_[2]) : -1;
        const int low = high >= 0 ? hex_digit(at_[3]) : -1;
        if (low < 0) return problem("'\\x' without two digits behind it");
        buffer += static_cast<char>(high << 4 | low);
        at_ += 2;
        break;
      }
      default:
        return problem("an unknown escape; there are \\n \\t \\\\ \\\" \\xHH");
    }
    at_ += 2;
  }
  if (here() != '"') return problem("a text without closing quotes in its line");
  ++at_;
  return {buffer, true};
}

bool Scanner::braced(std::string_view& text) {
  const char* begin = at_;
  for (unsigned depth = 1; at_ != end_; ++at_) {
    if (*at_ == '\n') ++line_;
    if (*at_ == '{') ++depth;
    if (*at_ != '}' || --depth != 0) continue;
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }
  return false;
}

Number read_number(std::string_view text) {
  Number number;
  number.negative = text.starts_with('-');
  std::string_view digits = text.substr(number.negative ? 1 : 0);
  number.hex = digits.starts_with("0x") || digits.starts_with("0X");
  if (number.hex) digits.remove_prefix(2);
  if (!number.hex && digits.find_first_of(".eE") != std::string_view::npos) {
    number.floating = true;
    number.good = is(digits[0], CharDigit);  // from_chars tells about the rest
    return number;
  }
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number.magnitude, number.hex ? 16 : 10);
  number.good = error != std::errc::invalid_argument && end == digits.data() + digits.size();
  number.too_large = error == std::errc::result_out_of_range;
  return number;
}

}  // namespace inlay::ir
