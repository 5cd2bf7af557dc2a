// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions whose bodies are assembly.
#pragma once

#include "codegen/lower/lower.h"

namespace llvm {
class Module;
}

namespace inlay::codegen {

/// Adds those of the job's functions to the module's assembly that have one. It is parsed before, so that what is wrong
/// with it is an error with its place: LLVM's own parser would only find it when code is emitted. An error too: no text
/// for the architecture. Each has a section of its own.
Result<void> lower_assembly(llvm::Module& into, const ir::Module& module, const LowerJob& job);

}  // namespace inlay::codegen
