// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

#include "tool/program.h"

namespace inlay::tool {

/// Runs the program by every engine at every level, each in a process of its own, and compares what they print and how
/// they end. Prints what the first of them printed, and on standard error how the others differ. The exit code is the
/// program's; 1 if there is a difference.
int compare_engines(const ProgramOptions& program, const std::vector<std::string>& arguments);

}  // namespace inlay::tool
