// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions whose bodies are assembly.
#pragma once

#include <span>

#include "inlay/ir/module.h"

namespace llvm {
class Module;
}

namespace inlay::codegen {

/// Adds the functions to the module's assembly. It is parsed before, so that what is wrong with it is an error with its
/// place: LLVM's own parser would only find it when code is emitted. An error too: no text for the architecture. Each
/// has a section of its own. `independent`: as LowerJob says.
Result<void> lower_assembly(llvm::Module& into, const ir::Module& module, std::span<const ir::FunctionId> functions,
                            Architecture architecture, bool independent);

}  // namespace inlay::codegen
