// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explanation.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <tuple>

namespace lox {
namespace {

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

/// Counts instructions and what is left of calls, by line.
std::map<unsigned, LineOfUnit> lines_of(const std::vector<MachineFunction>& code) {
  std::map<unsigned, LineOfUnit> lines;
  for (const MachineFunction& function : code) {
    for (const MachineInstruction& instruction : function.instructions) {
      LineOfUnit& line = lines[instruction.line];
      ++line.instructions;
      line.cold += function.blocks[instruction.block].cold;
      if (!instruction.call) continue;
      auto known = std::find_if(line.notes.begin(), line.notes.end(), [&](const LineNote& note) {
        return note.call.kind == instruction.call->kind && note.call.words == instruction.call->words;
      });
      if (known == line.notes.end())
        line.notes.push_back({*instruction.call, 1});
      else
        ++known->count;
    }
  }
  for (auto& [number, line] : lines)
    std::sort(line.notes.begin(), line.notes.end(), [](const LineNote& a, const LineNote& b) {
      return std::tie(a.call.kind, a.call.words) < std::tie(b.call.kind, b.call.words);
    });
  return lines;
}

template <class Handle>
void set_result(Unit& unit, const Handle& handle) {
  unit.report = handle.explain();
  if (handle.compiled()) {
    unit.status = Unit::Status::Compiled;
    unit.code = machine_code_of(unit.report);
    unit.lines = lines_of(unit.code);
    return;
  }
  unit.status = unit.report.compiled ? Unit::Status::Dropped : Unit::Status::Failed;
  if (unit.status == Unit::Status::Dropped) {
    unit.why = "its code was dropped, since a line of it met what it had not met before, and was not hot again";
    return;
  }
  for (const inlay::Remark& remark : unit.report.remarks)
    if (remark.kind == inlay::Remark::Kind::NotCompiled) unit.why = remark.reason;
}

template <class Results, class Of>
void set_result_from(Unit& unit, const Results& results, Of is_of) {
  for (const auto& result : results)
    if (is_of(result)) return set_result(unit, result.handle);
}

/// The units whose code has lines of a unit that was not compiled by itself.
std::string units_with(const Unit& unit, const std::vector<Unit>& units, const std::string& function) {
  std::string names;
  for (const Unit& other : units) {
    if (!other.is_compiled()) continue;
    const bool has_code =
        std::any_of(other.report.guest.begin(), other.report.guest.end(), [&](const inlay::GuestInstruction& guest) {
          return guest.source_function == function && !guest.code.empty() && guest.source.line >= unit.line;
        });
    if (!has_code || (unit.is_loop && !other.lines.contains(unit.line))) continue;
    if (!names.empty()) names += ", ";
    names += other.title;
  }
  return names;
}

}  // namespace

double Unit::milliseconds() const {
  return (report.load_us + report.specialize_us + report.optimize_us + report.emit_us + report.link_us) / 1000;
}

std::uint64_t Unit::code_bytes() const {
  std::uint64_t bytes = 0;
  for (const MachineFunction& function : code) bytes += function.size;
  return bytes;
}

unsigned Unit::instructions() const {
  unsigned count = 0;
  for (const auto& [number, line] : lines) count += line.instructions;
  return count;
}

unsigned Unit::cold_instructions() const {
  unsigned count = 0;
  for (const auto& [number, line] : lines) count += line.cold;
  return count;
}

std::string Explanation::summary() const {
  unsigned all[2] = {}, compiled[2] = {};
  for (const Unit& unit : units) {
    ++all[unit.is_loop];
    compiled[unit.is_loop] += unit.is_compiled();
  }
  return std::to_string(compiled[0]) + " of " + std::to_string(all[0]) + " functions and " +
         std::to_string(compiled[1]) + " of " + std::to_string(all[1]) + " loops were compiled";
}

Explanation explanation_of(const Session& session, const Source& source) {
  Explanation explanation{source.name, split_lines(source.text), {}};
  const Program* program = session.program();
  if (!program) return explanation;
  std::vector<std::string> functions;  // of units
  for (const auto& function : program->functions) {
    Unit unit;
    unit.title = name_of(*function);
    unit.line = function->name.empty() ? 0 : static_cast<unsigned>(function->line);
    unit.why = "never hot: " + std::to_string(function->heat.get()) + " calls and rounds of loops were counted";
    set_result_from(unit, session.tiers()->functions(),
                    [&](const Tiers::CompiledFunction& each) { return each.function == function.get(); });
    explanation.units.push_back(std::move(unit));
  }
  for (const auto& loop : program->loops) {
    Unit unit;
    unit.title = "loop in line " + std::to_string(loop->line);
    if (!loop->function->name.empty()) unit.title = loop->function->name + ", " + unit.title;
    unit.line = static_cast<unsigned>(loop->line);
    unit.is_loop = true;
    unit.why = "never hot: " + std::to_string(loop->heat.get()) + " rounds were counted";
    set_result_from(unit, session.tiers()->loops(),
                    [&](const Tiers::CompiledLoop& each) { return each.loop == loop.get(); });
    explanation.units.push_back(std::move(unit));
  }
  for (std::size_t i = 0; i < explanation.units.size(); ++i) {
    Unit& unit = explanation.units[i];
    if (unit.status != Unit::Status::Cold) continue;
    const Function& function = i < program->functions.size() ? *program->functions[i]
                                                             : *program->loops[i - program->functions.size()]->function;
    const std::string around = units_with(unit, explanation.units, name_of(function));
    if (around.empty()) continue;
    unit.status = Unit::Status::Inside;
    unit.why = "not by itself, but as part of: " + around;
  }
  std::sort(explanation.units.begin(), explanation.units.end(), [](const Unit& a, const Unit& b) {
    return std::tie(a.line, a.is_loop, a.title) < std::tie(b.line, b.is_loop, b.title);
  });
  return explanation;
}

std::string sizes_of(const Unit& unit) {
  char text[256];
  std::snprintf(text, sizeof text,
                "%u calls of closures and of the runtime inlined; %u LLVM instructions; %llu bytes of machine code: %u "
                "instructions, %u of them for what seldom happens; compiled in %.1f ms",
                unit.report.inlined, unit.report.instructions, static_cast<unsigned long long>(unit.code_bytes()),
                unit.instructions(), unit.cold_instructions(), unit.milliseconds());
  return text;
}

std::string text_of(const LineNote& note) {
  std::string text = note.call.words;
  if (note.call.kind == LeftCall::Kind::SlowPath) text.insert(0, "slow path: ");
  if (note.count > 1) text += " (" + std::to_string(note.count) + " places)";
  return text;
}

}  // namespace lox
