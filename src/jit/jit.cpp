// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Jit and Loaded promise (inlay/jit.h), but for handles: those are in tiers/function.cpp and hot/hot.cpp.
#include <algorithm>

#include "codegen/diagnostics.h"
#include "codegen/join.h"
#include "frozen/recording.h"
#include "jit/build.h"
#include "jit/entry.h"
#include "specialize/specialize.h"

#include <llvm/Linker/Linker.h>

namespace inlay {

namespace {

/// Frozen memory that a function of a unit needs, and its symbols.
struct Needs {
  std::vector<std::shared_ptr<const void>> holds;
  std::vector<std::pair<std::string, const void*>> host_symbols;
};

/// Specializes the function under `name` in the module, which is empty.
Result<Needs> build_function(llvm::Module& module, runtime::Bodies& bodies, const detail::Request& request,
                             const std::string& name, const CompileOptions& options) {
  Report report;
  specialize::Symbols symbols(module, bodies, specialize::Symbols::For::File);
  // Under a name that no runtime has, while its own may stand for the function that is specialized.
  INLAY_TRY(llvm::Function * entry,
            jit::build_entry(symbols, request, {"inlay.unit.entry", /*with_state=*/false}, report));
  INLAY_TRY_VOID(specialize::specialize(symbols, *entry, options, report));
  if (llvm::GlobalValue* taken = module.getNamedValue(name)) {
    if (!taken->use_empty())
      return Error(ErrorKind::InvalidArgument,
                   "the code needs a runtime's '" + name + "'; give the specialized function another name");
    taken->eraseFromParent();
  }
  entry->setName(name);
  Needs needs;
  for (const auto& [symbol, object] : symbols.frozen_objects()) {
    needs.holds.push_back(object.region);
    needs.host_symbols.emplace_back(symbol->getName().str(), object.begin);
  }
  needs.holds.insert(needs.holds.end(), symbols.held().begin(), symbols.held().end());
  return needs;
}

void add_needs(Unit::State& state, const Needs& needs) {
  state.holds.insert(state.holds.end(), needs.holds.begin(), needs.holds.end());
  for (const auto& symbol : needs.host_symbols)
    if (std::find(state.host_symbols.begin(), state.host_symbols.end(), symbol) == state.host_symbols.end())
      state.host_symbols.push_back(symbol);
}

bool means_a_runtimes(const llvm::GlobalValue& global) {
  return global.isDeclaration() && !global.use_empty() && runtime::find_symbol(std::string_view(global.getName()));
}

/// Put together, what has one name would be one thing: refuses where the two mean different ones by it.
Result<void> check_names(const llvm::Module& unit, const llvm::Module& part, const std::string& name) {
  const llvm::GlobalValue* there = unit.getNamedValue(name);
  if (there && !there->isDeclaration() && !there->hasLocalLinkage())
    return Error(ErrorKind::InvalidArgument, "the unit defines '" + name + "' already; give the function another name");
  if (there && means_a_runtimes(*there))
    return Error(ErrorKind::InvalidArgument,
                 "the unit needs a runtime's '" + name + "'; give the specialized function another name");
  for (const llvm::GlobalValue& global : part.global_values()) {
    if (!means_a_runtimes(global)) continue;
    const llvm::GlobalValue* own = unit.getNamedValue(global.getName());
    if (own && !own->isDeclarationForLinker() && !own->hasLocalLinkage())
      return Error(ErrorKind::InvalidArgument, "'" + name + "' needs a runtime's '" + global.getName().str() +
                                                   "', and the unit defines another; give that one another name");
  }
  return {};
}

}  // namespace

Result<Unit> detail::build_unit(const Request& request, const std::string& name, const CompileOptions& options) {
  const frozen::Unrecorded unrecorded;
  Unit unit = Unit::create(name);
  Unit::State& state = unit.state();
  INLAY_TRY(Needs needs, build_function(*state.module, state.workspace->bodies, request, name, options));
  add_needs(state, needs);
  return unit;
}

Result<void> detail::add_to_unit(Unit& unit, const Request& request, const std::string& name,
                                 const CompileOptions& options) {
  const frozen::Unrecorded unrecorded;
  Unit::State& state = unit.state();
  // In a module of its own, so that the evaluator sees nothing of the functions that are there already.
  std::unique_ptr<llvm::Module> part = runtime::new_module(state.workspace->context, name);
  INLAY_TRY(Needs needs, build_function(*part, state.workspace->bodies, request, name, options));
  INLAY_TRY_VOID(check_names(*state.module, *part, name));
  codegen::Diagnostics diagnostics(state.workspace->context);
  if (llvm::Linker::linkModules(*state.module, std::move(part)) || diagnostics.failed())
    return diagnostics.take(ErrorKind::Codegen);
  add_needs(state, needs);
  return {};
}

Result<Jit> Jit::create(const JitOptions& options) {
  const frozen::Unrecorded unrecorded;
  INLAY_TRY(std::shared_ptr<jit::Engine> engine, jit::Engine::create(options));
  return Jit(std::move(engine));
}

Counters Jit::counters() const { return engine_->counters(); }

void Jit::wait_for_background() const { engine_->pool().wait_idle(); }

bool Jit::run_in_background(std::function<void()> work) const { return engine_->pool().push(0, std::move(work)); }

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

namespace {

codegen::Cpu cpu_of(Processor processor) {
  switch (processor) {
    case Processor::Host:
      return codegen::Cpu::Host;
    case Processor::Baseline:
      return codegen::Cpu::Portable;
    case Processor::V3:
      return codegen::Cpu::V3;
    case Processor::V4:
      return codegen::Cpu::V4;
  }
  return codegen::Cpu::Portable;
}

/// Quick code is made of bodies that are inlined without much thought: of small ones only.
codegen::JoinOptions join_options(const ProgramOptions& how) {
  codegen::JoinOptions options;
  options.copies_limit = how.copies_limit;
  options.inline_all = how.level == Level::Quick;
  if (options.inline_all) options.body_limit = 60;
  return options;
}

}  // namespace

bool can_run(Processor processor) { return codegen::can_run(cpu_of(processor)); }

Result<Loaded> Jit::load(Unit unit, const ProgramOptions& options) const {
  const frozen::Unrecorded unrecorded;
  auto state = std::make_shared<Loaded::State>();
  state->engine = engine_;
  Unit::State& built = unit.state();
  state->holds = built.holds;
  jit::Stopwatch watch;
  if (!can_run(options.processor))
    return Error(ErrorKind::InvalidArgument, "this processor does not run such code; ask can_run() first");
  INLAY_TRY(codegen::Machine * machine, codegen::machine_of_thread(cpu_of(options.processor)));
  INLAY_TRY_VOID(codegen::check(*built.module));
  std::vector<std::string> own;
  if (options.explain_code) own = jit::source_units(*built.module);
  INLAY_TRY(codegen::JoinReport joined, codegen::join(unit, join_options(options)));
  state->report.inlined = joined.functions;
  state->report.load_us = watch.lap_us();
  INLAY_TRY(codegen::Object object, jit::make_object(*built.module, *machine, engine_->options(), options.level,
                                                     options.explain_code, state->report));
  if (options.explain_code) INLAY_TRY_VOID(jit::explain_lines(object, *machine, own, state->report));
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
