// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Folding one instruction whose operands are known.
#pragma once

#include "specialize/symbols.h"

#include <llvm/IR/Instruction.h>

namespace inlay::specialize {

/// The value of `inst` given its operands' (as constants of the unit), or null if it must stay. Never undef or poison:
/// what LLVM may choose freely is left in the code, where it chooses once.
llvm::Constant* fold(const llvm::Instruction& inst, llvm::ArrayRef<llvm::Constant*> operands, Symbols& symbols);

}  // namespace inlay::specialize
