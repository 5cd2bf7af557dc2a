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

/// The status of the program that was run; 0 if it was written to `output` instead.
inlay::Result<int> compile(const std::string& source, const std::string& file, const inlay::LowerOptions& options,
                           const std::string* output) {
  INLAY_TRY(inlay::ir::Module module, pebble::compile(source, file));
  INLAY_TRY(inlay::Unit unit, inlay::lower(module, options));
  if (output) {
    INLAY_TRY_VOID(inlay::aot::write_executable(unit, *output));
    return 0;
  }
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
  std::string command, file, output = "a.out";
  inlay::LowerOptions options;
  app.add_option("command", command, "What to do")->required()->check(CLI::IsMember({"run", "build"}));
  app.add_option("file", file, "The program")->required();
  app.add_option("-o,--output", output, "Where to build it")->capture_default_str();
  app.add_flag("-g,--debug", options.debug, "Tell debuggers about lines and variables");
  CLI11_PARSE(app, argc, argv);

  std::ifstream stream(file, std::ios::binary);
  const std::string source{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return fail({inlay::ErrorKind::File, "'" + file + "' cannot be read"}, source);
  const inlay::Result<int> status = compile(source, file, options, command == "build" ? &output : nullptr);
  return status ? *status : fail(status.error(), source);
}
