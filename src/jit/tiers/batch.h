// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several small functions in one object. Setting up the machine's passes, writing an object, and linking it cost the
// same for one function as for many.
//
// Up to specialization each function is by itself, in a module of its own: what it read, its report, its errors. Then
// the modules become one. What each of them says of frozen memory keeps names of its own there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "jit/build.h"

namespace inlay::jit {

/// One function, and what becomes of it.
struct BatchMember {
  CompileOptions options;
  std::function<Result<llvm::Function*>(specialize::Symbols&, const std::string& name)> make_entry;
  std::vector<std::shared_ptr<frozen::Region>> holds;
  Report report;  // the times of what was done for all of them are shared out
  /// Empty: nothing is said against it, but it has to be compiled alone.
  std::optional<Result<Compiled>> result;
};

/// Whether code that is made so may be made with that of others. A cache keeps functions one by one.
bool can_be_batched(const Engine& engine, const CompileOptions& options);

/// Compiles all of them at this level. Their code is only given up as a whole, when none of them is used any more; what
/// each of them reads is its own.
void compile_batch(Engine& engine, Level level, std::vector<BatchMember>& members);

}  // namespace inlay::jit
