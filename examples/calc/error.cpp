// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "error.h"

#include <algorithm>

namespace calc {
namespace {

constexpr std::size_t excerpt_width = 100;

std::string_view line_of(std::string_view source, int line) {
  for (int current = 1; current < line; ++current) {
    const std::size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  return source.substr(0, source.find('\n'));
}

}  // namespace

std::string describe(const CalcError& error, std::string_view file, std::string_view source) {
  const Position position = error.position();
  std::string text(file);
  text +=
      ':' + std::to_string(position.line) + ':' + std::to_string(position.column) + ": error: " + error.what() + '\n';

  // Of a very long line (a program on one line, or no text at all) only the part around the place is shown.
  const std::string_view line = line_of(source, position.line);
  const std::size_t place = std::min(static_cast<std::size_t>(position.column - 1), line.size());
  const std::size_t start = place > excerpt_width * 3 / 4 ? place - excerpt_width / 2 : 0;
  std::string excerpt(line.substr(start, excerpt_width));
  std::string caret(place - start, ' ');
  for (std::size_t i = 0; i < excerpt.size(); ++i) {
    if (excerpt[i] == '\t') {
      if (i < caret.size()) caret[i] = '\t';  // keeps the caret below its place, whatever a tab's width
    } else if (static_cast<unsigned char>(excerpt[i]) < ' ' || excerpt[i] == 0x7f) {
      excerpt[i] = '?';
    }
  }
  return text + "  " + excerpt + "\n  " + caret + "^\n";
}

}  // namespace calc
