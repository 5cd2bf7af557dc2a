// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Jit and Loaded promise (inlay/jit.h), but for handles: those are in tiers/function.cpp and hot/hot.cpp.
#include "codegen/join.h"
#include "frozen/recording.h"
#include "jit/build.h"
#include "jit/entry.h"
#include "specialize/specialize.h"

namespace inlay {

Result<Unit> detail::build_unit(const Request& request, const std::string& name, const CompileOptions& options) {
  const frozen::Unrecorded unrecorded;
  Unit unit = Unit::create(name);
  Unit::State& state = unit.state();
  Report report;
  specialize::Symbols symbols(*state.module, state.workspace->bodies, specialize::Symbols::For::File);
  // Under a name that no runtime has, while its own may stand for the function that is specialized.
  INLAY_TRY(llvm::Function * entry,
            jit::build_entry(symbols, request, {"inlay.unit.entry", /*with_state=*/false}, report));
  INLAY_TRY_VOID(specialize::specialize(symbols, *entry, options, report));
  if (llvm::GlobalValue* taken = state.module->getNamedValue(name)) {
    if (!taken->use_empty())
      return Error(ErrorKind::InvalidArgument,
                   "the code needs a runtime's '" + name + "'; give the specialized function another name");
    taken->eraseFromParent();
  }
  entry->setName(name);
  for (const auto& [symbol, object] : symbols.frozen_objects()) {
    state.holds.push_back(object.region);
    state.host_symbols.emplace_back(symbol->getName().str(), object.begin);
  }
  state.holds.insert(state.holds.end(), symbols.held().begin(), symbols.held().end());
  return unit;
}

Result<Jit> Jit::create(const JitOptions& options) {
  const frozen::Unrecorded unrecorded;
  INLAY_TRY(std::shared_ptr<jit::Engine> engine, jit::Engine::create(options));
  return Jit(std::move(engine));
}

Counters Jit::counters() const { return engine_->counters(); }

void Jit::wait_for_background() const { engine_->pool().wait_idle(); }

struct Loaded::State {
  std::shared_ptr<jit::Engine> engine;
  std::shared_ptr<jit::Code> code;
  std::vector<std::shared_ptr<const void>> holds;
  Report report;
};

void* Loaded::address(const std::string& name) const {
  Result<void*> found = state_->engine->address(*state_->code, name);
  return found ? *found : nullptr;
}

const Report& Loaded::report() const { return state_->report; }

Result<Loaded> Jit::load(Unit unit, Level level) const {
  const frozen::Unrecorded unrecorded;
  auto state = std::make_shared<Loaded::State>();
  state->engine = engine_;
  Unit::State& built = unit.state();
  state->holds = built.holds;
  jit::Stopwatch watch;
  INLAY_TRY(codegen::Machine * machine, codegen::machine_of_thread(codegen::Cpu::Host));
  INLAY_TRY_VOID(codegen::check(*built.module));
  INLAY_TRY(codegen::JoinReport joined, codegen::join(unit));
  state->report.inlined = joined.functions;
  state->report.load_us = watch.lap_us();
  INLAY_TRY(codegen::Object object, jit::make_object(*built.module, *machine, engine_->options(), level,
                                                     /*keep_debug_info=*/false, state->report));
  watch.lap_us();
  std::vector<std::string> functions = object.functions;
  std::vector<jit::HostSymbol> symbols;
  for (const auto& [symbol, address] : built.host_symbols) symbols.push_back({symbol, address});
  INLAY_TRY(state->code, engine_->link(std::move(object), symbols));
  state->report.code_bytes = state->code->bytes;
  // Link now, so that a symbol that is missing is this call's error.
  if (!functions.empty()) {
    Result<void*> linked = engine_->address(*state->code, functions.front());
    if (!linked) return std::move(linked).error();
  }
  state->report.link_us = watch.lap_us();
  state->report.compiled = true;
  return Loaded(std::move(state));
}

}  // namespace inlay
