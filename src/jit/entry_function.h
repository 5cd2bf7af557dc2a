// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The function by which calls of compiled code come in, without a body: which of its arguments is what.
#pragma once

#include <string>
#include <vector>

#include "inlay/jit.h"
#include "specialize/symbols.h"

#include <llvm/IR/Function.h>

namespace inlay::jit {

struct EntryOptions {
  std::string name;
  bool with_state = true;  // the first parameter is the FunctionState; else bound arguments must all be constants
};

struct EntryFunction {
  llvm::Function* function = nullptr;
  llvm::Function* target = nullptr;  // what the request means
  bool has_result_place = false;     // the first argument is where the result goes
  bool with_state = true;

  llvm::Argument* state() const;
  /// By its number among those that stay free.
  llvm::Argument* free(int index) const;
};

/// Declares the entry and its target in the symbols' unit; the entry has an empty block. An error says why the target
/// cannot be called from there.
Result<EntryFunction> declare_entry(specialize::Symbols& symbols, const detail::Request& request,
                                    const EntryOptions& options);

/// The IR type of a scalar; a pointer for all else.
llvm::Type* scalar_type(llvm::LLVMContext& context, const detail::ValueType& type);

/// A scalar that is known and lies at `at` of what is bound, as a constant; null for a pointer that leads nowhere
/// known.
llvm::Constant* known_value(specialize::Symbols& symbols, const detail::ValueType& type,
                            const std::vector<std::byte>& bytes, std::uint64_t at);

}  // namespace inlay::jit
