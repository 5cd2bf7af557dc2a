// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `vm_tree`: runs a program by the interpreter or by what Inlay makes of interpreter and program; compares
// both with the hand-written counterpart.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

#include <CLI/CLI.hpp>

#include "handwritten.h"
#include "parser.h"
#include "session.h"
#include "specialized.h"

namespace vm_tree {
namespace {

struct Options {
  std::string file;
  std::vector<std::int64_t> arguments;
  bool jit = false, explain = false, compare = false;
  int runs = 5;
  Metering metering = Metering::Off;
  std::int64_t fuel = INT64_MAX;
  std::size_t memory_size = 1 << 22;
};

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

std::vector<Value> values_of(const std::vector<std::int64_t>& integers) {
  std::vector<Value> values;
  for (const std::int64_t integer : integers) values.push_back(Value::of(integer));
  return values;
}

/// Runs it once and says on standard error how it ended if that was a fault.
int run_once(const Program& program, const Runner& runner, const Options& options) {
  Session session(program, values_of(options.arguments), options.memory_size);
  session.env().fuel = options.fuel;
  const Status status = runner.run(session.env());
  std::fputs(session.output().c_str(), stdout);
  if (status == Status::Done) return 0;
  std::fprintf(stderr, "%s:%u: error: %s\n", options.file.c_str(), session.env().line, to_string(status));
  return 1;
}

double median_of(int runs, const std::function<double()>& measure) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) times.push_back(measure());
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[static_cast<std::size_t>(runs / 2)];
}

/// The program in every way, with times. False if two ways differ.
bool compare(const Program& program, const std::string& text, const Options& options) {
  const std::vector<Value> arguments = values_of(options.arguments);
  Session expected(program, arguments, options.memory_size);
  interpreted(program).run(expected.env());
  bool agree = true;
  auto measure = [&](const char* name, const Runner& runner, double compiling) {
    std::string difference;
    const double time = median_of(options.runs, [&] {
      Session session(program, arguments, options.memory_size);
      const Clock::time_point start = Clock::now();
      runner.run(session.env());
      const double elapsed = milliseconds_since(start);
      if (difference.empty()) difference = expected.difference(session);
      return elapsed;
    });
    std::printf("%-14s %10.2f ms", name, time);
    if (compiling != 0) std::printf("   compiling %.1f ms%s", compiling, runner.compiled ? "" : " (not compiled)");
    std::printf("%s%s\n", difference.empty() ? "" : "   DIFFERS: ", difference.c_str());
    agree = agree && difference.empty();
  };
  measure("tree", interpreted(program), 0);
  const Clock::time_point start = Clock::now();
  const Runner runner = specialized(text, options.metering);
  measure("specialized", runner, milliseconds_since(start));

  const Handwritten handwritten = find_handwritten(std::filesystem::path(options.file).stem().string());
  if (handwritten == nullptr || program.arguments.empty()) return agree;
  const Value argument = arguments.empty() ? program.arguments[0].value : arguments[0];
  std::string output;
  const double time = median_of(options.runs, [&] {
    output.clear();
    const Clock::time_point begin = Clock::now();
    handwritten(argument.integer, output);
    return milliseconds_since(begin);
  });
  const bool same = output == expected.output();
  std::printf("%-14s %10.2f ms%s\n", "hand-written", time, same ? "" : "   DIFFERS");
  return agree && same;
}

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs programs of a small language whose interpreter walks a tree.", "vm_tree");
  app.add_option("program", options.file, "The program, as text")->required();
  app.add_option("argument", options.arguments, "Its arguments, whole numbers");
  app.add_flag("--jit", options.jit, "Run what Inlay makes of the interpreter for this program");
  app.add_flag("--explain", options.explain, "With --jit: say on standard error what Inlay did");
  app.add_flag("--compare", options.compare, "Run it in every way, check that they agree, print times");
  app.add_option("--runs", options.runs, "With --compare: runs of each way")->check(CLI::Range(1, 1000));
  const CLI::Option* fuel =
      app.add_option("--fuel", options.fuel, "Rounds of loops and calls until the program is stopped");
  app.add_option("--memory", options.memory_size, "Elements of arrays that there is memory for")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (fuel->count() != 0) options.metering = Metering::On;

  std::ifstream file(options.file);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    std::fprintf(stderr, "vm_tree: %s cannot be read\n", options.file.c_str());
    return 1;
  }
  const inlay::Result<Program> program = parse(text, options.file, options.metering);
  if (!program) {
    std::fprintf(stderr, "%s\n", program.error().to_string().c_str());
    return 1;
  }
  if (options.compare) return compare(*program, text, options) ? 0 : 1;
  if (!options.jit) return run_once(*program, interpreted(*program), options);
  const Runner runner = specialized(text, options.metering, options.explain);
  if (options.explain) std::fprintf(stderr, "%s\n", runner.report.c_str());
  return run_once(*program, runner, options);
}

}  // namespace
}  // namespace vm_tree

int main(int argc, char** argv) { return vm_tree::main(argc, argv); }
