// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/program_options.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <CLI/CLI.hpp>

namespace inlay::tool {

namespace {

bool is_program(const std::string& file) {
  return file == "-" || file.ends_with(".inlay") || file.ends_with(".inlaylib");
}

bool is_object(const std::string& file) {
  return file.ends_with(".o") || file.ends_with(".a") || file.ends_with(".so") ||
         file.find(".so.") != std::string::npos;
}

}  // namespace

void add_program_options(CLI::App& command, ProgramOptions& options) {
  command
      .add_option("files", options.files, "Programs (.inlay, .inlaylib, - for standard input), objects and libraries")
      ->required();
  command
      .add_option("--runtime", options.runtimes,
                  "A runtime in C or C++: a source, a .bc, an object of `inlay embed`, or a library with one")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--runtime-flag", options.runtime_flags, "A flag for clang, for the runtimes' sources")
      ->take_all()
      ->allow_extra_args(false);
}

void add_level_option(CLI::App& command, ProgramOptions& options) {
  command.add_option("-O,--optimize", options.level, "0 to 3 (default: 2)")->check(CLI::IsMember({"0", "1", "2", "3"}));
}

void add_stage_options(CLI::App& command, ProgramOptions& options) {
  command.add_flag("--time", options.time, "Show on standard error where the time goes");
  command.add_option("--dump", options.dumps, "Print what comes out of a stage; an unknown one lists all")
      ->take_all()
      ->allow_extra_args(false);
}

Level level_of(const ProgramOptions& options) { return static_cast<Level>(options.level[0] - '0'); }

Result<void> sort_files(ProgramOptions& options) {
  for (const std::string& file : options.files) {
    if (is_program(file)) {
      options.programs.push_back(file);
    } else if (is_object(file)) {
      options.objects.push_back(file.find('/') == std::string::npos ? "./" + file : file);
    } else {
      return Error(ErrorKind::InvalidArgument,
                   "'" + file +
                       "' is no program; programs end in .inlay or .inlaylib, objects in .o, .a or .so, and "
                       "runtimes follow --runtime");
    }
  }
  if (options.programs.empty())
    return Error(ErrorKind::InvalidArgument, "there is no program among the files; name one that ends in .inlay");
  return {};
}

Stages watch(const ProgramOptions& options) {
  Stages stages;
  stages.wanted = [&options](std::string_view stage) {
    return std::find(options.dumps.begin(), options.dumps.end(), stage) != options.dumps.end();
  };
  stages.take = [](std::string_view, const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); };
  return stages;
}

Result<void> finish(const ProgramOptions& options, const Stages& stages) {
  std::vector<std::string> names;
  double all = 0;
  for (const StageTime& time : stages.times) {
    if (std::find(names.begin(), names.end(), time.stage) == names.end()) names.push_back(time.stage);
    all += time.milliseconds;
  }
  if (options.time) {
    for (const StageTime& time : stages.times)
      std::fprintf(stderr, "%-12s %9.3f ms\n", time.stage.c_str(), time.milliseconds);
    std::fprintf(stderr, "%-12s %9.3f ms\n", "all", all);
  }
  for (const std::string& dump : options.dumps) {
    if (std::find(names.begin(), names.end(), dump) != names.end()) continue;
    std::string text = "no stage is called '" + dump + "'; the stages here are";
    for (const std::string& name : names) text += ' ' + name;
    for (const char* of_build : {"join", "optimize", "emit"})
      if (dump == of_build) text += "; `inlay build` has it";
    return Error(ErrorKind::NotFound, text);
  }
  return {};
}

}  // namespace inlay::tool
