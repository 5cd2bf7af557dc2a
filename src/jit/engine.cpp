// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/engine.h"

#include <dlfcn.h>

#include "runtime/llvm_errors.h"

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/AbsoluteSymbols.h>
#include <llvm/ExecutionEngine/Orc/EHFrameRegistrationPlugin.h>
#include <llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h>

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
      if (address) found[symbol] = definition(address);
    }
    return found.empty() ? llvm::Error::success() : dylib.define(orc::absoluteSymbols(std::move(found)));
  }
};

}  // namespace

Result<std::shared_ptr<Engine>> Engine::create() {
  std::shared_ptr<Engine> engine(new Engine);
  llvm::Expected<std::unique_ptr<orc::SelfExecutorProcessControl>> process = orc::SelfExecutorProcessControl::Create();
  if (!process) return from_llvm(process.takeError(), ErrorKind::Codegen);
  engine->session_ = std::make_unique<orc::ExecutionSession>(std::move(*process));
  engine->session_->setErrorReporter([engine = engine.get()](llvm::Error error) {
    std::lock_guard lock(engine->reported_mutex_);
    engine->reported_ += (engine->reported_.empty() ? "" : "; ") + llvm::toString(std::move(error));
  });
  engine->linker_ = std::make_unique<orc::ObjectLinkingLayer>(*engine->session_);
  llvm::Expected<std::unique_ptr<orc::EHFrameRegistrationPlugin>> unwinding =
      orc::EHFrameRegistrationPlugin::Create(*engine->session_);
  if (!unwinding) return from_llvm(unwinding.takeError(), ErrorKind::Codegen);
  engine->linker_->addPlugin(std::shared_ptr<orc::EHFrameRegistrationPlugin>(std::move(*unwinding)));
  engine->host_ = &engine->session_->createBareJITDylib("host");
  engine->host_->addGenerator(std::make_unique<HostSymbols>());
  engine->workspace_ = std::make_unique<runtime::Workspace>();
  return engine;
}

Engine::~Engine() {
  if (session_) llvm::consumeError(session_->endSession());
}

Engine::Borrowed::Borrowed(Engine& engine)
    : lock_(engine.workspace_mutex_), workspace_([&]() -> runtime::Workspace& {
        // An LLVM context keeps types, constants and debug locations of modules that are gone. A new one from time to
        // time bounds that, for the price of loading the bodies again that are still asked for.
        constexpr unsigned UsesOfWorkspace = 400;
        if (++engine.workspace_uses_ > UsesOfWorkspace) {
          engine.workspace_ = std::make_unique<runtime::Workspace>();
          engine.workspace_uses_ = 1;
        }
        return *engine.workspace_;
      }()) {}

std::string Engine::unique_name(const char* prefix) { return prefix + std::to_string(++counter_); }

Result<std::shared_ptr<Code>> Engine::link(codegen::Object object, const std::vector<HostSymbol>& symbols) {
  {
    std::lock_guard lock(reported_mutex_);
    reported_.clear();
  }
  auto code = std::make_shared<Code>();
  code->engine = shared_from_this();
  code->bytes = object.bytes->getBufferSize();
  code->dylib = &session_->createBareJITDylib(unique_name("code."));
  code->dylib->addToLinkOrder(*host_);
  orc::SymbolMap defined;
  for (const HostSymbol& symbol : symbols) defined[session_->intern(symbol.name)] = definition(symbol.address);
  if (!defined.empty())
    if (llvm::Error error = code->dylib->define(orc::absoluteSymbols(std::move(defined))))
      return from_llvm(std::move(error), ErrorKind::LinkFailed);
  if (llvm::Error error = linker_->add(*code->dylib, std::move(object.bytes)))
    return from_llvm(std::move(error), ErrorKind::LinkFailed);
  return code;
}

Error Engine::link_error(llvm::Error error) {
  std::string said = llvm::toString(std::move(error));
  std::lock_guard lock(reported_mutex_);
  if (!reported_.empty()) said = std::exchange(reported_, {});
  return {ErrorKind::UndefinedSymbol, "the code cannot be linked into this process: " + said};
}

Result<void*> Engine::address(const Code& code, const std::string& name) {
  llvm::Expected<orc::ExecutorSymbolDef> found =
      session_->lookup(orc::makeJITDylibSearchOrder(code.dylib), session_->intern(name));
  if (!found) return link_error(found.takeError());
  return found->getAddress().toPtr<void*>();
}

Code::~Code() {
  if (engine && dylib) llvm::consumeError(engine->session_->removeJITDylib(*dylib));
}

}  // namespace inlay::jit
