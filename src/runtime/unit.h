// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a unit: an LLVM module and the workspace that it lives in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "inlay/unit.h"
#include "runtime/bodies.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

namespace inlay {

namespace runtime {

/// One LLVM context with the runtime bodies that were loaded into it so far. Not thread-safe: a workspace serves one
/// compilation at a time, and lives on so that the next one finds its bodies loaded.
struct Workspace {
  Workspace();
  llvm::LLVMContext context;
  Bodies bodies;
  unsigned uses = 0;  // compilations so far
};

/// How many were made in this process: none, as long as nothing was compiled.
std::uint64_t workspaces_made();

constexpr const char* HostTriple = "x86_64-pc-linux-gnu";
constexpr const char* HostDataLayout =
    "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";

/// An empty module with the triple, layout and flags that all units share.
std::unique_ptr<llvm::Module> new_module(llvm::LLVMContext& context, std::string_view name);

}  // namespace runtime

struct Unit::State {
  ~State();
  std::shared_ptr<runtime::Workspace> workspace;
  std::unique_ptr<llvm::Module> module;
  /// Its maker needs the module no more, and vouches for it: whoever compiles the unit changes it in place, unchecked.
  bool used_up = false;
  std::vector<std::shared_ptr<const void>> holds;  // what the unit's symbols mean must live: frozen memory
  std::vector<std::pair<std::string, const void*>> host_symbols;  // where that lies in this process, by symbol
};

}  // namespace inlay
