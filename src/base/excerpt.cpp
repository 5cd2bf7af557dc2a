// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/excerpt.h"

#include <algorithm>

namespace inlay::base {

namespace {

/// A byte of a UTF-8 character that is not its first: it takes no column.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

char shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f ? '?' : c;
}

}  // namespace

std::string excerpt(std::string_view text, const Place& place, std::size_t length) {
  if (place.line == 0) return {};
  for (std::uint32_t line = 1; line < place.line; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::size_t caret = std::min<std::size_t>(place.column == 0 ? 0 : place.column - 1, line.size());

  std::string out;
  if (line.size() > length) {
    std::size_t begin = caret - std::min(caret, length / 2);
    begin = std::min(begin, line.size() - length);
    while (begin < caret && is_continuation(line[begin])) ++begin;
    std::size_t end = std::min(begin + length, line.size());
    while (end < line.size() && is_continuation(line[end])) ++end;
    const bool more = end < line.size();
    line = line.substr(begin, end - begin);
    caret -= begin;
    if (begin != 0) out = "...";
    std::transform(line.begin(), line.end(), std::back_inserter(out), shown);
    if (more) out += "...";
    out += '\n';
    if (begin != 0) out += "   ";
  } else {
    std::transform(line.begin(), line.end(), std::back_inserter(out), shown);
    out += '\n';
  }
  for (char c : line.substr(0, caret))
    if (!is_continuation(c)) out += c == '\t' ? '\t' : ' ';
  return out + '^';
}

}  // namespace inlay::base
