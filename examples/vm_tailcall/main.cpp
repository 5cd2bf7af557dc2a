// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `vm_tailcall`: runs a program by the interpreter or by what Inlay makes of interpreter and program;
// compares both with the hand-written counterpart.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

#include <CLI/CLI.hpp>

#include "assembler.h"
#include "handwritten.h"
#include "session.h"
#include "specialized.h"

namespace vm_tailcall {
namespace {

struct Options {
  std::string file;
  std::vector<std::int64_t> arguments;
  bool threaded = false, jit = false, explain = false, compare = false;
  int runs = 5;
  std::int64_t fuel = INT64_MAX;
};

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Runs it once and says on standard error how it ended if it did not halt.
int run_once(const Program& program, const Runner& runner, const Options& options) {
  Session session(program, options.arguments);
  session.vm().fuel = options.fuel;
  const Status status = runner.run(session.vm());
  std::fputs(session.output().c_str(), stdout);
  if (status == Status::Halted) return 0;
  const std::uint32_t position = session.vm().position;
  std::fprintf(stderr, "%s:%u: error: %s at position %u\n", options.file.c_str(), program.line_of(position),
               to_string(status), position);
  return 1;
}

double median_of(int runs, const std::function<double()>& measure) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) times.push_back(measure());
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[static_cast<std::size_t>(runs / 2)];
}

/// The program in every way, with times. False if two ways differ.
bool compare(const Program& program, const Options& options) {
  Session expected(program, options.arguments);
  const Status expected_status = interpreted(program, false).run(expected.vm());
  bool agree = true;
  auto measure = [&](const char* name, const Runner& runner, double compiling) {
    std::string difference;
    const double time = median_of(options.runs, [&] {
      Session session(program, options.arguments);
      const Clock::time_point start = Clock::now();
      const Status status = runner.run(session.vm());
      const double elapsed = milliseconds_since(start);
      if (status != expected_status) difference = to_string(status);
      if (difference.empty()) difference = expected.difference(session);
      return elapsed;
    });
    std::printf("%-24s %10.2f ms", name, time);
    if (compiling != 0) std::printf("   compiling %.1f ms%s", compiling, runner.compiled ? "" : " (not compiled)");
    std::printf("%s%s\n", difference.empty() ? "" : "   DIFFERS: ", difference.c_str());
    agree = agree && difference.empty();
  };
  for (const bool threaded : {false, true}) {
    measure(threaded ? "threaded" : "bytes", interpreted(program, threaded), 0);
    const Clock::time_point start = Clock::now();
    const Runner runner = specialized(program, threaded);
    measure(threaded ? "threaded, specialized" : "bytes, specialized", runner, milliseconds_since(start));
  }
  const Handwritten handwritten = find_handwritten(std::filesystem::path(options.file).stem().string());
  if (handwritten == nullptr) return agree;
  const std::vector<std::int64_t> arguments = arguments_of(program, options.arguments);
  std::string output;
  const double time = median_of(options.runs, [&] {
    output.clear();
    const Clock::time_point start = Clock::now();
    handwritten(arguments.data(), output);
    return milliseconds_since(start);
  });
  const bool same = output == expected.output();
  std::printf("%-24s %10.2f ms%s\n", "hand-written", time, same ? "" : "   DIFFERS");
  return agree && same;
}

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs programs of a small machine whose interpreter is made of tail calls.", "vm_tailcall");
  app.add_option("program", options.file, "The program, as text")->required();
  app.add_option("argument", options.arguments, "Its arguments, whole numbers");
  app.add_flag("--threaded", options.threaded, "As direct threaded code instead of byte code");
  app.add_flag("--jit", options.jit, "Run what Inlay makes of the interpreter for this program");
  app.add_flag("--explain", options.explain, "With --jit: say on standard error what Inlay did");
  app.add_flag("--compare", options.compare, "Run it in every way, check that they agree, print times");
  app.add_option("--runs", options.runs, "With --compare: runs of each way")->check(CLI::Range(1, 1000));
  const CLI::Option* fuel =
      app.add_option("--fuel", options.fuel, "Jumps backward and calls until the program is stopped");
  CLI11_PARSE(app, argc, argv);

  std::ifstream file(options.file);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    std::fprintf(stderr, "vm_tailcall: %s cannot be read\n", options.file.c_str());
    return 1;
  }
  inlay::Result<Program> program = assemble(text, options.file);
  if (!program) {
    std::fprintf(stderr, "%s\n", program.error().to_string().c_str());
    return 1;
  }
  if (fuel->count() != 0) program->metered = true;
  if (options.compare) return compare(*program, options) ? 0 : 1;
  if (!options.jit) return run_once(*program, interpreted(*program, options.threaded), options);
  const Runner runner = specialized(*program, options.threaded, options.explain);
  if (options.explain) std::fprintf(stderr, "%s\n", runner.report.c_str());
  return run_once(*program, runner, options);
}

}  // namespace
}  // namespace vm_tailcall

int main(int argc, char** argv) { return vm_tailcall::main(argc, argv); }
