// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Errors as people read them.
#include "frontend.h"

#include <algorithm>

namespace lox {
namespace {

constexpr std::size_t excerpt_width = 120;
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// How many bytes the UTF-8 character at the start of `text`, which is not empty, has; 0 if it is none, or not one to
/// send to a terminal.
std::size_t visible_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first < ' ' || first == 0x7f ? 0 : 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || length > text.size()) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_continuation)) return 0;
  // The ranges that the first byte leaves open: C1 controls, overlong forms, surrogates, and what is beyond Unicode.
  if (first == 0xc2 && byte(1) < 0xa0) return 0;
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) >= 0xa0) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) >= 0x90) return 0;
  return length;
}

/// Appends `text` as a terminal can show it; bytes in `kept` stay whatever they are.
void append_visible(std::string& out, std::string_view text, std::string_view kept) {
  while (!text.empty()) {
    const std::size_t length = kept.find(text[0]) != std::string_view::npos ? 1 : visible_length(text);
    out += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

/// What stands below `text` to leave it blank, or to underline it with `mark`: as many columns, and the same tabs.
void append_below(std::string& out, std::string_view text, char mark) {
  while (!text.empty()) {
    out += mark == ' ' && text[0] == '\t' ? '\t' : mark;
    text.remove_prefix(std::max<std::size_t>(visible_length(text), 1));
  }
}

std::size_t line_start(const Diagnostic& diagnostic, std::string_view source) {
  const std::size_t column = diagnostic.position.column == 0 ? 0 : diagnostic.position.column - 1;
  if (diagnostic.offset != std::string_view::npos) return diagnostic.offset - std::min(diagnostic.offset, column);
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < diagnostic.position.line; ++line) {
    const std::size_t newline = source.find('\n', start);
    if (newline == std::string_view::npos) return source.size();
    start = newline + 1;
  }
  return start;
}

}  // namespace

std::string to_text(const Diagnostic& diagnostic, std::string_view source, bool colours) {
  const std::string_view bold = colours ? "\x1b[1m" : "";
  const std::string_view red = colours ? "\x1b[1;31m" : "";
  const std::string_view blue = colours ? "\x1b[34m" : "";
  const std::string_view plain = colours ? "\x1b[0m" : "";

  std::string text(bold);
  append_visible(text, diagnostic.message, "\n\t");
  text.append(plain).append("\n");
  if (diagnostic.position.line == 0) return text;

  std::string_view line = source.substr(std::min(line_start(diagnostic, source), source.size()));
  line = line.substr(0, line.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  std::size_t place =
      std::min<std::size_t>(diagnostic.position.column == 0 ? 0 : diagnostic.position.column - 1, line.size());
  if (line.size() > excerpt_width && place > excerpt_width * 3 / 4) {
    std::size_t cut = place - excerpt_width / 2;
    while (cut < place && is_continuation(line[cut])) ++cut;
    line.remove_prefix(cut);
    place -= cut;
  }
  std::size_t end = std::min(line.size(), excerpt_width);
  while (end < line.size() && end > place && is_continuation(line[end])) --end;
  line = line.substr(0, end);

  const std::string number = std::to_string(diagnostic.position.line);
  text.append(blue).append("  ").append(number).append(" | ").append(plain);
  append_visible(text, line, "\t");
  text.append("\n").append(blue).append(number.size() + 2, ' ').append(" | ").append(plain);
  append_below(text, line.substr(0, place), ' ');
  std::string carets;
  append_below(carets, line.substr(place, diagnostic.length), '^');
  text.append(red).append(carets.empty() ? "^" : carets).append(plain).append("\n");
  return text;
}

}  // namespace lox
