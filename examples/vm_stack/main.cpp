// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vm_stack fib.asm 25              interpret a program
// vm_stack fib.asm 25 --jit        run the native code that Inlay makes of interpreter and program
// vm_stack fib.asm --compare       both, and the hand-written counterpart: do they agree, and how long do they take
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "assembler.h"
#include "compiled.h"
#include "handwritten.h"
#include "random_program.h"
#include "run.h"

namespace vm_stack {
namespace {

struct Options {
  std::string file;
  std::vector<std::int64_t> arguments;
  bool jit = false, explain = false, compare = false, disassemble = false;
  std::uint64_t fuel = UINT64_MAX;
  int runs = 5;
};

/// The program of a text file, or of `random:SEED`.
Program read_program(const std::string& file) {
  if (file.starts_with("random:")) return random_program(std::stoull(file.substr(7)));
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw std::runtime_error("cannot read " + file);
  Assembled assembled = assemble(text);
  if (!assembled) throw std::runtime_error(file + ": " + assembled.error);
  return *std::move(assembled.program);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The median time of some runs, which must all print the same.
template <class Run>
double measure(const char* way, int runs, std::string& expected, Run run) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const std::string output = run();
    times.push_back(seconds_since(start));
    if (expected.empty()) expected = output;
    if (output != expected) throw std::runtime_error(std::string(way) + " printed\n" + output + "not\n" + expected);
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle * 1e3;
}

int compare(const Program& program, const Options& options) {
  std::string expected;
  std::printf("%-12s %10.2f ms\n", "interpreted", measure("the interpreter", options.runs, expected, [&] {
                return interpret(program, options.arguments, options.fuel).output;
              }));
  const auto start = std::chrono::steady_clock::now();
  const Compiled compiled = compile(program, options.explain);
  std::printf("%-12s %10.2f ms\n", "compiling", seconds_since(start) * 1e3);
  if (options.explain) std::fputs(compiled.report.c_str(), stderr);
  std::printf("%-12s %10.2f ms%s\n", "compiled",
              measure("the compiled program", options.runs, expected,
                      [&] { return run(program, options.arguments, options.fuel, compiled.run).output; }),
              compiled.compiled ? "" : " (not compiled; --explain says why)");
  if (const Handwritten by_hand = find_handwritten(std::filesystem::path(options.file).stem().string())) {
    std::vector<std::int64_t> arguments = options.arguments;
    if (arguments.empty()) arguments = program.default_arguments;
    arguments.resize(1);
    std::printf("%-12s %10.2f ms\n", "hand-written", measure("the hand-written program", options.runs, expected, [&] {
                  std::string output;
                  by_hand(arguments[0], output);
                  return output;
                }));
  }
  std::fputs(expected.c_str(), stdout);
  return 0;
}

int run_once(const Program& program, const Options& options) {
  Outcome outcome;
  if (options.jit || options.explain) {
    const Compiled compiled = compile(program, options.explain);
    if (options.explain) std::fputs(compiled.report.c_str(), stderr);
    outcome = run(program, options.arguments, options.fuel, compiled.run);
  } else {
    outcome = interpret(program, options.arguments, options.fuel);
  }
  std::fputs(outcome.output.c_str(), stdout);
  if (outcome.status == VmReturned || outcome.status == VmHalted) return 0;
  std::fprintf(stderr, "vm_stack: %s\n", describe_fault(program, outcome).c_str());
  return 1;
}

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs programs of a stack machine.", "vm_stack");
  app.add_option("program", options.file, "An assembler file, or random:SEED")->required();
  app.add_option("argument", options.arguments, "Arguments of its first function");
  app.add_flag("--jit", options.jit, "Run the native code that Inlay makes of interpreter and program");
  app.add_flag("--explain", options.explain, "The same, and say on standard error what Inlay did");
  app.add_flag("--compare", options.compare, "Run all ways, check that they print the same, print their times");
  app.add_flag("--disassemble", options.disassemble, "Print the program instead of running it");
  const CLI::Option* fuel = app.add_option("--fuel", options.fuel, "Stop after so many jumps backward and calls");
  app.add_option("--runs", options.runs, "With --compare: runs of each way")->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  try {
    Program program = read_program(options.file);
    if (fuel->count() != 0) program.metered = true;
    if (options.disassemble) return std::fputs(disassemble(program).c_str(), stdout) < 0 ? 1 : 0;
    return options.compare ? compare(program, options) : run_once(program, options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vm_stack: %s\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace vm_stack

int main(int argc, char** argv) { return vm_stack::main(argc, argv); }
