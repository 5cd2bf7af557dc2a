// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that call themselves take in some rounds of their own recursion.
#pragma once

#include <llvm/IR/PassManager.h>

namespace inlay::codegen {

/// A guest's recursion is one of specialized functions, and each round pays for a call, for arguments and results in
/// memory, and for the checks between them. This passes frames by value (frames.h). LLVM does not inline a function
/// into itself; this does, while that stays small, and cleans up: what one round gives the next is in registers then.
struct InlineRecursionPass : llvm::PassInfoMixin<InlineRecursionPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
};

}  // namespace inlay::codegen
