// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a unit: an LLVM module and the workspace that it lives in.
#pragma once

#include <memory>

#include "inlay/unit.h"
#include "runtime/bodies.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

namespace inlay {

namespace runtime {

/// One LLVM context with the runtime bodies that were loaded into it so far. Not thread-safe: a workspace serves one
/// compilation at a time, and lives on so that the next one finds its bodies loaded.
struct Workspace {
  Workspace() : bodies(context) {}
  llvm::LLVMContext context;
  Bodies bodies;
};

}  // namespace runtime

struct Unit::State {
  std::shared_ptr<runtime::Workspace> workspace;
  std::unique_ptr<llvm::Module> module;
};

}  // namespace inlay
