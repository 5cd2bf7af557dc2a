// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "picture.h"

#include <graphviz/gvc.h>

#include <algorithm>
#include <vector>

namespace lox {
namespace {

/// More than these make no picture that anybody can read, and take Graphviz long.
constexpr std::size_t most_blocks = 250;

std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string lines_to_text(const std::vector<unsigned>& lines) {
  if (lines.empty()) return "no line";
  std::string text = lines.size() == 1 ? "line " : "lines ";
  // 4, 5, 6, 9 as 4-6, 9
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t begin = i;
    while (i + 1 < lines.size() && lines[i + 1] == lines[i] + 1) ++i;
    if (begin > 0) text += ", ";
    text += std::to_string(lines[begin]);
    if (i > begin) text += "-" + std::to_string(lines[i]);
  }
  return text;
}

/// What a block calls, shortly.
void add_calls(std::vector<std::string>& label, const MachineFunction& function, const CodeBlock& block) {
  constexpr std::size_t most_calls = 3, most_characters = 30;
  std::vector<std::string> calls;
  std::size_t count = 0;
  for (const std::size_t at : block.instructions) {
    const auto& call = function.instructions[at].call;
    if (!call) continue;
    std::string words = call->words;
    if (words.size() > most_characters) {
      words.resize(words.rfind(' ', most_characters));
      while (!words.empty() && (words.back() == ',' || words.back() == ':')) words.pop_back();
      words += " ...";
    }
    if (std::find(calls.begin(), calls.end(), words) != calls.end()) continue;
    if (++count <= most_calls) calls.push_back(words);
  }
  label.insert(label.end(), calls.begin(), calls.end());
  if (count > most_calls) label.push_back("and " + std::to_string(count - most_calls) + " more calls");
}

const char* class_of(const CodeBlock& block) {
  if (block.cold) return "cold";
  if (block.loops == 0) return "plain";
  return block.loops == 1 ? "loop" : "inner-loop";
}

std::string node(const MachineFunction& function, std::size_t number, const std::string& id) {
  const CodeBlock& block = function.blocks[number];
  std::vector<std::string> label{lines_to_text(block.lines)};
  label.push_back(std::to_string(block.instructions.size()) +
                  (block.instructions.size() == 1 ? " instruction" : " instructions"));
  if (number == 0) label.front() = "begins here: " + label.front();
  if (block.of_exceptions) label.front() = "errors: " + label.front();
  add_calls(label, function, block);
  std::string text = "b" + std::to_string(number) + " [id=\"" + id + "b" + std::to_string(number) +
                     "\" class=\"block " + class_of(block) + "\" label=\"";
  for (const std::string& line : label) text += quoted(line) + "\\l";
  return text + "\"];\n";
}

std::string edge(const MachineFunction& function, std::size_t from, std::size_t to) {
  std::string attributes;
  if (function.blocks[from].cold || function.blocks[to].cold)
    attributes = " [class=\"cold\" weight=0]";
  else if (to <= from)
    attributes = " [class=\"back\"]";
  else if (to == from + 1)
    attributes = " [weight=4]";
  return "b" + std::to_string(from) + " -> b" + std::to_string(to) + attributes + ";\n";
}

/// Graphviz's own form of a graph as an SVG element.
std::string draw(const std::string& graph_text) {
  std::string svg;
  GVC_t* context = gvContext();
  if (Agraph_t* graph = agmemread(graph_text.c_str())) {
    if (gvLayout(context, graph, "dot") == 0) {
      char* data = nullptr;
      unsigned length = 0;
      if (gvRenderData(context, graph, "svg", &data, &length) == 0) svg.assign(data, length);
      gvFreeRenderData(data);
      gvFreeLayout(context, graph);
    }
    agclose(graph);
  }
  gvFreeContext(context);
  // A page wants the element alone. Titles would show up as tooltips, with names that mean nothing.
  svg.erase(0, std::min(svg.find("<svg"), svg.size()));
  for (std::size_t begin; (begin = svg.find("<title>")) != svg.npos;)
    svg.erase(begin, svg.find("</title>", begin) + 8 - begin);
  return svg;
}

}  // namespace

Picture picture_of(const MachineFunction& function, const std::string& id) {
  std::vector<bool> shown(function.blocks.size(), true);
  std::size_t count = shown.size();
  // What is cold goes first, then what comes last.
  for (const bool any : {false, true})
    for (std::size_t i = shown.size(); i-- > 1 && count > most_blocks;)
      if (shown[i] && (any || function.blocks[i].cold)) shown[i] = false, --count;

  std::string text =
      "digraph {\n"
      "graph [bgcolor=transparent nodesep=0.25 ranksep=0.35 nslimit=4 mclimit=0.5];\n"
      "node [shape=box style=rounded fontname=\"monospace\" fontsize=11 margin=\"0.12,0.06\" height=0.3];\n"
      "edge [arrowsize=0.7];\n";
  for (std::size_t i = 0; i < shown.size(); ++i)
    if (shown[i]) text += node(function, i, id);
  for (std::size_t i = 0; i < shown.size(); ++i)
    for (const std::size_t to : function.blocks[i].successors)
      if (shown[i] && shown[to]) text += edge(function, i, to);
  return {draw(text + "}\n"), shown.size() - count};
}

}  // namespace lox
