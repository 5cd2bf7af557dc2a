// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/report.h"

#include <cstdio>

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

std::string Report::to_text() const {
  char line[512];
  std::string text = function + (compiled ? ": compiled" : ": not compiled, the original runs");
  if (compiled) {
    std::snprintf(
        line, sizeof line,
        "\n  %u functions specialized in %u rounds, %u calls inlined; folded: %u loads, %u values, %u branches"
        "\n  %u instructions of IR, %llu bytes of code"
        "\n  load %.2f ms, specialize %.2f ms, optimize %.2f ms, emit %.2f ms, link %.2f ms",
        specialized, rounds, inlined, folded_loads, folded_values, folded_branches, instructions,
        static_cast<unsigned long long>(code_bytes), load_us / 1000, specialize_us / 1000, optimize_us / 1000,
        emit_us / 1000, link_us / 1000);
    text += line;
  }
  if (compiled && remarks.empty()) text += "\n  no call is left";
  for (const Remark& remark : remarks) {
    text += "\n  ";
    if (remark.place.known()) text += remark.place.to_string() + ": ";
    text += remark.callee.empty() ? "" : "call of " + remark.callee + " left: ";
    text += remark.reason + " [" + std::string(to_string(remark.kind)) + "]";
    if (remark.count > 1) text += " (" + std::to_string(remark.count) + " times)";
  }
  return text;
}

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
    list.push_back(std::move(entry));
  }
  llvm::json::Object object{
      {"function", llvm::json::fixUTF8(function)},
      {"compiled", compiled},
      {"rounds", rounds},
      {"specialized", specialized},
      {"inlined", inlined},
      {"folded", llvm::json::Object{{"loads", folded_loads}, {"values", folded_values}, {"branches", folded_branches}}},
      {"instructions", instructions},
      {"code_bytes", static_cast<std::int64_t>(code_bytes)},
      {"microseconds", llvm::json::Object{{"load", load_us},
                                          {"specialize", specialize_us},
                                          {"optimize", optimize_us},
                                          {"emit", emit_us},
                                          {"link", link_us}}},
      {"remarks", std::move(list)}};
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << llvm::json::Value(std::move(object));
  return text;
}

}  // namespace inlay
