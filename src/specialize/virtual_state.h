// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Keeping an interpreter's state in registers, where the author says so (inlay_virtual_state).
//
// The n bytes at p are changed through pointers computed from p, or by functions that are called. So what is accessed
// at a constant distance from p, and by no pointer from p at a variable distance, can live in a variable of its own (a
// *slot*): read from memory at the hint, written back before each call that stays a call and before each return, and
// read again after the call. LLVM turns the variables into registers and drops the writes that nothing reads.
#pragma once

#include <llvm/IR/Function.h>

namespace inlay::specialize {

/// Does that for every such hint of a function of the unit. Returns the number of slots. The hint must not be in a
/// loop: passing it again would read memory over what the slots hold.
unsigned hold_virtual_state(llvm::Function& function);

}  // namespace inlay::specialize
