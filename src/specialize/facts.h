// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the evaluator needs to know of a function before it starts.
#pragma once

#include <string>

#include "runtime/liveness.h"

namespace inlay::specialize {

using Facts = runtime::Liveness;

/// Why the evaluator cannot take this function, in plain words; empty if it can.
std::string why_not_evaluable(const llvm::Function& function);

}  // namespace inlay::specialize
