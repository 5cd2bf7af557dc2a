// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why a call is still there, in words for the author of the runtime.
#pragma once

#include "inlay/report.h"
#include "specialize/analyse.h"
#include "specialize/callees.h"
#include "specialize/emit.h"

namespace inlay::specialize {

/// Names of the entry's parameters: the block of bound arguments that are not constants, and `argument <n>`.
constexpr const char* StateArgument = "inlay.state";
constexpr const char* FreeArgument = "argument ";

/// Adds a remark for each way out to the interpreter.
void explain_exits(const Analysis& analysis, Symbols& symbols, const llvm::Function& original, Report& report);

/// Adds what became of each instruction of an interpreter's program.
void explain_program(const Analysis& analysis, const Emitted& emitted, Symbols& symbols, const llvm::Function& original,
                     const GuestNumbers& numbers, Report& report);

/// Of a tree walker: the frozen object that a function, or its working copy, is specialized for, if it holds a switch.
/// Its id.
std::optional<std::uint32_t> node_of(const llvm::Function& walked, llvm::ArrayRef<llvm::Constant*> known,
                                     Symbols& symbols);

/// What became of such a node.
GuestInstruction explain_node(std::uint32_t node, const Emitted& emitted, const llvm::Function& original,
                              const GuestNumbers& numbers);

/// Adds a remark for each call that is left in `function`.
void explain_calls(llvm::Function& function, Symbols& symbols, Callees& callees, Report& report);

/// Adds a remark for each store of `function` to a frozen object, and takes the object's mark of being constant away:
/// LLVM would drop the store, but the original writes, or faults, and so must we.
void explain_stores(llvm::Function& function, Symbols& symbols, Report& report);

/// Where an instruction stands in the source it was written in; unknown without debug information.
Place place_of(const llvm::Instruction& inst);
/// Where a function is defined.
Place place_of(const llvm::Function& function);

}  // namespace inlay::specialize
