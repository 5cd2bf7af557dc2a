// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/cold.h"

#include <numeric>

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/ProfDataUtils.h>

namespace inlay::runtime {

namespace {

constexpr std::uint64_t Rarely = 100;

/// Calls `see` with each successor and whether the way there is unlikely.
template <class See>
void for_each_edge(const llvm::BasicBlock& block, See see) {
  const llvm::Instruction& terminator = *block.getTerminator();
  llvm::SmallVector<std::uint32_t, 4> weights;
  const bool weighed = terminator.getNumSuccessors() > 1 && llvm::extractBranchWeights(terminator, weights) &&
                       weights.size() == terminator.getNumSuccessors();
  const std::uint64_t sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  for (unsigned i = 0; i < terminator.getNumSuccessors(); ++i)
    see(*terminator.getSuccessor(i), weighed && sum > 0 && weights[i] * Rarely < sum);
}

}  // namespace

ColdBlocks cold_blocks(const llvm::Function& function) {
  // Each block is looked at after those before it; what a jump backward adds is never the first way in.
  ColdBlocks warm, cold;
  warm.insert(&function.getEntryBlock());
  for (const llvm::BasicBlock* block : llvm::ReversePostOrderTraversal<const llvm::Function*>(&function)) {
    if (!warm.contains(block)) cold.insert(block);
    for_each_edge(*block, [&](const llvm::BasicBlock& to, bool unlikely) {
      if (!unlikely && warm.contains(block)) warm.insert(&to);
    });
  }
  // A block that only a jump backward makes warm was taken for cold.
  for (const llvm::BasicBlock* block : warm) cold.erase(block);
  return cold;
}

}  // namespace inlay::runtime
