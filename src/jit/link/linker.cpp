// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/linker.h"

#include "base/messages.h"

#include <dlfcn.h>

#include <algorithm>

#include "jit/link/code_memory.h"
#include "jit/link/unwind.h"
#include "jit/observe/code_plugin.h"
#include "jit/observe/tools.h"
#include "jit/trap.h"
#include "runtime/llvm_errors.h"
#include "runtime/unit.h"

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/AbsoluteSymbols.h>
#include <llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TaskDispatch.h>

namespace inlay::jit {

namespace {

namespace orc = llvm::orc;
using runtime::from_llvm;

orc::ExecutorSymbolDef definition(const void* address) {
  return {orc::ExecutorAddr::fromPtr(address), llvm::JITSymbolFlags::Exported};
}

/// Finds what code calls or reads in this process: first in the runtimes' tables, which know internal symbols too and
/// the right instance of those that several libraries have; then in the process's dynamic symbols.
class HostSymbols : public orc::DefinitionGenerator {
 public:
  llvm::Error tryToGenerate(orc::LookupState&, orc::LookupKind, orc::JITDylib& dylib, orc::JITDylibLookupFlags,
                            const orc::SymbolLookupSet& wanted) override {
    orc::SymbolMap found;
    for (const auto& [symbol, flags] : wanted) {
      std::string name = (*symbol).str();
      const void* address = nullptr;
      std::optional<runtime::SymbolRef> known = runtime::find_symbol(name);
      if (known && known->ambiguous) continue;
      if (known) address = known->address;
      if (!address) address = dlsym(RTLD_DEFAULT, name.c_str());
      // Also where this library is not one that the whole process sees.
      if (!address && name == "inlay_trap") address = reinterpret_cast<const void*>(&inlay_trap);
      if (address) found[symbol] = definition(address);
    }
    return found.empty() ? llvm::Error::success() : dylib.define(orc::absoluteSymbols(std::move(found)));
  }
};

/// What the linker says about failures while this object lives, on the thread that made it: tasks run where they are
/// asked for.
class LinkErrors {
 public:
  LinkErrors() { current = this; }
  ~LinkErrors() { current = nullptr; }

  /// LLVM's account of a failure: `error` says that it failed, what was reported says why.
  Error take(llvm::Error error) {
    add(std::move(error));
    if (!missing_.empty()) return {ErrorKind::UndefinedSymbol, base::nothing_defines(std::move(missing_))};
    return {ErrorKind::UndefinedSymbol, "the code cannot be linked into this process: " + reported_};
  }

  static void add(llvm::Error error) {
    llvm::handleAllErrors(
        std::move(error),
        [](const orc::SymbolsNotFound& missing) {
          for (const orc::SymbolStringPtr& name : missing.getSymbols())
            if (current) current->missing_.push_back((*name).str());
        },
        [](const orc::FailedToMaterialize& failed) {
          // Of what was asked for: why, was said before.
          if (current && current->reported_.empty() && current->missing_.empty()) current->reported_ = text_of(failed);
        },
        [](const llvm::ErrorInfoBase& other) {
          if (current) current->reported_ += (current->reported_.empty() ? "" : "; ") + text_of(other);
        });
  }

 private:
  static thread_local LinkErrors* current;
  static std::string text_of(const llvm::ErrorInfoBase& error) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    error.log(stream);
    return text;
  }

  std::string reported_;
  std::vector<std::string> missing_;
};
thread_local LinkErrors* LinkErrors::current = nullptr;

}  // namespace

Result<std::unique_ptr<Linker>> Linker::create(const JitOptions& options) {
  std::unique_ptr<Linker> linker(new Linker);
  INLAY_TRY(std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> memory, new_code_memory());
  llvm::Expected<std::unique_ptr<orc::SelfExecutorProcessControl>> process = orc::SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<orc::InPlaceTaskDispatcher>(), std::move(memory));
  if (!process) return from_llvm(process.takeError(), ErrorKind::Codegen);
  linker->session_ = std::make_unique<orc::ExecutionSession>(std::move(*process));
  linker->session_->setErrorReporter(&LinkErrors::add);
  linker->layer_ = std::make_unique<orc::ObjectLinkingLayer>(*linker->session_);
  linker->layer_->addPlugin(new_unwind_plugin());
  INLAY_TRY(std::shared_ptr<PerfFile> perf, perf_file(options));
  linker->plugin_ =
      std::make_shared<CodePlugin>(CodePlugin::Wanted{wants_lines(options), options.debugger, std::move(perf)});
  linker->layer_->addPlugin(linker->plugin_);
  linker->host_ = &linker->session_->createBareJITDylib("host");
  linker->host_->addGenerator(std::make_unique<HostSymbols>());
  return linker;
}

Linker::~Linker() {
  if (session_) llvm::consumeError(session_->endSession());
}

orc::JITDylib& Linker::new_library(std::string name) {
  ++live_;
  orc::JITDylib& library = session_->createBareJITDylib(std::move(name));
  library.addToLinkOrder(*host_);
  return library;
}

Result<void> Linker::add(orc::JITDylib& library, codegen::Object object, const std::vector<HostSymbol>& symbols,
                         std::map<std::string, std::string> titles) {
  plugin_->set_titles(library, std::move(titles));
  orc::SymbolMap defined;
  for (const HostSymbol& symbol : symbols) defined[session_->intern(symbol.name)] = definition(symbol.address);
  if (!defined.empty())
    if (llvm::Error error = library.define(orc::absoluteSymbols(std::move(defined))))
      return from_llvm(std::move(error), ErrorKind::LinkFailed);
  if (llvm::Error error = layer_->add(library, std::move(object.bytes)))
    return from_llvm(std::move(error), ErrorKind::LinkFailed);
  return {};
}

Result<void*> Linker::address(orc::JITDylib& library, const std::string& name) {
  LinkErrors errors;
  llvm::Expected<orc::ExecutorSymbolDef> found =
      session_->lookup(orc::makeJITDylibSearchOrder(&library), session_->intern(name));
  if (!found) return errors.take(found.takeError());
  return found->getAddress().toPtr<void*>();
}

void Linker::remove(orc::JITDylib& library) {
  plugin_->set_titles(library, {});
  llvm::consumeError(session_->removeJITDylib(library));
  forget_names();
}

/// The session keeps each name that it ever saw until it is told to look which are in use. That takes as long as there
/// are names, so not each time.
void Linker::forget_names() {
  constexpr std::uint64_t AtLeast = 500;
  const std::uint64_t live = --live_;
  if (++removed_ < std::max(AtLeast, live)) return;
  removed_ = 0;
  session_->getSymbolStringPool()->clearDeadEntries();
}

}  // namespace inlay::jit
