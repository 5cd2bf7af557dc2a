// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/evaluate.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "engine/values.h"

namespace inlay::filter {

namespace {

std::vector<ColumnId> columns_of(const Expressions& expressions, NodeId root) {
  std::vector<bool> seen(expressions.size() + 1);
  std::vector<NodeId> open{root};
  std::vector<ColumnId> columns;
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    if (seen[id.value]) continue;
    seen[id.value] = true;
    if (expressions[id].kind == NodeKind::Column) columns.push_back(expressions[id].column);
    for (const NodeId operand : expressions.operands(id)) open.push_back(operand);
  }
  std::sort(columns.begin(), columns.end(), [](ColumnId a, ColumnId b) { return a.value < b.value; });
  return columns;
}

std::vector<ColumnId> interpreted_columns(const Expressions& expressions) {
  std::vector<ColumnId> columns;
  for (std::uint32_t i = 1; i <= expressions.size(); ++i) {
    if (expressions[NodeId(i)].kind == NodeKind::IsNull) continue;
    for (const NodeId operand : expressions.operands(NodeId(i)))
      if (expressions[operand].kind == NodeKind::Column) columns.push_back(expressions[operand].column);
  }
  return columns;
}

// `row 17: what it was`: where the row stands in its file is told in front.
std::string without_row(std::string_view message) {
  if (!message.starts_with("row ")) return std::string(message);
  std::size_t at = 4;
  while (at < message.size() && std::isdigit(static_cast<unsigned char>(message[at])) != 0) ++at;
  return std::string(at > 4 && message.substr(at).starts_with(": ") ? message.substr(at + 2) : message);
}

}  // namespace

Result<Compiled> compile(const Schema& schema, std::string_view text, Runner::Kind kind, const FilterOptions& options) {
  Expressions expressions(schema, options.functions ? *options.functions : Registry::standard());
  INLAY_TRY(const NodeId root, parse(expressions, text));
  const Node node = expressions[root];
  std::vector<ColumnId> columns = columns_of(expressions, root);
  std::vector<ColumnId> interpreted = interpreted_columns(expressions);
  INLAY_TRY(Planned planned, Planned::of(std::move(expressions), root, kind, options));
  return Compiled{.planned = std::move(planned),
                  .type = node.type,
                  .columns = std::move(columns),
                  .column = node.kind == NodeKind::Column ? std::optional(node.column) : std::nullopt,
                  .interpreted = std::move(interpreted)};
}

void Evaluator::raise(Error error, std::int64_t row) {
  error_ = RowError{.error = Error(error.kind(), without_row(error.message()), error.place()), .row = row};
}

void Evaluator::select(const Compiled& condition, const Batch& batch) {
  scope_.reset();
  error_.reset();
  selection_.clear();
  const auto rows = static_cast<std::size_t>(std::max<std::int64_t>(batch.rows, 0));
  if (pass_.size() < rows) pass_.resize(rows);
  Planned planned = condition.planned;
  std::int64_t raised = -1;
  const Result<void> result = planned.runner_for(batch)->filter(batch, scope_.scope(), pass_.data(), &raised);
  auto end = static_cast<std::int64_t>(rows);
  if (!result) {
    raise(result.error(), raised);
    scope_.scope().fault = Fault::None;
    end = std::max<std::int64_t>(raised, 0);
  }
  // Without branches: each row is written down, and overwritten unless it passes.
  selection_.resize(rows);
  std::size_t count = 0;
  for (std::int64_t row = 0; row < end; ++row) {
    selection_[count] = static_cast<std::uint32_t>(row);
    count += pass_[static_cast<std::size_t>(row)];
  }
  selection_.resize(count);
}

void Evaluator::evaluate(const Compiled& expression, const Batch& batch, Values& out) {
  out.type = expression.type;
  const std::size_t count = selection_.size();
  Planned planned = expression.planned;
  const std::shared_ptr<Runner> runner = planned.runner_for(batch);
  ProjectionOut room{.values = make_room(out, count), .nulls = nullptr};
  out.nulls.resize(runner->plan().program.nullable ? count : 0);
  out.memory = runner;  // constants lie there, and it may be replaced
  if (count == 0) return;
  if (!out.nulls.empty()) room.nulls = out.nulls.data();
  std::int64_t raised = -1;
  const Result<void> result =
      runner->project(batch, scope_.scope(), selection_.data(), 0, static_cast<std::int64_t>(count), room, &raised);
  if (result) return;
  raise(result.error(), raised);
  scope_.scope().fault = Fault::None;
  selection_.resize(
      static_cast<std::size_t>(std::lower_bound(selection_.begin(), selection_.end(),
                                                static_cast<std::uint32_t>(std::max<std::int64_t>(raised, 0))) -
                               selection_.begin()));
}

}  // namespace inlay::filter
