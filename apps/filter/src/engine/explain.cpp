// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/explain.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "language/json.h"
#include "language/source_error.h"

namespace inlay::filter {

namespace {

constexpr auto TierNames = std::to_array<std::string_view>({"interpreter", "quick", "optimized"});

std::string_view name_of(Tier tier) { return TierNames[static_cast<std::size_t>(tier)]; }

template <class... A>
std::string format(const char* how, A... values) {
  char text[160];
  std::snprintf(text, sizeof text, how, values...);
  return text;
}

/// `4,096`.
std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

double total(const CompileTimes& times) { return times.emit + times.join + times.optimize + times.generate; }

void add_tests(std::string& text, const Plan& plan) {
  if (plan.tests.empty()) return;
  text += "tests, in order:\n";
  for (const PlannedTest& test : plan.tests) {
    text += "  " + std::string(std::size_t{test.depth} * 2, ' ') + one_line(test.text);
    text += format("  [%.3g ns", test.cost);
    if (test.selectivity >= 0) text += format(", holds for %.3g %%", test.selectivity * 100);
    if (!test.note.empty()) text += "; " + test.note;
    text += "]\n";
  }
}

void add_times(std::string& text, Tier tier, const CompileTimes& times) {
  if (total(times) == 0) return;
  text += "  " + std::string(name_of(tier)) +
          format(": %.1f ms (program %.1f, join %.1f, optimize %.1f, generate %.1f)\n", total(times), times.emit,
                 times.join, times.optimize, times.generate);
}

void add_times_json(std::string& json, std::string_view name, const CompileTimes& times) {
  if (total(times) == 0) return;
  json += ",\"" + std::string(name) +
          format("_ms\":{\"emit\":%.3f,\"join\":%.3f,\"optimize\":%.3f,\"generate\":%.3f}", times.emit, times.join,
                 times.optimize, times.generate);
}

}  // namespace

std::string explain(const Runner& runner, std::string_view expression, std::int64_t sampled_rows) {
  const Plan& plan = runner.plan();
  const Runner::Statistics statistics = runner.statistics();
  std::string text = std::string(expression) + '\n';
  add_tests(text, plan);
  text += sampled_rows > 0 ? "order: by cost, and how often tests hold in " + with_commas(sampled_rows) + " rows\n"
                           : "order: by cost and kind of test; no rows were sampled\n";
  text += "runs by: " + std::string(name_of(runner.tier()));
  if (plan.program.straight) text += " (no branches: vector code, where optimized)";
  text += '\n';
  for (std::size_t i = 0; i < TierNames.size(); ++i) {
    if (statistics.rows[i] == 0) continue;
    const double ns = statistics.milliseconds[i] * 1e6 / static_cast<double>(statistics.rows[i]);
    text += "  " + std::string(TierNames[i]) + ": " + with_commas(statistics.rows[i]) + " rows" +
            format(" in %.2f ms, %.2f ns each\n", statistics.milliseconds[i], ns);
  }
  if (total(statistics.quick) + total(statistics.optimized) > 0) text += "compiled:\n";
  add_times(text, Tier::Quick, statistics.quick);
  add_times(text, Tier::Optimized, statistics.optimized);
  if (!statistics.refusal.empty()) text += "not compiled: " + statistics.refusal + '\n';
  text += "program:\n" + to_string(plan.program);
  return text;
}

std::string explain_json(const Runner& runner, std::string_view expression, std::int64_t sampled_rows) {
  const Plan& plan = runner.plan();
  const Runner::Statistics statistics = runner.statistics();
  std::string json = "{\"expression\":";
  append_json(json, expression);
  json += ",\"tests\":[";
  for (std::size_t i = 0; i < plan.tests.size(); ++i) {
    const PlannedTest& test = plan.tests[i];
    if (i != 0) json += ',';
    json += "{\"text\":";
    append_json(json, test.text);
    json += format(",\"depth\":%u,\"cost_ns\":%.4g", test.depth, test.cost);
    if (test.selectivity >= 0) json += format(",\"selectivity\":%.4g", test.selectivity);
    if (!test.note.empty()) {
      json += ",\"note\":";
      append_json(json, test.note);
    }
    json += '}';
  }
  json += "],\"sampled_rows\":" + std::to_string(sampled_rows) + ",\"tier\":\"" + std::string(name_of(runner.tier())) +
          "\",\"straight\":" + (plan.program.straight ? "true" : "false") + ",\"rows\":{";
  for (std::size_t i = 0; i < TierNames.size(); ++i)
    json += (i != 0 ? ",\"" : "\"") + std::string(TierNames[i]) + "\":" + std::to_string(statistics.rows[i]);
  json += "},\"ms\":{";
  for (std::size_t i = 0; i < TierNames.size(); ++i)
    json += (i != 0 ? ",\"" : "\"") + std::string(TierNames[i]) + format("\":%.3f", statistics.milliseconds[i]);
  json += '}';
  add_times_json(json, "quick", statistics.quick);
  add_times_json(json, "optimized", statistics.optimized);
  if (!statistics.refusal.empty()) {
    json += ",\"refusal\":";
    append_json(json, statistics.refusal);
  }
  return json + '}';
}

std::string explain(const Planned& planned) {
  return explain(*planned.runner(), planned.text(), planned.sampled_rows());
}

std::string explain_json(const Planned& planned) {
  return explain_json(*planned.runner(), planned.text(), planned.sampled_rows());
}

}  // namespace inlay::filter
