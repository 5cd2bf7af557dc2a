// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pebble run sieve.pebble                  compile it in this process and run it
// pebble build sieve.pebble -o sieve -g    write an executable, with the program's lines for debuggers
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

#include <CLI/CLI.hpp>

#include "compiler.h"
#include "inlay/aot.h"
#include "inlay/jit.h"
#include "inlay/lower.h"
#include "inlay/trap.h"

namespace {

/// The error, and the line that it is about with a caret below.
int fail(const inlay::Error& error, const std::string& source) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  std::istringstream lines(source);
  std::string line;
  for (std::uint32_t i = 0; i < error.place().line; ++i) std::getline(lines, line);
  if (error.place().column != 0)
    std::fprintf(stderr, "  %s\n  %*s\n", line.c_str(), static_cast<int>(error.place().column), "^");
  return 1;
}

inlay::Result<int> run(inlay::Unit unit) {
  INLAY_TRY(inlay::Jit jit, inlay::Jit::create());
  INLAY_TRY(inlay::Loaded program, jit.load(std::move(unit)));
  try {
    return program.function<int()>("main")();
  } catch (const inlay::Trapped& trap) {
    return trap.error();
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compiles and runs programs in pebble, a small language.", "pebble");
  app.require_subcommand(1);
  std::string file, output = "a.out";
  inlay::LowerOptions options;
  auto* run_command = app.add_subcommand("run", "Run a program in this process");
  auto* build_command = app.add_subcommand("build", "Write an executable");
  for (auto* command : {run_command, build_command}) {
    command->add_option("file", file, "The program")->required();
    command->add_flag("-g,--debug", options.debug, "Tell debuggers about lines and variables");
  }
  build_command->add_option("-o,--output", output, "Where to write it")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  std::ifstream stream(file, std::ios::binary);
  const std::string source{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return fail({inlay::ErrorKind::File, "'" + file + "' cannot be read"}, source);
  inlay::Result<inlay::ir::Module> module = pebble::compile(source, file);
  if (!module) return fail(module.error(), source);
  inlay::Result<inlay::Unit> unit = inlay::lower(*module, options);
  if (!unit) return fail(unit.error(), source);
  if (build_command->parsed()) {
    const inlay::Result<void> written = inlay::aot::write_executable(*unit, output);
    return written ? 0 : fail(written.error(), source);
  }
  const inlay::Result<int> status = run(*std::move(unit));
  return status ? *status : fail(status.error(), source);
}
