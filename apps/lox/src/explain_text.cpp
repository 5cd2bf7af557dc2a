// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explanation.h"

#include <cstdio>

namespace lox {
namespace {

std::string place_of(const Unit& unit) {
  return unit.is_loop || unit.line == 0 ? "" : ", line " + std::to_string(unit.line);
}

std::string number(unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, "%7u", value);
  return text;
}

void add_notes(std::string& text, const LineOfUnit& line) {
  // Errors leave at each other line, and stop nothing.
  for (const LineNote& note : line.notes)
    if (note.call.kind != LeftCall::Kind::Error) text += "                     - " + text_of(note) + '\n';
}

/// The lines that a unit has code of, with what stands between them where that is little.
void add_listing(std::string& text, const Unit& unit, const std::vector<std::string>& source) {
  constexpr unsigned most_between = 3;
  text += "  instructions  line\n";
  unsigned last = 0;
  for (const auto& [line_number, line] : unit.lines) {
    if (line_number == 0 || line_number > source.size()) continue;
    if (last != 0 && line_number - last > most_between + 1)
      text += "                 ...\n";
    else if (last != 0)
      for (unsigned between = last + 1; between < line_number; ++between)
        text += "               " + number(between).substr(2) + "  " + source[between - 1] + '\n';
    last = line_number;
    text += "       " + number(line.instructions) + ' ' + number(line_number).substr(2) + "  " +
            source[line_number - 1] + '\n';
    add_notes(text, line);
  }
  if (auto rest = unit.lines.find(0); rest != unit.lines.end()) {
    text += "       " + number(rest->second.instructions) + "        (entering, leaving, and what lines share)\n";
    add_notes(text, rest->second);
  }
}

}  // namespace

std::string to_text(const Explanation& explanation) {
  std::string text = explanation.name + ": " + explanation.summary() + ".\n";
  for (const Unit& unit : explanation.units) {
    if (!unit.is_compiled()) continue;
    text += '\n' + unit.title + place_of(unit) + ": compiled\n  " + sizes_of(unit) + '\n';
    for (const inlay::Remark& remark : unit.report.remarks)
      if (remark.kind == inlay::Remark::Kind::Budget) text += "  limit: " + remark.reason + '\n';
    add_listing(text, unit, explanation.lines);
  }
  bool first = true;
  for (const Unit& unit : explanation.units) {
    if (unit.is_compiled()) continue;
    if (first) text += "\nNot compiled by themselves:\n";
    first = false;
    text += "  " + unit.title + place_of(unit) + ": " + unit.why + '\n';
  }
  return text;
}

}  // namespace lox
