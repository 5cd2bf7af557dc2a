// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the commands that take programs have in common on the command line: which files, which runtimes, which level.
#pragma once

#include <string>
#include <vector>

#include "inlay/level.h"
#include "inlay/result.h"
#include "inlay/stages.h"

namespace CLI {
class App;
}

namespace inlay::tool {

struct ProgramOptions {
  std::vector<std::string> files;     // as given
  std::vector<std::string> runtimes;  // sources, objects and libraries
  std::vector<std::string> runtime_flags;
  std::string level = "2";
  std::vector<std::string> dumps;  // names of stages
  bool time = false;

  // The files, by what they are.
  std::vector<std::string> programs;  // .inlay, .inlaylib, -
  std::vector<std::string> objects;   // .o, .a, .so
};

void add_program_options(CLI::App& command, ProgramOptions& options);
void add_level_option(CLI::App& command, ProgramOptions& options);
void add_stage_options(CLI::App& command, ProgramOptions& options);

Level level_of(const ProgramOptions& options);
/// Tells programs from objects; an error if there is anything else, or no program.
Result<void> sort_files(ProgramOptions& options);

/// What --time and --dump ask for: dumps go to standard output at once.
Stages watch(const ProgramOptions& options);
/// Prints the times; an error for a --dump that no stage answered to.
Result<void> finish(const ProgramOptions& options, const Stages& stages);

}  // namespace inlay::tool
