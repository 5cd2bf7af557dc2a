// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine behind Jit: objects, linked into this process.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codegen/emit.h"
#include "frozen/registry.h"
#include "inlay/jit.h"
#include "runtime/unit.h"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

namespace inlay::jit {

/// A symbol that an object needs and this process has, at an address that is ours to say.
struct HostSymbol {
  std::string name;
  const void* address;
};

class Engine;

/// Code in this process. Gone, with its hold on the frozen memory it reads, when the last owner goes.
struct Code {
  ~Code();
  std::shared_ptr<Engine> engine;
  llvm::orc::JITDylib* dylib = nullptr;
  std::vector<std::shared_ptr<frozen::Region>> regions;
  std::uint64_t bytes = 0;
};

class Engine : public std::enable_shared_from_this<Engine> {
 public:
  static Result<std::shared_ptr<Engine>> create();
  ~Engine();

  /// Links an object. `symbols` come before what the runtimes and the process define.
  Result<std::shared_ptr<Code>> link(codegen::Object object, const std::vector<HostSymbol>& symbols);

  /// The address of something that the code defines; an error names the symbols that are missing.
  Result<void*> address(const Code& code, const std::string& name);

  /// A workspace that nobody else uses meanwhile.
  class Borrowed {
   public:
    explicit Borrowed(Engine& engine);
    runtime::Workspace& operator*() const { return workspace_; }

   private:
    std::unique_lock<std::mutex> lock_;
    runtime::Workspace& workspace_;
  };

  /// LLVM's account of a failure: `error` says that it failed, its reports say why.
  Error link_error(llvm::Error error);

  /// A name that no other code of this engine has.
  std::string unique_name(const char* prefix);

 private:
  Engine() = default;
  friend struct Code;

  std::unique_ptr<llvm::orc::ExecutionSession> session_;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> linker_;
  llvm::orc::JITDylib* host_ = nullptr;  // what the runtimes and the process define
  std::mutex reported_mutex_;
  std::string reported_;  // what the linker said since it was last asked
  std::mutex workspace_mutex_;
  std::unique_ptr<runtime::Workspace> workspace_;
  unsigned workspace_uses_ = 0;
  std::atomic<std::uint64_t> counter_ = 0;
};

}  // namespace inlay::jit
