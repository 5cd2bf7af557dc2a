// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compiled program in this process.
#pragma once

#include <string>
#include <vector>

#include "inlay/level.h"
#include "inlay/result.h"
#include "inlay/unit.h"

namespace sum {

/// Runs the unit's main with these arguments and gives its exit code.
inlay::Result<int> run(inlay::Unit unit, std::vector<std::string> arguments, inlay::Level level);

}  // namespace sum
