// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "engine/planned.h"
#include "engine/values.h"
#include "inlay/filter/filter.h"

namespace inlay::filter {

struct Projection::State {
  explicit State(Planned its_planned) : planned(std::move(its_planned)) {}

  Planned planned;
};

Result<Projection> Projection::compile(const Schema& schema, std::string_view expression,
                                       const FilterOptions& options) {
  INLAY_TRY(Planned planned, Planned::parse(schema, expression, Runner::Kind::Projection, options));
  return Projection(std::make_shared<State>(std::move(planned)));
}

Result<Projection> Projection::compile(Expressions expressions, NodeId value, const FilterOptions& options) {
  INLAY_TRY(Planned planned, Planned::of(std::move(expressions), value, Runner::Kind::Projection, options));
  return Projection(std::make_shared<State>(std::move(planned)));
}

Type Projection::type() const { return state_->planned.type(); }

namespace {

/// What texts of the values may lie in.
struct Memory {
  std::shared_ptr<Runner> runner;  // constants; another may take its place
  ScopeOwner scope;                // what functions made
};

Result<Values> project(Planned& planned, const Batch& batch, const std::uint32_t* selection, std::int64_t count) {
  auto memory = std::make_shared<Memory>();
  memory->runner = planned.runner_for(batch);
  Runner& runner = *memory->runner;
  Values values;
  values.type = planned.type();
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  ProjectionOut out{make_room(values, size), nullptr};
  if (runner.plan().program.nullable) {
    values.nulls.resize(size);
    out.nulls = values.nulls.data();
  }
  INLAY_TRY_VOID(runner.project(batch, memory->scope.scope(), selection, 0, count, out));
  values.memory = std::move(memory);
  return values;
}

}  // namespace

Result<Values> Projection::values(const Batch& batch, std::span<const std::uint32_t> selection) {
  const bool beyond =
      std::any_of(selection.begin(), selection.end(), [&](std::uint32_t row) { return row >= batch.rows; });
  if (beyond) return Error(ErrorKind::InvalidArgument, "rows are selected that the batch does not have");
  // An empty list is not the same as none.
  static constexpr std::uint32_t Nothing = 0;
  return project(state_->planned, batch, selection.empty() ? &Nothing : selection.data(),
                 static_cast<std::int64_t>(selection.size()));
}

Result<Values> Projection::values(const Batch& batch) { return project(state_->planned, batch, nullptr, batch.rows); }

void Projection::settle() { state_->planned.runner()->settle(); }

}  // namespace inlay::filter
