// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Debug locations of code with a guest's levels (specialize/locations.h) → those of the guest alone: what a debugger
// shows is then the guest's stack, with one frame for each of its functions that runs.
//
//   node.cpp:12 in eval, inlined at            fib.lox:4 in fib, inlined at
//   fib.lox:4 in fib, inlined at               main.lox:9 in main
//   node.cpp:30 in call, inlined at     ─►
//   fib.lox:1 in fib (entry), inlined at
//   node.cpp:12 in eval, inlined at
//   main.lox:9 in main
#pragma once

#include <llvm/IR/Module.h>

namespace inlay::codegen {

/// Drops the levels of the host, and those of the guest that lie in one of the same activation. Functions without any
/// level of the guest stay as they are, and the outermost level of each function stays the function; but an artificial
/// one (the entry) becomes the guest's function, if all its code is of one.
void keep_guest_levels(llvm::Module& module);

}  // namespace inlay::codegen
