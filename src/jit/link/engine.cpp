// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/engine.h"

#include <dlfcn.h>

#include <algorithm>

#include "frozen/recording.h"
#include "jit/link/code_memory.h"
#include "jit/link/unwind.h"
#include "jit/tiers/epoch.h"
#include "jit/tools/code_plugin.h"
#include "jit/tools/tools.h"
#include "runtime/llvm_errors.h"

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
    std::string said = llvm::toString(std::move(error));
    if (!reported_.empty()) said = std::move(reported_);
    return {ErrorKind::UndefinedSymbol, "the code cannot be linked into this process: " + said};
  }

  static void add(llvm::Error error) {
    std::string text = llvm::toString(std::move(error));
    if (current) current->reported_ += (current->reported_.empty() ? "" : "; ") + text;
  }

 private:
  static thread_local LinkErrors* current;
  std::string reported_;
};
thread_local LinkErrors* LinkErrors::current = nullptr;

}  // namespace

Result<std::shared_ptr<Engine>> Engine::create(const JitOptions& given) {
  prepare_for_fork();
  JitOptions options = given;
  INLAY_TRY(Environment environment, apply_environment(options));
  INLAY_TRY_VOID(check_policy(options.policy));
  std::shared_ptr<Engine> engine(new Engine(options, environment));
  INLAY_TRY(std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> memory, new_code_memory());
  llvm::Expected<std::unique_ptr<orc::SelfExecutorProcessControl>> process = orc::SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<orc::InPlaceTaskDispatcher>(), std::move(memory));
  if (!process) return from_llvm(process.takeError(), ErrorKind::Codegen);
  engine->session_ = std::make_unique<orc::ExecutionSession>(std::move(*process));
  engine->session_->setErrorReporter(&LinkErrors::add);
  engine->linker_ = std::make_unique<orc::ObjectLinkingLayer>(*engine->session_);
  engine->linker_->addPlugin(new_unwind_plugin());
  INLAY_TRY(std::shared_ptr<PerfFile> perf, perf_file(options));
  engine->plugin_ =
      std::make_shared<CodePlugin>(CodePlugin::Wanted{wants_lines(options), options.debugger, std::move(perf)});
  engine->linker_->addPlugin(engine->plugin_);
  engine->host_ = &engine->session_->createBareJITDylib("host");
  engine->host_->addGenerator(std::make_unique<HostSymbols>());
  return engine;
}

Engine::~Engine() {
  if (session_) llvm::consumeError(session_->endSession());
}

bool Engine::has_budget() const { return has_time() && tally_.code_bytes.load() < policy().budget_bytes; }

bool Engine::has_time() const { return tally_.compile_ms() < policy().budget_ms; }

Counters Engine::counters() {
  Counters counters;
  counters.asked = tally_.asked;
  counters.quick = tally_.quick;
  counters.optimized = tally_.optimized;
  counters.failed = tally_.failed;
  counters.discarded = tally_.discarded;
  counters.cancelled = tally_.cancelled;
  counters.batches = tally_.batches;
  counters.swaps = tally_.swaps;
  counters.invalidated = tally_.invalidated;
  counters.entered = tally_.entered;
  counters.exits = tally_.exits;
  counters.versions = tally_.versions;
  counters.evicted = tally_.evicted;
  counters.compile_ms = tally_.compile_ms();
  counters.waiting = pool_.waiting();
  counters.retired = collect_retired();
  counters.code_bytes = tally_.code_bytes;
  return counters;
}

Engine::Borrowed::Borrowed(Engine& engine) : engine_(engine) {
  std::lock_guard lock(engine.workspaces_mutex_);
  if (engine.workspaces_.empty()) {
    workspace_ = std::make_unique<runtime::Workspace>();
  } else {
    workspace_ = std::move(engine.workspaces_.back());
    engine.workspaces_.pop_back();
  }
}

Engine::Borrowed::~Borrowed() {
  // An LLVM context keeps types, constants and debug locations of modules that are gone. A new one from time to time
  // bounds that, for the price of loading the bodies again that are still asked for.
  constexpr unsigned UsesOfWorkspace = 400;
  if (++workspace_->uses >= UsesOfWorkspace) return;
  std::lock_guard lock(engine_.workspaces_mutex_);
  engine_.workspaces_.push_back(std::move(workspace_));
}

std::string Engine::unique_name(const char* prefix) { return prefix + std::to_string(++counter_); }

Result<std::shared_ptr<Code>> Engine::link(codegen::Object object, const std::vector<HostSymbol>& symbols,
                                           std::map<std::string, std::string> titles) {
  auto code = std::make_shared<Code>();
  code->engine = shared_from_this();
  ++live_;
  code->bytes = object.bytes->getBufferSize();
  tally_.code_bytes.fetch_add(code->bytes, std::memory_order_relaxed);
  code->dylib = &session_->createBareJITDylib(unique_name("code."));
  code->dylib->addToLinkOrder(*host_);
  plugin_->set_titles(*code->dylib, std::move(titles));
  orc::SymbolMap defined;
  for (const HostSymbol& symbol : symbols) defined[session_->intern(symbol.name)] = definition(symbol.address);
  if (!defined.empty())
    if (llvm::Error error = code->dylib->define(orc::absoluteSymbols(std::move(defined))))
      return from_llvm(std::move(error), ErrorKind::LinkFailed);
  if (llvm::Error error = linker_->add(*code->dylib, std::move(object.bytes)))
    return from_llvm(std::move(error), ErrorKind::LinkFailed);
  return code;
}

Result<void*> Engine::address(const Code& code, const std::string& name) {
  LinkErrors errors;
  llvm::Expected<orc::ExecutorSymbolDef> found =
      session_->lookup(orc::makeJITDylibSearchOrder(code.dylib), session_->intern(name));
  if (!found) return errors.take(found.takeError());
  return found->getAddress().toPtr<void*>();
}

/// The session keeps each name that it ever saw until it is told to look which are in use. That takes as long as there
/// are names, so not each time.
void Engine::forget_names() {
  constexpr std::uint64_t AtLeast = 500;
  const std::uint64_t live = --live_;
  if (++dropped_ < std::max(AtLeast, live)) return;
  dropped_ = 0;
  session_->getSymbolStringPool()->clearDeadEntries();
}

Code::~Code() {
  const frozen::Unrecorded unrecorded;
  if (!engine || !dylib) return;
  engine->tally_.code_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  engine->plugin_->set_titles(*dylib, {});
  llvm::consumeError(engine->session_->removeJITDylib(*dylib));
  engine->forget_names();
}

}  // namespace inlay::jit
