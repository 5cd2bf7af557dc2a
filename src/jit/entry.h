// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A request → a small function of the unit that calls the target with its bound arguments as constants. Everything
// that follows is specializing that one call.
#pragma once

#include "jit/entry_function.h"

#include <llvm/IR/IRBuilder.h>

namespace inlay::jit {

/// Builds the entry in the symbols' unit; the report gets a remark for each bound argument that cannot be a constant.
/// An error says why the target cannot be called from there.
Result<llvm::Function*> build_entry(specialize::Symbols& symbols, const detail::Request& request,
                                    const EntryOptions& options, Report& report);

/// The end of an entry: the call that is to be specialized, and a return of its result.
void call_and_return(llvm::IRBuilder<>& builder, llvm::Function& target, llvm::ArrayRef<llvm::Value*> arguments);

}  // namespace inlay::jit
