// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/planned.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

namespace inlay::filter {

namespace {

/// Sampling tests all of the tests, which costs some times as much as a row does where the first ones decide: a sample
/// is this part of what has come or is sure to, at most.
constexpr std::int64_t PartOfRows = 50;
/// Fewer rows tell nothing, more tell nothing new.
constexpr std::int64_t LeastSample = 200, LargestSample = 2000;

}  // namespace

struct Planned::State {
  State(const Schema& its_schema, const Registry& functions, const FilterOptions& its_options, Runner::Kind its_kind)
      : schema(its_schema), options(its_options), kind(its_kind) {
    // It is planned again when whoever made the functions may be gone.
    if (&functions != &Registry::standard()) registry = functions;
    options.functions = nullptr;
  }

  const Registry& functions() const { return registry ? *registry : Registry::standard(); }

  Result<std::shared_ptr<Runner>> plan(const Sample& sample) {
    PlanOptions how;
    how.reorder = options.reorder;
    how.sample = sample;
    INLAY_TRY(Plan plan, kind == Runner::Kind::Filter ? plan_condition(*expressions, root, how)
                                                      : plan_value(*expressions, root, how));
    return Runner::create(std::move(plan), kind, options, &*expressions);
  }

  Schema schema;
  FilterOptions options;
  std::optional<Registry> registry;
  Runner::Kind kind;
  std::optional<Expressions> expressions;
  NodeId root;
  Type type = Type::Boolean;  // its

  std::atomic<bool> settled = false;  // it was planned by rows, or never will be
  std::mutex mutex;                   // of what follows, and of planning
  std::shared_ptr<Runner> runner;
  std::int64_t seen = 0;
  std::int64_t sampled = 0;
};

Result<Planned> Planned::finish(std::shared_ptr<State> state) {
  INLAY_TRY(state->runner, state->plan({}));
  state->type = (*state->expressions)[state->root].type;
  // Where nothing can change places, rows tell nothing.
  state->settled = !state->options.reorder || state->runner->plan().tests.size() < 2;
  return Planned(std::move(state));
}

Result<Planned> Planned::parse(const Schema& schema, std::string_view text, Runner::Kind kind,
                               const FilterOptions& options) {
  const Registry& functions = options.functions ? *options.functions : Registry::standard();
  auto state = std::make_shared<State>(schema, functions, options, kind);
  state->expressions.emplace(state->schema, state->functions());
  INLAY_TRY(state->root, filter::parse(*state->expressions, text));
  return finish(std::move(state));
}

Result<Planned> Planned::of(Expressions expressions, NodeId root, Runner::Kind kind, const FilterOptions& options) {
  // Its functions are those that it was made with: the tree knows them by their numbers.
  auto state = std::make_shared<State>(expressions.schema(), expressions.registry(), options, kind);
  state->expressions = std::move(expressions);
  state->expressions->move_to(state->schema, state->functions());
  state->root = root;
  return finish(std::move(state));
}

std::shared_ptr<Runner> Planned::runner_for(const Batch& batch) {
  State& state = *state_;
  std::lock_guard lock(state.mutex);
  if (state.settled) return state.runner;
  state.seen += batch.rows;
  const std::int64_t rows = std::min({batch.rows, (state.seen + batch.rows_behind) / PartOfRows, LargestSample});
  // A batch that lacks columns is an error of whoever runs it.
  if (rows < LeastSample || batch.columns.size() < state.schema.size()) return state.runner;
  state.settled = true;
  Result<std::shared_ptr<Runner>> better = state.plan({.batch = &batch, .rows = rows});
  if (!better) return state.runner;
  state.runner = *std::move(better);
  state.sampled = rows;
  return state.runner;
}

std::shared_ptr<Runner> Planned::runner() const {
  std::lock_guard lock(state_->mutex);
  return state_->runner;
}

std::string Planned::text() const {
  std::lock_guard lock(state_->mutex);
  return to_string(*state_->expressions, state_->root);
}

std::int64_t Planned::sampled_rows() const {
  std::lock_guard lock(state_->mutex);
  return state_->sampled;
}

Type Planned::type() const { return state_->type; }

}  // namespace inlay::filter
