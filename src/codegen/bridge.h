// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions of a runtime under a signature that is not theirs to the word.
#pragma once

#include "runtime/bodies.h"

namespace inlay::codegen {

/// Lets a declaration, whose type is not that of the runtime's function, become a small function that calls it: a `ptr`
/// where the runtime has an integer, a wider integer, a result that nobody wants. The runtime's function is declared
/// under its name then, and code that calls it as what it is goes there. False if no runtime defines it, or the
/// signatures have more of a difference than that: then nothing has changed.
Result<bool> bridge(llvm::Function& declaration, runtime::Bodies& bodies);

}  // namespace inlay::codegen
