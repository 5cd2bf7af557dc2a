// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// vm_register fib.asm 25              interpret a program
// vm_register fib.asm 25 --jit        run the native code that Inlay makes of interpreter and program
// vm_register fib.asm 25 --hot        interpret it, and go on in native code where it gets hot
// vm_register fib.asm --compare       all, and the hand-written counterpart: do they agree, and how long do they take
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

namespace vm_register {
namespace {

struct Options {
  std::string file;
  std::vector<std::int64_t> arguments;
  bool jit = false, hot = false, explain = false, compare = false, disassemble = false;
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
  const auto by = [&](const auto& engine) {
    return [&] { return run(program, options.arguments, options.fuel, engine).output; };
  };
  const auto interpreter = [&](Machine& machine, const std::int64_t* arguments) {
    return interpret(program, 0, machine, arguments);
  };
  std::string expected;
  std::printf("%-12s %10.2f ms\n", "interpreted", measure("the interpreter", options.runs, expected, by(interpreter)));
  const auto start = std::chrono::steady_clock::now();
  const Compiled compiled = compile(program, options.explain);
  std::printf("%-12s %10.2f ms\n", "compiling", seconds_since(start) * 1e3);
  if (options.explain) std::fputs(compiled.report.c_str(), stderr);
  std::printf("%-12s %10.2f ms%s\n", "compiled",
              measure("the compiled program", options.runs, expected, by(compiled.run)),
              compiled.compiled ? "" : " (not compiled; --explain says why)");
  std::printf("%-12s %10.2f ms, compiling included\n", "hot", measure("the hot program", options.runs, expected, [&] {
                const Hot hot = compile_when_hot(program);
                return run(program, options.arguments, options.fuel, hot.run).output;
              }));
  if (const Handwritten by_hand = find_handwritten(std::filesystem::path(options.file).stem().string())) {
    const std::int64_t n = complete_arguments(program, options.arguments)[0];
    std::printf("%-12s %10.2f ms\n", "hand-written", measure("the hand-written program", options.runs, expected, [&] {
                  std::string output;
                  by_hand(n, output);
                  return output;
                }));
  }
  std::fputs(expected.c_str(), stdout);
  return 0;
}

int run_once(const Program& program, const Options& options) {
  Outcome outcome;
  if (options.hot) {
    const Hot hot = compile_when_hot(program);
    outcome = run(program, options.arguments, options.fuel, hot.run);
    if (options.explain) std::fputs(hot.report().c_str(), stderr);
  } else if (options.jit || options.explain) {
    const Compiled compiled = compile(program, options.explain);
    if (options.explain) std::fputs(compiled.report.c_str(), stderr);
    outcome = run(program, options.arguments, options.fuel, compiled.run);
  } else {
    outcome = run(program, options.arguments, options.fuel, [&](Machine& machine, const std::int64_t* arguments) {
      return interpret(program, 0, machine, arguments);
    });
  }
  std::fputs(outcome.output.c_str(), stdout);
  if (outcome.status == Status::Returned || outcome.status == Status::Halted) return 0;
  std::fprintf(stderr, "vm_register: %s\n", describe_fault(program, outcome.status, outcome.fault).c_str());
  return 1;
}

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs programs of a register machine.", "vm_register");
  app.add_option("program", options.file, "An assembler file, or random:SEED")->required();
  app.add_option("argument", options.arguments, "Arguments of its first function");
  app.add_flag("--jit", options.jit, "Run the native code that Inlay makes of interpreter and program");
  app.add_flag("--hot", options.hot, "Interpret it, and go on in native code where it gets hot");
  app.add_flag("--explain", options.explain, "As --jit or --hot, and say on standard error what Inlay did");
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
    std::fprintf(stderr, "vm_register: %s\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace vm_register

int main(int argc, char** argv) { return vm_register::main(argc, argv); }
