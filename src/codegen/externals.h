// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program declares as external, and what the runtimes of this process define under those names.
#pragma once

#include <span>

#include "inlay/ir/module.h"
#include "runtime/bodies.h"

namespace inlay::codegen {

/// An error if one of the functions is declared with a signature that cannot be the runtime's (runtime/signature.h), or
/// is none there. The module was verified.
Result<void> check_externals(const ir::Module& module, std::span<const ir::FunctionId> functions,
                             runtime::Bodies& bodies);

}  // namespace inlay::codegen
