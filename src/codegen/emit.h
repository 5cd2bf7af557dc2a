// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a unit's module to an object: the second narrow waist.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codegen/target.h"

#include <llvm/Support/MemoryBuffer.h>

namespace inlay::codegen {

/// A relocatable ELF file in memory, and the functions it defines.
struct Object {
  std::unique_ptr<llvm::MemoryBuffer> bytes;
  std::vector<std::string> functions;
};

/// Whether the module keeps LLVM's rules: asked about code that somebody else built. Costs some microseconds a
/// function.
Result<void> check(const llvm::Module& module);

/// Makes an object of a well-formed module (it is changed on the way, and of no further use). The level only decides
/// how instructions are selected and scheduled; call optimize() first for everything else.
Result<Object> emit(llvm::Module& module, Machine& machine, Level level = Level::O2);

}  // namespace inlay::codegen
