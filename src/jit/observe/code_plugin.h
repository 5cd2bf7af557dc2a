// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tells of each object that is linked, and of each that is dropped: the table of code, debuggers, profilers.
#pragma once

#include <map>
#include <mutex>

#include "jit/observe/code_table.h"
#include "jit/observe/perf.h"

#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

namespace inlay::jit {

class GdbObject;

/// A plugin of JITLink: it learns where symbols and debug sections came to lie, whatever allocated the memory.
class CodePlugin final : public llvm::orc::ObjectLinkingLayer::Plugin {
 public:
  struct Wanted {
    bool lines = false;  // read from debug information
    bool gdb = false;
    std::shared_ptr<PerfFile> perf;
  };

  explicit CodePlugin(Wanted wanted);
  ~CodePlugin() override;

  /// How functions are to be called that are linked into `dylib` from here on, by their symbols. None: forgets those
  /// that were said before.
  void set_titles(const llvm::orc::JITDylib& dylib, std::map<std::string, std::string> titles);

  void notifyMaterializing(llvm::orc::MaterializationResponsibility& materialization, llvm::jitlink::LinkGraph& graph,
                           llvm::jitlink::JITLinkContext& context, llvm::MemoryBufferRef object) override;
  void modifyPassConfig(llvm::orc::MaterializationResponsibility& materialization, llvm::jitlink::LinkGraph& graph,
                        llvm::jitlink::PassConfiguration& passes) override;
  llvm::Error notifyEmitted(llvm::orc::MaterializationResponsibility& materialization) override;
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility& materialization) override;
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib& dylib, llvm::orc::ResourceKey key) override;
  void notifyTransferringResources(llvm::orc::JITDylib& dylib, llvm::orc::ResourceKey to,
                                   llvm::orc::ResourceKey from) override;

 private:
  struct Pending {
    std::string object;  // its bytes, for gdb
    std::vector<CodeFunction> functions;
    std::vector<std::string> code;  // of each function, for perf
  };
  struct Linked {
    std::vector<std::uintptr_t> begins;
    std::vector<std::unique_ptr<GdbObject>> gdb;
  };

  std::map<std::string, std::string> titles_of(const llvm::orc::JITDylib& dylib);
  llvm::Error look_at(llvm::orc::MaterializationResponsibility& materialization, llvm::jitlink::LinkGraph& graph);

  const Wanted wanted_;
  std::mutex mutex_;
  std::map<llvm::orc::MaterializationResponsibility*, Pending> pending_;
  std::map<llvm::orc::ResourceKey, Linked> linked_;
  std::map<const llvm::orc::JITDylib*, std::map<std::string, std::string>> titles_;
};

}  // namespace inlay::jit
