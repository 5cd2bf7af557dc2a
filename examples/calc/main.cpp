// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `calc`: runs a program as closures, as the code Inlay makes of them, or as its hand-written counterpart;
// compares the three; builds executables.
#include "closures.h"
#include "compare.h"
#include "compiled.h"
#include "files.h"
#include "handwritten.h"
#include "picture.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>

namespace calc {
namespace {

struct Options {
  std::vector<std::string> inputs;
  bool compiled = false;
  bool handwritten = false;
  bool compare = false;
  bool explain = false;
  bool build = false;
  std::string build_output = "a.out";
  std::string picture_folder;
  int runs = 5;
};

void run_handwritten(const std::string& file, Env& env) {
  const Handwritten run = find_handwritten(std::filesystem::path(file).stem().string());
  if (run == nullptr) throw std::runtime_error(file + " has no hand-written counterpart");
  run(env);
}

int run_file(const std::string& file, const Options& options) {
  const std::string source = read_file(file);
  Env env;
  int status = 0;
  try {
    const syntax::Program program = syntax::parse(source);
    if (options.build) {
      build_executable(program, options.build_output);
      return 0;
    }
    if (options.handwritten) {
      run_handwritten(file, env);
    } else if (options.compiled || options.explain) {
      const Compiled compiled = compile_native(program);
      if (options.explain) std::fputs(compiled.report.c_str(), stderr);
      compiled.run(env);
    } else {
      run_program(compile(program), env);
    }
  } catch (const CalcError& error) {
    std::fputs(describe(error, file, source).c_str(), stderr);
    status = 1;
  }
  // After an error, what was printed before it still is.
  std::fwrite(env.output().data(), 1, env.output().size(), stdout);
  if (status == 0) write_pictures(env.pictures(), options.picture_folder);
  return std::fflush(stdout) == 0 ? status : 1;
}

int run_compare(const Options& options) {
  CompareOptions compared{{}, options.runs, options.picture_folder};
  for (const std::string& input : options.inputs) {
    const std::vector<std::string> files =
        std::filesystem::is_directory(input) ? list_programs(input) : std::vector<std::string>{input};
    compared.programs.insert(compared.programs.end(), files.begin(), files.end());
  }
  return compare(compared, stdout) ? 0 : 1;
}

int main(int argc, char** argv) {
  Options options;
  bool closures = false;
  CLI::App app("Runs programs of calc, a small calculator language.", "calc");
  app.add_option("program", options.inputs, "Program files; for --compare also folders of them")->required();
  auto* how = app.add_option_group("how to run");
  how->add_flag("--closures", closures, "Run as a tree of closures (the default)");
  how->add_flag("--compiled", options.compiled, "Run the native code that Inlay makes of the closures");
  how->add_flag("--handwritten", options.handwritten, "Run the hand-written counterpart in C++");
  how->add_flag("--compare", options.compare, "Run all three ways, check that they agree, print a table of times");
  auto* build = how->add_flag("--build", options.build, "Write an executable instead of running");
  how->require_option(0, 1);
  app.add_option("-o,--output", options.build_output, "The executable that --build writes")->needs(build);
  app.add_flag("--explain", options.explain, "With --compiled: say on standard error what Inlay did");
  app.add_option("--runs", options.runs, "With --compare: runs of each way")->check(CLI::Range(1, 1000));
  app.add_option("--pictures", options.picture_folder, "Folder for pictures (--compare writes none without)");
  CLI11_PARSE(app, argc, argv);

  try {
    if (options.compare) return run_compare(options);
    if (options.inputs.size() != 1) throw std::runtime_error("more than one program; only --compare takes several");
    return run_file(options.inputs.front(), options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "calc: %s\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace calc

int main(int argc, char** argv) { return calc::main(argc, argv); }
