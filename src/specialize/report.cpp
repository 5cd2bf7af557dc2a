// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/report.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>

#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>

namespace inlay {

std::string_view to_string(Remark::Kind kind) {
  switch (kind) {
    case Remark::Kind::UnknownTarget:
      return "unknown-target";
    case Remark::Kind::External:
      return "external";
    case Remark::Kind::AskedFor:
      return "asked-for";
    case Remark::Kind::NothingKnown:
      return "nothing-known";
    case Remark::Kind::Recursion:
      return "recursion";
    case Remark::Kind::Shared:
      return "shared";
    case Remark::Kind::NotEvaluable:
      return "not-evaluable";
    case Remark::Kind::NotFrozen:
      return "not-frozen";
    case Remark::Kind::WritesFrozen:
      return "writes-frozen";
    case Remark::Kind::LeavesCode:
      return "interpreter";
    case Remark::Kind::Budget:
      return "budget";
    case Remark::Kind::NotCompiled:
      return "not-compiled";
  }
  return "unknown";
}

namespace {

/// The last name of a function, without templates' arguments and parameters.
std::string short_name(const std::string& demangled) {
  std::string name;
  int depth = 0;  // of <...>
  for (char c : demangled) {
    depth -= c == '>' && depth > 0;
    if (depth == 0 && c != '>') name += c;
    depth += c == '<';
  }
  std::erase(name, '<');
  for (std::size_t at; (at = name.find("(anonymous namespace)::")) != std::string::npos;) name.erase(at, 23);
  if (std::size_t end = name.find('('); end != std::string::npos) name.erase(end);
  if (std::size_t begin = name.find_last_of(" :"); begin != std::string::npos) name.erase(0, begin + 1);
  return name.empty() ? demangled : name;
}

template <class... Values>
std::string format(const char* form, Values... values) {
  char line[512];
  std::snprintf(line, sizeof line, form, values...);
  return line;
}

struct Opcode {
  unsigned count = 0, instructions = 0;
  std::uint64_t bytes = 0;
  Place handler;
};

/// How large instructions became, by opcode: those first that take most of the code.
std::string opcodes_to_text(const Report& report) {
  std::map<std::string, Opcode> by_opcode;
  Opcode all;
  for (const GuestInstruction& each : report.guest) {
    Opcode& sum = by_opcode[each.opcode];
    for (Opcode* into : {&sum, &all}) {
      ++into->count;
      into->instructions += each.instructions;
      into->bytes += each.code_bytes();
    }
    sum.handler = each.handler;
  }
  std::vector<std::pair<std::string, Opcode>> opcodes(by_opcode.begin(), by_opcode.end());
  std::sort(opcodes.begin(), opcodes.end(), [](const auto& a, const auto& b) {
    return std::tie(b.second.bytes, b.second.instructions, a.first) <
           std::tie(a.second.bytes, a.second.instructions, b.first);
  });
  const bool bytes = report.explains_code();
  std::string text = format("\n  the program: %u instructions became %u of IR, %.1f for one", all.count,
                            all.instructions, static_cast<double>(all.instructions) / all.count);
  if (bytes) {
    std::uint64_t size = 0, shared = 0;
    for (const CompiledFunction& function : report.functions) {
      size += function.size;
      shared += function.shared;
    }
    text += format("\n  in machine code: %llu bytes, %.1f for one; %llu shared by several; %llu around the program",
                   static_cast<unsigned long long>(all.bytes), static_cast<double>(all.bytes) / all.count,
                   static_cast<unsigned long long>(shared), static_cast<unsigned long long>(size - shared - all.bytes));
  }
  constexpr std::size_t Shown = 10;
  for (std::size_t i = 0; i < opcodes.size() && i < Shown; ++i) {
    const auto& [opcode, sum] = opcodes[i];
    text += "\n    ";
    if (bytes)
      text += format("%5llu bytes, %5.1f for one; ", static_cast<unsigned long long>(sum.bytes),
                     static_cast<double>(sum.bytes) / sum.count);
    text += format("%4u of IR for %u times ", sum.instructions, sum.count);
    text += opcode.empty() ? "without a switch" : short_name(opcode);
    if (sum.handler.known()) text += ", " + sum.handler.to_string();
  }
  if (opcodes.size() > Shown) text += "\n    and " + std::to_string(opcodes.size() - Shown) + " more opcodes";
  return text;
}

/// The places of an instruction's code: offsets in the first function, others with the function's number.
std::string ranges_to_text(const GuestInstruction& guest) {
  if (guest.code.empty()) return "none of its own";
  constexpr std::size_t Shown = 4;
  std::string text;
  for (std::size_t i = 0; i < guest.code.size() && i < Shown; ++i) {
    const CodeRange& range = guest.code[i];
    text += format("%s%u+%llx..%llx", i ? " " : "", range.function, static_cast<unsigned long long>(range.offset),
                   static_cast<unsigned long long>(range.offset + range.size));
  }
  if (guest.code.size() > Shown) text += format(" and %zu more", guest.code.size() - Shown);
  return text;
}

/// Of a program; what an interpreter runs has one.
bool is_line(const GuestInstruction& guest) { return guest.interpreter.empty(); }

std::string line_to_text(const GuestInstruction& guest) {
  return format("%6llu  ", static_cast<unsigned long long>(guest.code_bytes())) + guest.source.to_string() + ", in " +
         guest.source_function + ": " + ranges_to_text(guest);
}

std::string instruction_to_text(const GuestInstruction& guest) {
  if (is_line(guest)) return line_to_text(guest);
  const std::string place = guest.source.known() ? ", " + guest.source.to_string() : "";
  return format("%8lld %6u %6llu  %-20.60s %s", static_cast<long long>(guest.at), guest.instructions,
                static_cast<unsigned long long>(guest.code_bytes()), short_name(guest.opcode).c_str(),
                ranges_to_text(guest).c_str()) +
         place;
}

/// Of a program that has lines, and no instructions.
std::string lines_to_text(const Report& report) {
  std::string text = format("\n  machine code of %zu lines: bytes, function+begin..end", report.guest.size());
  for (const GuestInstruction& each : report.guest) text += "\n    " + line_to_text(each);
  return text;
}

std::string guest_to_text(const Report& report) {
  if (report.guest.empty()) return "";
  if (is_line(report.guest.front())) return lines_to_text(report);
  std::string text = opcodes_to_text(report);
  if (!report.explains_code()) return text;
  text += "\n          at     IR  bytes  opcode               code: function+begin..end";
  constexpr std::size_t Shown = 200;
  for (std::size_t i = 0; i < report.guest.size() && i < Shown; ++i)
    text += "\n    " + instruction_to_text(report.guest[i]);
  if (report.guest.size() > Shown) text += "\n    and " + std::to_string(report.guest.size() - Shown) + " more";
  for (std::size_t i = 0; i < report.functions.size(); ++i)
    text += format("\n    function %zu: %llu bytes, ", i, static_cast<unsigned long long>(report.functions[i].size)) +
            report.functions[i].name;
  return text;
}

}  // namespace

std::string Report::to_text() const {
  char line[512];
  std::string text =
      (name.empty() ? function : name + " (" + function + ')') + (!compiled ? ": not compiled, the original runs"
                                                                  : cached  ? ": compiled, found in a cache"
                                                                            : ": compiled");
  if (compiled) {
    std::snprintf(
        line, sizeof line,
        "\n  %u functions specialized in %u rounds, %u calls inlined; folded: %u loads, %u values, %u branches"
        "\n  %u instructions of IR, an object of %llu bytes"
        "\n  load %.2f ms, specialize %.2f ms, optimize %.2f ms, emit %.2f ms, link %.2f ms",
        specialized, rounds, inlined, folded_loads, folded_values, folded_branches, instructions,
        static_cast<unsigned long long>(code_bytes), load_us / 1000, specialize_us / 1000, optimize_us / 1000,
        emit_us / 1000, link_us / 1000);
    text += line;
  }
  text += guest_to_text(*this);
  if (compiled && remarks.empty()) text += "\n  no call is left";
  for (const Remark& remark : remarks) {
    text += "\n  ";
    if (remark.place.known()) text += remark.place.to_string() + ": ";
    bool leaves = remark.kind == Remark::Kind::LeavesCode;
    if (!remark.callee.empty()) text += leaves ? "in " + remark.callee + ": " : "call of " + remark.callee + " left: ";
    text += remark.reason + " [" + std::string(to_string(remark.kind)) + "]";
    if (remark.count > 1) text += " (" + std::to_string(remark.count) + " times)";
    if (remark.source.known()) text += "; in " + remark.source_function + ", " + remark.source.to_string();
  }
  return text;
}

std::string Report::to_listing() const {
  std::string text;
  for (const GuestInstruction& each : guest) text += instruction_to_text(each) + '\n' + each.assembly;
  return text;
}

namespace {

llvm::json::Object source_to_json(const Place& source, const std::string& function) {
  return llvm::json::Object{{"function", llvm::json::fixUTF8(function)},
                            {"file", llvm::json::fixUTF8(source.file)},
                            {"line", source.line},
                            {"column", source.column}};
}

}  // namespace

std::string Report::to_json() const {
  llvm::json::Array list;
  for (const Remark& remark : remarks) {
    llvm::json::Object entry{{"kind", llvm::StringRef(to_string(remark.kind))},
                             {"callee", llvm::json::fixUTF8(remark.callee)},
                             {"reason", llvm::json::fixUTF8(remark.reason)},
                             {"count", remark.count}};
    if (remark.place.known()) {
      entry["file"] = llvm::json::fixUTF8(remark.place.file);
      entry["line"] = remark.place.line;
      entry["column"] = remark.place.column;
    }
    if (remark.source.known()) entry["source"] = source_to_json(remark.source, remark.source_function);
    list.push_back(std::move(entry));
  }
  llvm::json::Array program;
  for (const GuestInstruction& each : guest) {
    llvm::json::Object entry{{"interpreter", llvm::json::fixUTF8(each.interpreter)},
                             {"at", each.at},
                             {"opcode", llvm::json::fixUTF8(each.opcode)},
                             {"instructions", each.instructions},
                             {"copies", each.copies},
                             {"number", each.number}};
    if (explains_code()) {
      llvm::json::Array ranges;
      for (const CodeRange& range : each.code)
        ranges.push_back(llvm::json::Object{{"function", range.function},
                                            {"offset", static_cast<std::int64_t>(range.offset)},
                                            {"size", static_cast<std::int64_t>(range.size)}});
      entry["code"] = std::move(ranges);
      entry["code_bytes"] = static_cast<std::int64_t>(each.code_bytes());
      entry["assembly"] = llvm::json::fixUTF8(each.assembly);
    }
    if (each.handler.known()) {
      entry["file"] = llvm::json::fixUTF8(each.handler.file);
      entry["line"] = each.handler.line;
    }
    if (each.source.known()) entry["source"] = source_to_json(each.source, each.source_function);
    program.push_back(std::move(entry));
  }
  llvm::json::Object object{
      {"function", llvm::json::fixUTF8(function)},
      {"name", llvm::json::fixUTF8(name)},
      {"compiled", compiled},
      {"cached", cached},
      {"rounds", rounds},
      {"specialized", specialized},
      {"inlined", inlined},
      {"folded", llvm::json::Object{{"loads", folded_loads}, {"values", folded_values}, {"branches", folded_branches}}},
      {"instructions", instructions},
      {"code_bytes", static_cast<std::int64_t>(code_bytes)},
      {"work", static_cast<std::int64_t>(work)},
      {"microseconds", llvm::json::Object{{"load", load_us},
                                          {"specialize", specialize_us},
                                          {"optimize", optimize_us},
                                          {"emit", emit_us},
                                          {"link", link_us}}},
      {"guest", std::move(program)},
      {"remarks", std::move(list)}};
  if (explains_code()) {
    llvm::json::Array compiled_functions;
    for (const CompiledFunction& each : functions)
      compiled_functions.push_back(llvm::json::Object{{"name", llvm::json::fixUTF8(each.name)},
                                                      {"size", static_cast<std::int64_t>(each.size)},
                                                      {"shared", static_cast<std::int64_t>(each.shared)},
                                                      {"assembly", llvm::json::fixUTF8(each.assembly)}});
    object["functions"] = std::move(compiled_functions);
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << llvm::json::Value(std::move(object));
  return text;
}

}  // namespace inlay
