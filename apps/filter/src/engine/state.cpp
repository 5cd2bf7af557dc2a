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

/// What the next tier saves of a row's time. Quick code took 1/4 to 1/15 of what the interpreter did on all that was
/// measured; optimized code between 1/1 and 1/4 of the quick one: no bound then, but what can be expected.
double saves(Tier tier) { return tier == Tier::Quick ? 0.6 : 0.45; }

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
  for (const auto& object : program.objects) objects.push_back(object.get());
  for (const Set& set : program.sets) objects.push_back(set.table.get());
}

/// A compilation in the background may outlast whoever made the plan.
void Runner::State::use_own_copies() {
  Program& program = plan.program;
  program.schema = &schema;
  if (program.registry != &Registry::standard()) program.registry = &own_registry.emplace(*program.registry);
}

const Code* Runner::State::code(bool bitmaps) const {
  const Code* general = variants_[1].code.load(std::memory_order_acquire);
  if (bitmaps) return general;
  const Code* own = variants_[0].code.load(std::memory_order_acquire);
  // Code for bitmaps does without them, too.
  return !own || (general && general->tier > own->tier) ? general : own;
}

Tier Runner::State::tier() const {
  const Code* any = code(false);
  return any ? any->tier : Tier::Interpreter;
}

void Runner::State::count(bool bitmaps, Tier tier, std::int64_t rows, std::int64_t nanoseconds, std::int64_t left) {
  Variant& variant = variants_[bitmaps];
  const auto i = static_cast<std::size_t>(tier);
  variant.rows[i].fetch_add(rows, std::memory_order_relaxed);
  const std::int64_t so_far = variant.nanoseconds[i].fetch_add(nanoseconds, std::memory_order_relaxed) + nanoseconds;
  if (engine != Engine::Tiered || tier == Tier::Optimized || variant.asked.load(std::memory_order_relaxed) > tier)
    return;
  if (so_far < variant.next_look.load(std::memory_order_relaxed)) return;
  variant.next_look.store(so_far + LookAgain, std::memory_order_relaxed);
  consider(bitmaps, tier, left);
}

void Runner::State::consider(bool bitmaps, Tier tier, std::int64_t left) {
  const Variant& variant = variants_[bitmaps];
  const Tier next = tier == Tier::Interpreter ? Tier::Quick : Tier::Optimized;
  if (next == Tier::Optimized && !can_be_optimized(plan.program)) return;
  Spent spent{.ms = variant.milliseconds(tier),
              .rows = variant.rows[static_cast<std::size_t>(tier)].load(std::memory_order_relaxed),
              .left = left,
              .saves = saves(next)};
  if (next == Tier::Quick) {
    spent.cost = quick_cost(plan.program.code.size());
  } else {
    std::lock_guard lock(mutex_);
    spent.cost = optimized_cost(times_[static_cast<std::size_t>(Tier::Quick)].cpu, plan.program.code.size());
  }
  if (!pays_for_certain(spent)) {
    // Asking for the processor takes time, too: only where the answer matters.
    if (!pays_by_experience(spent, true)) return;
    if (!pays_by_experience(spent, processor_is_free())) return;
  }
  ask_for(bitmaps, next);
}

void Runner::State::ask_for(bool bitmaps, Tier tier) {
  Variant& variant = variants_[bitmaps];
  Tier before = variant.asked.load();
  do {
    if (before >= tier) return;
  } while (!variant.asked.compare_exchange_weak(before, tier));
  variant.next_look.store(0, std::memory_order_relaxed);
  const Jit* jit = shared_jit(nullptr);
  const bool pushed = jit && jit->run_in_background([weak = weak_from_this(), bitmaps, tier] {
    if (const std::shared_ptr<State> state = weak.lock()) state->compile(bitmaps, tier);
  });
  if (pushed) return;
  std::lock_guard lock(mutex_);
  refusal_ = "no thread compiles in the background";
}

void Runner::State::compile_first(bool bitmaps) {
  if (engine != Engine::Quick && engine != Engine::Optimized) return;
  Variant& variant = variants_[bitmaps];
  std::call_once(variant.first, [&] {
    const Tier tier = engine == Engine::Quick ? Tier::Quick : Tier::Optimized;
    if (const Code* there = code(bitmaps); there && there->tier >= tier) return;
    variant.asked.store(tier);
    compile(bitmaps, tier);
  });
}

void Runner::State::compile(bool bitmaps, Tier tier) {
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
  const CompileOptions options{.tier = tier, .cpu = cpu, .bitmaps = bitmaps};
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
  variants_[bitmaps].code.store(codes_.back().get(), std::memory_order_release);
}

Runner::Statistics Runner::State::statistics() const {
  Statistics result;
  for (const Variant& variant : variants_)
    for (std::size_t i = 0; i < 3; ++i) {
      result.rows[i] += variant.rows[i].load(std::memory_order_relaxed);
      result.milliseconds[i] += variant.milliseconds(static_cast<Tier>(i));
    }
  std::lock_guard lock(mutex_);
  result.quick = times_[static_cast<std::size_t>(Tier::Quick)];
  result.optimized = times_[static_cast<std::size_t>(Tier::Optimized)];
  result.refusal = refusal_;
  return result;
}

}  // namespace inlay::filter
