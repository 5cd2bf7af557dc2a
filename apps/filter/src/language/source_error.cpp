// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/source_error.h"

#include <algorithm>

#include "runtime/utf8.h"

namespace inlay::filter {

namespace {

constexpr std::size_t LongestLine = 100;  // bytes that are shown

/// Continuations take no column.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

char shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f ? '?' : c;
}

/// `line` with `^~~~` below its bytes [begin, end), of which at least the first is in it or just behind it.
std::string excerpt(std::string_view line, std::size_t begin, std::size_t end) {
  std::size_t from = 0, to = line.size();
  if (line.size() > LongestLine) {
    from = std::min(begin - std::min(begin, LongestLine / 2), line.size() - LongestLine);
    while (from < begin && is_continuation(line[from])) ++from;
    to = std::min(from + LongestLine, line.size());
    while (to < line.size() && is_continuation(line[to])) ++to;
  }
  end = std::min(end, to);
  std::string text = from > 0 ? "  ..." : "  ";
  std::string marks = from > 0 ? "     " : "  ";
  for (std::size_t i = from; i < to; ++i) {
    text += shown(line[i]);
    if (i < begin && !is_continuation(line[i])) marks += line[i] == '\t' ? '\t' : ' ';
    if (i > begin && i < end && !is_continuation(line[i])) marks += '~';
    if (i == begin) marks += '^';
  }
  if (begin >= to) marks += '^';
  if (to < line.size()) text += "...";
  return text + '\n' + marks;
}

}  // namespace

Error source_error(std::string_view text, Range at, std::string message) {
  const std::size_t begin = std::min<std::size_t>(at.begin, text.size());
  const std::string_view before = text.substr(0, begin);
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  std::string_view line = text.substr(start);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  const Place place{"<expression>", static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n')) + 1,
                    static_cast<std::uint32_t>(characters(before.substr(start))) + 1};
  std::string note = "here:\n" + excerpt(line, begin - start, std::max<std::size_t>(at.end, begin) - start);
  return Error(ErrorKind::InvalidProgram, std::move(message), place).with_note(std::move(note));
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::transform(line.begin(), line.end(), line.begin(), shown);
  return line;
}

std::string quoted(std::string_view part) {
  constexpr std::size_t Longest = 40;
  std::size_t end = std::min(part.size(), Longest);
  while (end < part.size() && is_continuation(part[end])) ++end;
  std::string out = "'";
  std::transform(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(end), std::back_inserter(out), shown);
  if (end < part.size()) out += "...";
  return out + "'";
}

}  // namespace inlay::filter
