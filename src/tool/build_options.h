// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of `inlay build`: for the program that builds, and for the one that asks a server to.
#pragma once

#include <memory>

#include "inlay/build.h"
#include "tool/program_options.h"

namespace inlay::tool {

struct BuildCommand {
  ProgramOptions program;
  BuildOptions build;
  std::string architecture = "x86_64";
  std::string form;
};

/// Adds `inlay build` to the command line; what is said there will be in `request`.
CLI::App* add_build_options(CLI::App& app, const std::shared_ptr<BuildCommand>& request);

/// Puts all that was said into `request.build`, once the files are sorted.
void settle(BuildCommand& request);

}  // namespace inlay::tool
