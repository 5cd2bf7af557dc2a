// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether a program makes sense: the gate that everything goes through before it is run, compiled or written.
#pragma once

#include <span>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// Checks every function, constant, type and data of a module, however it came to be: handles lead into their tables,
/// operands have the types that their operations ask for, blocks end, values are defined before they are used, names
/// and generics are used as they were declared. The error tells the place (file and line if known, else `@f` and the
/// instruction), what was seen and what is wanted. Lays types out on the way. Nothing that passes makes Inlay crash.
Result<void> verify(Module& module);

/// The same for some functions of a module that was verified before they were added or changed, as instances of
/// generics are by expand(). Looks over the tables once, so ask for many functions at a time.
Result<void> verify(Module& module, std::span<const FunctionId> functions);
Result<void> verify(Module& module, FunctionId function);

}  // namespace inlay::ir
