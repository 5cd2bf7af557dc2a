// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bitcode fresh from clang → the form that is embedded and that the native code is made from.
#pragma once

#include <string>

#include "inlay/result.h"

#include <llvm/IR/Module.h>

namespace inlay::runtime {

/// Brings the linked module of a runtime into the form that the evaluator reads best: inlined and in registers, but not
/// vectorized or unrolled; every symbol with a name that is unique among runtimes; thread-locals behind functions.
/// `unique` tells this runtime's internal names from those of others.
Result<void> prepare(llvm::Module& module, const std::string& runtime_name, const std::string& unique);

}  // namespace inlay::runtime
