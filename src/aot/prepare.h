// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a unit to a module that stands alone: its reach from the entries, and nothing else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codegen/emit.h"
#include "inlay/aot.h"

#include <llvm/IR/Module.h>

namespace inlay::aot {

struct Prepared {
  codegen::Object object;
  std::vector<std::string> entries;  // as the linker sees them, sorted
  bool initializers = false;         // some of it is run before `main`
};

/// Whether the module defines the symbol for others, as a function or variable or in assembly; an error if that
/// cannot be read.
Result<bool> defines(const llvm::Module& module, const std::string& name);

/// Whether code of the module, be it assembly, calls or reads what nobody there defines. What the code generator calls
/// (memcpy, say) does not count.
Result<bool> needs_libraries(const llvm::Module& module);

/// Copies the unit's module (unless it is used up, see runtime/unit.h), joins what it reaches, optimizes it and makes
/// it an object.
Result<Prepared> prepare(Unit& unit, std::vector<std::string> entries, const Options& options,
                         codegen::Position position = codegen::Position::Independent);

}  // namespace inlay::aot
