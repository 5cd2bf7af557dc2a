// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sum '1 + 2' '3 * $1' -o program      compile the lines to a program that prints their sum
// sum -f numbers.txt -e                run it here and now
#include <cstdio>
#include <fstream>

#include <CLI/CLI.hpp>

#include "compiler.h"
#include "inlay/aot.h"
#include "inlay/llvm.h"
#include "run.h"

namespace {

int fail(const inlay::Error& error) {
  std::fprintf(stderr, "%s\n", error.to_string().c_str());
  return 1;
}

inlay::Result<std::vector<sum::Line>> read_lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<sum::Line> lines;
  for (std::string text; std::getline(file, text);)
    lines.push_back({text, {path, static_cast<std::uint32_t>(lines.size() + 1), 0}});
  if (!file.eof()) return inlay::Error(inlay::ErrorKind::File, "'" + path + "' cannot be read");
  return lines;
}

struct Outputs {
  std::string program, object, static_library, shared_library;
};

/// A library is there to be called: it offers `evaluate` and leaves main to others.
inlay::Result<void> write(inlay::Unit& unit, const Outputs& outputs, const inlay::aot::Options& options) {
  inlay::aot::Options library = options;
  library.entries = {"evaluate"};
  if (!outputs.object.empty()) INLAY_TRY_VOID(inlay::aot::write_object(unit, outputs.object, options));
  if (!outputs.static_library.empty())
    INLAY_TRY_VOID(inlay::aot::write_static_library(unit, outputs.static_library, library));
  if (!outputs.shared_library.empty())
    INLAY_TRY_VOID(inlay::aot::write_shared_library(unit, outputs.shared_library, library));
  if (!outputs.program.empty()) INLAY_TRY_VOID(inlay::aot::write_executable(unit, outputs.program, options));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compiles lines of integer arithmetic to a program that prints the sum of their values.", "sum");
  std::vector<std::string> expressions, arguments;
  std::string file;
  Outputs outputs;
  bool execute = false, dump = false;
  int level = 2;
  inlay::aot::Options options;
  app.add_option("expression", expressions, "Lines to sum; $1 is the program's first argument");
  app.add_option("-f,--file", file, "Read the lines of a file first");
  app.add_flag("-e,--execute", execute, "Run the program in this process");
  app.add_option("-a,--argument", arguments, "An argument for the program that -e runs; may be repeated")
      ->allow_extra_args(false);
  app.add_option("-o,--output", outputs.program, "Write an executable");
  app.add_option("-c,--object", outputs.object, "Write an object file");
  app.add_option("--static-lib", outputs.static_library, "Write a static library");
  app.add_option("--shared", outputs.shared_library, "Write a shared library");
  app.add_option("-O,--optimize", level, "How hard to optimize, 0 to 3")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
  app.add_flag("--strip", options.strip, "Leave out the symbol table");
  app.add_flag("--native", options.native, "Use all of this machine's processor");
  app.add_flag("--dump", dump, "Print the unit's code before the runtime is joined to it");
  CLI11_PARSE(app, argc, argv);
  options.level = static_cast<inlay::Level>(level);

  std::vector<sum::Line> lines;
  if (!file.empty()) {
    inlay::Result<std::vector<sum::Line>> read = read_lines(file);
    if (!read) return fail(read.error());
    lines = *std::move(read);
  }
  for (const std::string& expression : expressions) lines.push_back({expression, {"'" + expression + "'", 1, 0}});

  inlay::Result<inlay::Unit> unit = sum::compile(lines);
  if (!unit) return fail(unit.error());
  if (dump) std::printf("%s", unit->to_text().c_str());
  if (inlay::Result<void> written = write(*unit, outputs, options); !written) return fail(written.error());
  if (!execute) return 0;
  inlay::Result<int> code = sum::run(*std::move(unit), arguments, options.level);
  return code ? *code : fail(code.error());
}
