// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explanation.h"
#include "page_resources.h"
#include "picture.h"

#include <cstdio>

namespace lox {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

const char* status_of(const Unit& unit) {
  switch (unit.status) {
    case Unit::Status::Compiled:
      return "compiled";
    case Unit::Status::Inside:
      return "inside";
    case Unit::Status::Cold:
      return "cold";
    case Unit::Status::Failed:
      return "failed";
    case Unit::Status::Dropped:
      return "dropped";
  }
  return "cold";
}

/// What the unit is called in short, and what became of it.
std::string caption_of(const Unit& unit) {
  std::string text = !unit.is_loop && unit.line != 0 ? "line " + std::to_string(unit.line) + ": " : "";
  switch (unit.status) {
    case Unit::Status::Compiled:
      return text + std::to_string(unit.code_bytes()) + " bytes";
    case Unit::Status::Inside:
      return text + "part of others";
    case Unit::Status::Cold:
      return text + "never hot";
    case Unit::Status::Failed:
      return text + "not compiled";
    case Unit::Status::Dropped:
      return text + "dropped";
  }
  return text;
}

const char* class_of(const LeftCall& call) {
  switch (call.kind) {
    case LeftCall::Kind::Work:
      return "work";
    case LeftCall::Kind::SlowPath:
      return "slow";
    case LeftCall::Kind::Error:
      return "error";
  }
  return "work";
}

void add_buttons(std::string& page, const Explanation& explanation) {
  page += "<nav aria-label=\"Functions and loops\">\n";
  for (std::size_t i = 0; i < explanation.units.size(); ++i) {
    const Unit& unit = explanation.units[i];
    page += "<button type=\"button\" data-unit=\"" + std::to_string(i) + "\" data-line=\"" +
            std::to_string(std::max(unit.line, 1u)) + "\" class=\"" + status_of(unit) + "\">" + escaped(unit.title) +
            " <small>" + escaped(caption_of(unit)) + "</small></button>\n";
  }
  page += "</nav>\n";
}

/// What was compiled of each unit, in a sentence.
void add_sentences(std::string& page, const Explanation& explanation) {
  page += "<div id=\"sentences\" aria-live=\"polite\">\n";
  for (std::size_t i = 0; i < explanation.units.size(); ++i) {
    const Unit& unit = explanation.units[i];
    page += "<p class=\"unit\" data-unit=\"" + std::to_string(i) + "\" hidden><b>" + escaped(unit.title) +
            "</b>: " + escaped(unit.is_compiled() ? sizes_of(unit) : "not compiled. " + unit.why) + ".</p>\n";
  }
  page += "</div>\n";
}

void add_notes(std::string& page, const Explanation& explanation, unsigned number) {
  for (std::size_t i = 0; i < explanation.units.size(); ++i) {
    const auto line = explanation.units[i].lines.find(number);
    if (line == explanation.units[i].lines.end()) continue;
    std::string items;
    for (const LineNote& note : line->second.notes)
      if (note.call.kind != LeftCall::Kind::Error)
        items += std::string("<li class=\"") + class_of(note.call) + "\">" + escaped(text_of(note)) + "</li>";
    if (!items.empty())
      page += "<ul class=\"notes unit\" data-unit=\"" + std::to_string(i) + "\" hidden>" + items + "</ul>";
  }
}

void add_source(std::string& page, const Explanation& explanation) {
  page +=
      "<section id=\"source\" class=\"panel\" aria-labelledby=\"source-title\"><h2 id=\"source-title\">Lox</h2>\n"
      "<ol role=\"listbox\" aria-labelledby=\"source-title\">\n";
  for (unsigned number = 1; number <= explanation.lines.size(); ++number) {
    page += "<li role=\"option\" data-line=\"" + std::to_string(number) + "\"><span class=\"number\">" +
            std::to_string(number) + "</span><span class=\"weight\"></span><code>" +
            escaped(explanation.lines[number - 1]) + "</code>";
    add_notes(page, explanation, number);
    page += "</li>\n";
  }
  page += "</ol></section>\n";
}

std::string title_of(const MachineFunction& function, std::size_t number) {
  std::string title = function.lox_function.empty() ? "of the runtime" : function.lox_function;
  if (number > 0 && !function.lox_function.empty()) title += ", as the code above calls it";
  return title + ", " + std::to_string(function.size) + " bytes";
}

std::string id_of(std::size_t unit, std::size_t function) {
  return "u" + std::to_string(unit) + "f" + std::to_string(function);
}

void add_not_compiled(std::string& page, const Unit& unit) {
  page += "<p class=\"empty\">Not compiled: " + escaped(unit.why) + ".</p>";
}

void add_pictures(std::string& page, const Explanation& explanation) {
  page +=
      "<section id=\"picture\" class=\"panel\" aria-labelledby=\"picture-title\"><h2 id=\"picture-title\">Control "
      "flow</h2>\n<p class=\"key\"><span class=\"inner-loop\">inner loop</span> <span class=\"loop\">loop</span> "
      "<span class=\"plain\">once</span> <span class=\"cold\">seldom: slow paths, errors</span></p>\n";
  for (std::size_t u = 0; u < explanation.units.size(); ++u) {
    const Unit& unit = explanation.units[u];
    page += "<div class=\"unit\" data-unit=\"" + std::to_string(u) + "\" hidden>";
    if (!unit.is_compiled()) add_not_compiled(page, unit);
    for (std::size_t f = 0; f < unit.code.size(); ++f) {
      const Picture picture = picture_of(unit.code[f], id_of(u, f));
      page += "<h3>" + escaped(title_of(unit.code[f], f)) + "</h3>\n";
      if (picture.svg.empty()) page += "<p class=\"empty\">Graphviz could not draw it.</p>";
      if (picture.left_out > 0)
        page += "<p class=\"empty\">Too large for a picture of all: " + std::to_string(picture.left_out) + " of " +
                std::to_string(unit.code[f].blocks.size()) + " blocks are left out, cold ones first.</p>";
      page += "<div class=\"drawing\">" + picture.svg + "</div>\n";
    }
    page += "</div>\n";
  }
  page += "</section>\n";
}

void add_instruction(std::string& page, const MachineInstruction& instruction, const MachineFunction& function,
                     const std::string& id, std::size_t number) {
  char offset[24];
  std::snprintf(offset, sizeof offset, "%llx", static_cast<unsigned long long>(instruction.offset));
  page += "<li role=\"option\" id=\"" + id + "i" + std::to_string(number) + "\" data-line=\"" +
          std::to_string(instruction.line) + "\" data-block=\"" + id + "b" + std::to_string(instruction.block) + '"';
  if (function.blocks[instruction.block].cold) page += " class=\"cold\"";
  page += "><span class=\"number\">" + std::string(offset) + "</span><span class=\"line\">" +
          (instruction.line ? std::to_string(instruction.line) : "") + "</span><code>" + escaped(instruction.text) +
          "</code>";
  if (instruction.call)
    page += std::string("<span class=\"call ") + class_of(*instruction.call) + "\">" +
            escaped(instruction.call->words) + "</span>";
  page += "</li>\n";
}

void add_code(std::string& page, const Explanation& explanation) {
  page +=
      "<section id=\"code\" class=\"panel\" aria-labelledby=\"code-title\"><h2 id=\"code-title\">Machine "
      "code</h2>\n";
  for (std::size_t u = 0; u < explanation.units.size(); ++u) {
    const Unit& unit = explanation.units[u];
    page += "<div class=\"unit\" data-unit=\"" + std::to_string(u) + "\" hidden>";
    if (!unit.is_compiled()) add_not_compiled(page, unit);
    for (std::size_t f = 0; f < unit.code.size(); ++f) {
      const MachineFunction& function = unit.code[f];
      const std::string title = escaped(title_of(function, f));
      page += "<h3>" + title + "</h3>\n<ol role=\"listbox\" aria-label=\"" + title + "\">\n";
      for (std::size_t i = 0; i < function.instructions.size(); ++i)
        add_instruction(page, function.instructions[i], function, id_of(u, f), i);
      page += "</ol>\n";
    }
    page += "</div>\n";
  }
  page += "</section>\n";
}

}  // namespace

std::string to_html(const Explanation& explanation) {
  // The policy makes sure that the page needs nothing from elsewhere.
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src "
      "'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>" +
      escaped(explanation.name) + " as machine code</title>\n<style>\n" + explain_css + "</style>\n</head>\n<body>\n";
  page += "<header><h1>" + escaped(explanation.name) + "</h1><p>" + escaped(explanation.summary()) +
          ". Choose one below; then a line, a block or an instruction, by mouse or by arrow keys, shows what belongs "
          "to it. "
          "Escape lets go.</p></header>\n";
  add_buttons(page, explanation);
  add_sentences(page, explanation);
  page += "<main>\n";
  add_source(page, explanation);
  add_pictures(page, explanation);
  add_code(page, explanation);
  return page + "</main>\n<script>\n" + explain_js + "</script>\n</body>\n</html>\n";
}

}  // namespace lox
