// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The optimizer: LLVM's own pipelines, and what guest calls need beyond them (recursion.h).
#pragma once

#include "codegen/target.h"

namespace inlay::codegen {

/// Makes the module's code better, in place: LLVM's default pipeline for the level, from O2 on with our passes in it;
/// for O0 only what must be inlined. Globals with local linkage that nothing needs are gone afterwards, at O0 too. The
/// module must be well-formed (see check() in emit.h). LLVM's remarks and warnings are dropped.
void optimize(llvm::Module& module, Machine& machine, Level level);

/// Only inlines what must be inlined, callees in the order in which the module has them.
void inline_what_must_be(llvm::Module& module, Machine& machine);

/// Only removes globals with local linkage, and declarations, that nothing needs.
void remove_unused(llvm::Module& module, Machine& machine);

}  // namespace inlay::codegen
