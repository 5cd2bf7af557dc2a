// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which blocks the author called unlikely (__builtin_expect, [[unlikely]]): compiled code is made for the others.
#pragma once

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/Function.h>

namespace inlay::runtime {

/// Blocks that are only reached through branches that are taken less than once in a hundred times, as the weights say
/// that clang made from what the author expects.
using ColdBlocks = llvm::SmallPtrSet<const llvm::BasicBlock*, 16>;
ColdBlocks cold_blocks(const llvm::Function& function);

}  // namespace inlay::runtime
