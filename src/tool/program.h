// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the commands that take programs have in common, once their options are known.
#pragma once

#include "inlay/ir/module.h"
#include "tool/program_options.h"

namespace inlay::tool {

/// Sorts the files, and loads the runtimes into this process: a stage if there are any.
Result<void> prepare(ProgramOptions& options, Stages* stages = nullptr);
/// The program in the files, not verified yet.
Result<ir::Module> load_program(const ProgramOptions& options);

/// Prints the error of a program that was run: a trap as the program itself would tell it. The exit code.
int fail_run(const Error& error);

}  // namespace inlay::tool
