// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks that never fail go.
#pragma once

#include <llvm/IR/PassManager.h>

namespace inlay::codegen {

/// LLVM drops a check of an index where the loop counts upwards by a constant and its sums are said not to wrap. Those
/// of programs wrap, and loops count downwards, by what a variable says, or until an inner one is done. This asks
/// bounds.h about each comparison that leads to a trap. It has to run before the passes over loops, which find simpler
/// loops then, and leaves what cannot be reached to SimplifyCFG.
struct RemoveChecksPass : llvm::PassInfoMixin<RemoveChecksPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace inlay::codegen
