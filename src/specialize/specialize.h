// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Known values in, a smaller function out: the partial evaluator's front door.
#pragma once

#include "inlay/options.h"
#include "inlay/report.h"
#include "specialize/symbols.h"

namespace inlay::specialize {

/// Evaluates the calls of `entry`, a function of the unit of `symbols`, whose arguments are known: each callee with a
/// body in a runtime becomes a smaller internal function of the unit, is inlined where that pays, and so on through its
/// own calls, until nothing more becomes known. What is not understood stays a call of the original. The report says
/// what was done and why no more. An error says that the evaluator made a mistake; the unit is of no use then.
/// `debug_lines`: debug locations get the lines of the guest's source as a level around the host's.
Result<void> specialize(Symbols& symbols, llvm::Function& entry, const CompileOptions& options, Report& report,
                        bool debug_lines = false);

}  // namespace inlay::specialize
