// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The hints of annotate.h in bitcode: calls of functions without a body, which only the evaluator understands.
#pragma once

#include <cstdint>

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>

namespace inlay::runtime {

enum class Marker : std::uint8_t { None, Context, VirtualState, TrackedState, Expect, Promote };

/// Which hint this instruction is.
Marker marker_of(const llvm::Instruction& inst);

/// Whether it says something of state; such a hint has no value and is no place.
inline bool is_about_state(Marker marker) { return marker == Marker::VirtualState || marker == Marker::TrackedState; }

/// Whether this hint, a context, is an entry() too.
bool is_entry(const llvm::Instruction& inst);

/// Whether a global is one of the functions that hints call.
bool is_marker(const llvm::GlobalValue& global);

/// Whether a function holds a hint.
bool has_markers(const llvm::Function& function);

/// Whether it holds one that says something of state, which holds until this function returns.
bool has_state_marker(const llvm::Function& function);

/// Tells LLVM's passes what they may do with hints: not drop, copy or reorder them, but all else around them; and with
/// inlay_compiled(): anything.
void describe_markers(llvm::Module& module);

/// Gives the calls of inlay_compiled() in a function this answer.
void answer_compiled(llvm::Function& function, bool compiled);

/// Replaces each hint by its argument. What is left means the same.
void strip_markers(llvm::Function& function);
/// The same for a whole module, which is to be native code: inlay_compiled() is 0 there.
void strip_markers(llvm::Module& module);

}  // namespace inlay::runtime
