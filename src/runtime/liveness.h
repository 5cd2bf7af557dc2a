// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Dense numbers for a function's values and blocks, and which values live into which block.
#pragma once

#include <vector>

#include <llvm/ADT/BitVector.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Function.h>

namespace inlay::runtime {

struct Liveness {
  explicit Liveness(llvm::Function& function);

  llvm::Function& function;
  std::vector<llvm::Value*> values;  // arguments, then instructions that have a value
  llvm::DenseMap<const llvm::Value*, unsigned> value_number;
  std::vector<llvm::BasicBlock*> blocks;  // in reverse post-order from the entry; reachable ones only
  llvm::DenseMap<const llvm::BasicBlock*, unsigned> block_number;
  std::vector<llvm::BitVector> live_in;  // by block: values used there or later that come from before,
                                         // and the block's own phis

  /// The value's number, or -1 if it has no number (a constant, a block, metadata).
  int number(const llvm::Value* value) const {
    auto found = value_number.find(value);
    return found == value_number.end() ? -1 : static_cast<int>(found->second);
  }
};

}  // namespace inlay::runtime
