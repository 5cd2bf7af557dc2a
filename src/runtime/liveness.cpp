// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/liveness.h"

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Instructions.h>

namespace inlay::runtime {

Liveness::Liveness(llvm::Function& f) : function(f) {
  llvm::ReversePostOrderTraversal<llvm::Function*> order(&f);
  for (llvm::BasicBlock* block : order) {
    block_number[block] = static_cast<unsigned>(blocks.size());
    blocks.push_back(block);
  }
  for (llvm::Argument& argument : f.args()) {
    value_number[&argument] = static_cast<unsigned>(values.size());
    values.push_back(&argument);
  }
  for (llvm::BasicBlock* block : blocks) {
    for (llvm::Instruction& inst : *block) {
      if (inst.getType()->isVoidTy()) continue;
      value_number[&inst] = static_cast<unsigned>(values.size());
      values.push_back(&inst);
    }
  }
  // Backward data flow. A phi's operand is used at the end of the block it comes from.
  std::vector<llvm::BitVector> used(blocks.size()), defined(blocks.size());
  live_in.resize(blocks.size());
  for (unsigned b = 0; b < blocks.size(); ++b) {
    used[b].resize(values.size());
    defined[b].resize(values.size());
    live_in[b].resize(values.size());
    for (llvm::Instruction& inst : *blocks[b]) {
      if (!llvm::isa<llvm::PHINode>(inst))
        for (const llvm::Use& operand : inst.operands())
          if (int n = number(operand.get()); n >= 0 && !defined[b][n]) used[b].set(n);
      if (int n = number(&inst); n >= 0) defined[b].set(n);
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned b = static_cast<unsigned>(blocks.size()); b-- > 0;) {
      llvm::BitVector live(values.size());
      for (llvm::BasicBlock* next : llvm::successors(blocks[b])) {
        // What a phi of this successor replaces may still be used in another one.
        llvm::BitVector into = live_in[block_number[next]];
        for (llvm::PHINode& phi : next->phis()) into.reset(value_number[&phi]);
        for (llvm::PHINode& phi : next->phis())
          if (int n = number(phi.getIncomingValueForBlock(blocks[b])); n >= 0) into.set(n);
        live |= into;
      }
      live.reset(defined[b]);
      live |= used[b];
      for (llvm::PHINode& phi : blocks[b]->phis()) live.set(value_number[&phi]);
      if (live != live_in[b]) {
        live_in[b] = std::move(live);
        changed = true;
      }
    }
  }
}

}  // namespace inlay::runtime
