// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The function that leads calls to the version of a function that they fit.
#pragma once

#include "jit/entry_function.h"

namespace inlay::jit {

/// One version: where its code is, and for which values of the promoted arguments.
struct DispatchCase {
  std::string symbol;                 // of its code
  std::string counter;                // the symbol of a word that counts its calls
  std::vector<std::uint64_t> values;  // one for each promoted parameter
};

/// Builds it in the symbols' unit. Calls that fit no version go on in FunctionState::unversioned. Versions whose values
/// cannot be named are left out.
Result<llvm::Function*> build_dispatch(specialize::Symbols& symbols, const detail::Request& request,
                                       const EntryOptions& options, const std::vector<DispatchCase>& versions);

}  // namespace inlay::jit
