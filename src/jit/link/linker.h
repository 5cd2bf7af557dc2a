// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects, linked into this process.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codegen/emit.h"
#include "inlay/jit_options.h"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

namespace inlay::jit {

/// A symbol that an object needs and this process has, at an address that is ours to say.
struct HostSymbol {
  std::string name;
  const void* address;
};

class CodePlugin;

/// What is linked is a library by itself: it sees the runtimes and the process, but no other library.
class Linker {
 public:
  static Result<std::unique_ptr<Linker>> create(const JitOptions& options);
  Linker(const Linker&) = delete;
  ~Linker();

  /// An empty library; `name` is one that no other has.
  llvm::orc::JITDylib& new_library(std::string name);
  /// Adds an object. `symbols` come before what the runtimes and the process define. `titles`: how debuggers and
  /// profilers are to call functions of the object, by their symbols; others have the names of these.
  Result<void> add(llvm::orc::JITDylib& library, codegen::Object object, const std::vector<HostSymbol>& symbols,
                   std::map<std::string, std::string> titles);
  /// The address of something that the library defines; an error names the symbols that are missing.
  Result<void*> address(llvm::orc::JITDylib& library, const std::string& name);
  void remove(llvm::orc::JITDylib& library);

 private:
  Linker() = default;
  void forget_names();

  std::unique_ptr<llvm::orc::ExecutionSession> session_;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> layer_;
  std::shared_ptr<CodePlugin> plugin_;
  llvm::orc::JITDylib* host_ = nullptr;  // what the runtimes and the process define
  std::atomic<std::uint64_t> live_ = 0,
                             removed_ = 0;  // libraries that are there, and that went since names were forgotten
};

}  // namespace inlay::jit
