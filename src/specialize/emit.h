// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An analysed function → the smaller function, in the unit.
#pragma once

#include "runtime/names.h"
#include "specialize/analyse.h"
#include "specialize/guest_places.h"

namespace inlay::specialize {

/// How guest instructions are numbered: contexts one by one; code of no context may be that of one, too. And where they
/// stand in the guest's source.
struct GuestNumbers {
  unsigned first_context = 1;
  unsigned no_context = runtime::NoGuest;
  std::vector<GuestPlace> places = {};  // by ContextId, or empty
};

struct Emitted {
  unsigned folded_loads = 0;
  unsigned folded_values = 0;  // other instructions whose result is a constant now
  unsigned folded_branches = 0;
  unsigned exits = 0;  // ways out to the interpreter
  /// What became of one context.
  struct OfContext {
    unsigned instructions = 0;
    unsigned copies = 0;                          // of blocks
    const llvm::Instruction* decision = nullptr;  // the first switch, or branch of a dispatch, that is decided
    llvm::Constant* decided = nullptr;            // the value of the switch, or the handler
    const llvm::BasicBlock* handler = nullptr;    // where it leads, in the original
    const llvm::BasicBlock* begin = nullptr;      // the first block, in the original
  };
  std::vector<OfContext> contexts;  // by ContextId
};

/// Writes the nodes of `analysis` as the body of `into`, a declaration whose parameters are those of the original
/// without the ones in `arguments` that are known. Each node is written once, so the body grows by what was copied and
/// shrinks by what was folded. No store, call or other effect is removed. If the scope of `into` is a guest's
/// (locations.h), they tell which guest instruction code belongs to.
Emitted emit(Environment& environment, const Analysis& analysis, llvm::ArrayRef<llvm::Constant*> arguments,
             llvm::Function& into, const GuestNumbers& numbers = {});

}  // namespace inlay::specialize
