// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/engine.h"

#include "frozen/recording.h"
#include "jit/tiers/epoch.h"

namespace inlay::jit {

Result<std::shared_ptr<Engine>> Engine::create(const JitOptions& given) {
  prepare_for_fork();
  JitOptions options = given;
  INLAY_TRY(Environment environment, apply_environment(options));
  INLAY_TRY_VOID(check_policy(options.policy));
  INLAY_TRY(std::unique_ptr<Linker> linker, Linker::create(options));
  return std::shared_ptr<Engine>(new Engine(options, environment, std::move(linker)));
}

bool Engine::has_budget() const { return has_time() && tally_[&Counters::code_bytes] < policy().budget_bytes; }

bool Engine::has_time() const { return tally_.compile_ms() < policy().budget_ms; }

Counters Engine::counters() {
  Counters counters = tally_.counters();
  counters.waiting = pool_.waiting();
  counters.retired = reclaim_what_was_left();
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
  code->bytes = object.bytes->getBufferSize();
  tally_.count(&Counters::code_bytes, code->bytes);
  code->library = &linker_->new_library(unique_name("code."));
  INLAY_TRY_VOID(linker_->add(*code->library, std::move(object), symbols, std::move(titles)));
  return code;
}

Result<void*> Engine::address(const Code& code, const std::string& name) {
  return linker_->address(*code.library, name);
}

Code::~Code() {
  const frozen::Unrecorded unrecorded;
  if (!engine || !library) return;
  engine->tally_.uncount(&Counters::code_bytes, bytes);
  engine->linker_->remove(*library);
}

Error budget_is_used_up() { return {ErrorKind::BudgetExceeded, "the budget for compiling is used up; see Policy"}; }

}  // namespace inlay::jit
