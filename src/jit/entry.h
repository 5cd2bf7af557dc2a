// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A request → a small function of the unit that calls the target with its bound arguments as constants. Everything
// that follows is specializing that one call.
#pragma once

#include "inlay/jit.h"
#include "specialize/symbols.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>

namespace inlay::jit {

struct EntryOptions {
  std::string name;
  bool with_state = true;  // the first parameter is the FunctionState; else bound arguments must all be constants
};

/// Builds the entry in the symbols' unit; the report gets a remark for each bound argument that cannot be a constant.
/// An error says why the target cannot be called from there.
Result<llvm::Function*> build_entry(specialize::Symbols& symbols, const detail::Request& request,
                                    const EntryOptions& options, Report& report);

/// One version of a function: where its code is, and for which values of the promoted arguments.
struct VersionEntry {
  std::string symbol;                 // of its code
  std::string counter;                // the symbol of a word that counts its calls
  std::vector<std::uint64_t> values;  // one for each promoted parameter
};

/// Builds the function that leads calls to the version that they fit, and all others to FunctionState::unversioned.
/// Versions whose values cannot be named are left out.
Result<llvm::Function*> build_dispatch(specialize::Symbols& symbols, const detail::Request& request,
                                       const EntryOptions& options, const std::vector<VersionEntry>& versions);

/// The end of an entry: the call that is to be specialized, and a return of its result.
void call_and_return(llvm::IRBuilder<>& builder, llvm::Function& target, llvm::ArrayRef<llvm::Value*> arguments);

}  // namespace inlay::jit
