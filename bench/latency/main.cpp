// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long it takes from `optimize` to a callable, for expressions of more and more std::functions: the first in a
// fresh process, and later ones. Each expression is another one, so nothing can be reused.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string>

#include "../common/expressions.h"
#include "../common/measure.h"
#include "../common/output.h"
#include "inlay/inlay.h"

namespace bench {
namespace {

constexpr std::array closure_counts = {1, 10, 100, 1000};

/// What one compilation took, in microseconds.
struct Times {
  enum { Cpu, Wall, Load, Specialize, Optimize, Emit, Link, CodeBytes, Count };
  std::array<double, Count> values = {};
};

inlay::Jit create_jit() {
  auto jit = inlay::Jit::create();
  if (!jit) std::fprintf(stderr, "%s\n", jit.error().to_string().c_str()), std::exit(1);
  return *std::move(jit);
}

Times measure(const inlay::Jit& jit, int closures, unsigned seed, inlay::Level level) {
  const auto tree = jit.freeze([&] { return make_expression(closures, seed); });
  inlay::CompileOptions options;
  options.level = level;
  const double cpu = thread_cpu_us(), wall = wall_us();
  const auto compiled = jit.optimize(tree, options);
  Times times;
  times.values[Times::Cpu] = thread_cpu_us() - cpu;
  times.values[Times::Wall] = wall_us() - wall;
  if (!compiled || !compiled->compiled() || (*compiled)(5, 7) != (*tree)(5, 7)) {
    std::fprintf(stderr, "an expression of %d closures was not compiled\n", closures);
    std::exit(1);
  }
  const inlay::Report& report = compiled->explain();
  times.values[Times::Load] = report.load_us;
  times.values[Times::Specialize] = report.specialize_us;
  times.values[Times::Optimize] = report.optimize_us;
  times.values[Times::Emit] = report.emit_us;
  times.values[Times::Link] = report.link_us;
  times.values[Times::CodeBytes] = static_cast<double>(report.code_bytes);
  return times;
}

Cell summary_of(const std::vector<Times>& runs, int which) {
  std::vector<double> values;
  for (const Times& run : runs) values.push_back(run.values[static_cast<std::size_t>(which)]);
  if (which == Times::CodeBytes) return median(std::move(values));
  return (which == Times::Cpu ? median(std::move(values)) : lower_quartile(std::move(values))) / 1000;
}

void add_row(Output& output, const std::string& name, const std::vector<Times>& runs) {
  std::vector<Cell> cells = {name};
  for (int which = 0; which < Times::Count; ++which) cells.push_back(summary_of(runs, which));
  output.row(std::move(cells));
}

const std::vector<Column> columns = {{"closures"},    {"CPU", 2},  {"wall", 2}, {"load", 2}, {"specialize", 2},
                                     {"optimize", 2}, {"emit", 2}, {"link", 2}, {"bytes", 0}};

/// The body of a fresh process: sets up, compiles one expression of ten closures and one more, prints both.
int measure_first() {
  const double cpu = thread_cpu_us(), wall = wall_us();
  const inlay::Jit jit = create_jit();
  std::printf("%g %g", thread_cpu_us() - cpu, wall_us() - wall);
  for (unsigned seed : {1u, 2u}) {
    const Times times = measure(jit, 10, seed, inlay::Level::O2);
    for (double value : times.values) std::printf(" %g", value);
  }
  std::printf("\n");
  return 0;
}

void compare_fresh_processes(Output& output) {
  std::vector<Times> creations, firsts, seconds;
  for (int i = 0; i < output.runs(20, 3); ++i) {
    const std::vector<double> numbers = numbers_from(own_path(), "--first");
    if (numbers.size() != 2 + 2 * Times::Count) return output.fail("a fresh process failed");
    Times& creation = creations.emplace_back();
    std::copy_n(numbers.begin(), 2, creation.values.begin());
    std::copy_n(numbers.begin() + 2, Times::Count, firsts.emplace_back().values.begin());
    std::copy_n(numbers.begin() + 2 + Times::Count, Times::Count, seconds.emplace_back().values.begin());
  }
  output.table("Fresh processes, 10 closures at O2 (ms, " + std::to_string(creations.size()) + " processes)", columns);
  add_row(output, "Jit::create", creations);
  add_row(output, "first optimize", firsts);
  add_row(output, "second optimize", seconds);
}

void compare_sizes(Output& output, const inlay::Jit& jit) {
  struct Case {
    int closures;
    inlay::Level level;
    const char* level_name;
    std::vector<Times> runs;
  };
  std::vector<Case> cases;
  for (int closures : closure_counts) {
    cases.push_back({closures, inlay::Level::O2, "O2", {}});
    cases.push_back({closures, inlay::Level::O0, "O0", {}});
  }
  const int rounds = output.runs(60, 5);
  for (int round = -1; round < rounds; ++round) {  // the first one warms up
    for (Case& one : cases) {
      if (one.closures == 1000 && round >= rounds / 4) continue;  // fewer of those that take long
      const Times times = measure(jit, one.closures, static_cast<unsigned>(100 + round), one.level);
      if (round >= 0) one.runs.push_back(times);
    }
  }
  output.table("Warm, from optimize to callable (ms)", columns);
  for (const Case& one : cases) {
    add_row(output, std::to_string(one.closures) + " at " + one.level_name, one.runs);
  }
  output.note("CPU: of this thread, median. The others: wall time, lower quartile. Goal: 10 at O2 within 2 ms.");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  if (argc == 2 && std::strcmp(argv[1], "--first") == 0) return measure_first();
  Output output("latency", argc, argv);
  compare_fresh_processes(output);
  compare_sizes(output, create_jit());
  return output.finish();
}
