// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When a program's code changes.
#include "engine/state.h"

#include <algorithm>

#include "compile/emit.h"
#include "engine/fault.h"
#include "engine/tiers.h"

namespace inlay::filter {

namespace {

/// Between two looks at whether better code is worth making.
constexpr std::int64_t LookAgain = 200'000;  // ns

/// What the next tier saves of a row's time, at least. Quick code took 1/4 to 1/15 of what the interpreter did on all
/// that was measured; optimized code between 1/1 and 1/4 of the quick one.
double saves(Tier tier) { return tier == Tier::Quick ? 0.6 : 0.3; }

double total(const CompileTimes& times) { return times.emit + times.join + times.optimize + times.generate; }

}  // namespace

const Jit* shared_jit(std::string* refusal) {
  // Never destroyed: filters may live as long as the process. What its thread does, the library ends in time.
  static const Result<Jit>* const jit = new Result<Jit>(Jit::create({.policy = {.threads = 1}}));
  if (*jit) return &**jit;
  if (refusal) *refusal = jit->error().to_string();
  return nullptr;
}

Runner::State::State(Plan its_plan, Kind its_kind, const FilterOptions& options, Cpu its_cpu,
                     const Expressions* expressions)
    : schema(*its_plan.program.schema),
      plan(std::move(its_plan)),
      kind(its_kind),
      engine(options.engine),
      cpu(its_cpu) {
  use_own_copies();
  const Program& program = plan.program;
  texts.resize(program.code.size());
  for (std::size_t i = 0; i < program.code.size(); ++i) {
    const Instruction& inst = program.code[i];
    if (inst.op == Op::Load)
      texts[i] = schema[ColumnId(inst.a)].name;
    else if (expressions && inst.node && may_raise(program, inst))
      texts[i] = to_string(*expressions, inst.node);
  }
  interpreted.emplace(program);
  tables.emplace(program);
  for (const auto& object : program.objects) objects.push_back(object.get());
  for (const Set& set : program.sets) objects.push_back(set.table.get());
}

/// A compilation in the background may outlast whoever made the plan.
void Runner::State::use_own_copies() {
  Program& program = plan.program;
  program.schema = &schema;
  if (program.registry != &Registry::standard()) program.registry = &own_registry.emplace(*program.registry);
}

void Runner::State::count(Tier tier, std::int64_t rows, std::int64_t nanoseconds, std::int64_t left) {
  const auto i = static_cast<std::size_t>(tier);
  rows_[i].fetch_add(rows, std::memory_order_relaxed);
  const std::int64_t so_far = nanoseconds_[i].fetch_add(nanoseconds, std::memory_order_relaxed) + nanoseconds;
  if (engine != Engine::Tiered || tier == Tier::Optimized || asked_.load(std::memory_order_relaxed) > tier) return;
  if (so_far < next_look_.load(std::memory_order_relaxed)) return;
  next_look_.store(so_far + LookAgain, std::memory_order_relaxed);
  consider(tier, left);
}

void Runner::State::consider(Tier tier, std::int64_t left) {
  const Tier next = tier == Tier::Interpreter ? Tier::Quick : Tier::Optimized;
  Spent spent{.ms = milliseconds(tier),
              .rows = rows_[static_cast<std::size_t>(tier)].load(std::memory_order_relaxed),
              .left = left,
              .saves = saves(next)};
  if (next == Tier::Quick) {
    spent.cost = quick_cost(plan.program.code.size());
  } else {
    std::lock_guard lock(mutex_);
    spent.cost = optimized_cost(total(times_[static_cast<std::size_t>(Tier::Quick)]));
  }
  if (!pays_for_certain(spent)) {
    // Asking for the processor takes time, too: only where the answer matters.
    if (!pays_by_experience(spent, true)) return;
    if (!pays_by_experience(spent, processor_is_free())) return;
  }
  ask_for(next);
}

void Runner::State::ask_for(Tier tier) {
  Tier before = asked_.load();
  do {
    if (before >= tier) return;
  } while (!asked_.compare_exchange_weak(before, tier));
  next_look_.store(0, std::memory_order_relaxed);
  const Jit* jit = shared_jit(nullptr);
  const bool pushed = jit && jit->run_in_background([weak = weak_from_this(), tier] {
    if (const std::shared_ptr<State> state = weak.lock()) state->compile(tier);
  });
  if (pushed) return;
  std::lock_guard lock(mutex_);
  refusal_ = "no thread compiles in the background";
}

void Runner::State::compile_first() {
  if (engine != Engine::Quick && engine != Engine::Optimized) return;
  std::call_once(first_, [&] {
    const Tier tier = engine == Engine::Quick ? Tier::Quick : Tier::Optimized;
    asked_.store(tier);
    compile(tier);
  });
}

void Runner::State::compile(Tier tier) {
  auto made = std::make_unique<Code>();
  made->tier = tier;
  std::string refusal;
  CompileTimes times;
  const auto take = [&](auto compiled, auto& into) {
    if (!compiled) {
      refusal = compiled.error().to_string();
      return;
    }
    times = compiled->times;
    into.emplace(*std::move(compiled));
  };
  const CompileOptions options{.tier = tier, .cpu = cpu};
  const Jit* jit = shared_jit(&refusal);
  if (jit && kind == Kind::Filter) take(compile_filter(*jit, plan.program, options), made->filter);
  if (jit && kind == Kind::Projection) take(compile_projection(*jit, plan.program, options), made->projection);
  std::lock_guard lock(mutex_);
  if (!refusal.empty()) {
    refusal_ = std::move(refusal);
    return;
  }
  times_[static_cast<std::size_t>(tier)] = times;
  codes_.push_back(std::move(made));
  code_.store(codes_.back().get(), std::memory_order_release);
}

Runner::Statistics Runner::State::statistics() const {
  Statistics result;
  for (std::size_t i = 0; i < 3; ++i) {
    result.rows[i] = rows_[i].load(std::memory_order_relaxed);
    result.milliseconds[i] = milliseconds(static_cast<Tier>(i));
  }
  std::lock_guard lock(mutex_);
  result.quick = times_[static_cast<std::size_t>(Tier::Quick)];
  result.optimized = times_[static_cast<std::size_t>(Tier::Optimized)];
  result.refusal = refusal_;
  return result;
}

}  // namespace inlay::filter
