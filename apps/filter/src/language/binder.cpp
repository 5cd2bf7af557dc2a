// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/binder.h"

#include <algorithm>
#include <array>

#include "language/nearest.h"

namespace inlay::filter {

Result<NodeId> Binder::bind() {
  const std::vector<SyntaxNode>& nodes = syntax_.nodes;
  bound_.resize(nodes.size());
  inner_.resize(nodes.size());
  for (const SyntaxNode& node : nodes) {
    if (node.form != Form::And && node.form != Form::Or) continue;
    for (std::uint32_t operand : syntax_.operands_of(node)) inner_[operand] = nodes[operand].form == node.form;
  }
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (inner_[i]) continue;
    if (nodes[i].form == Form::And || nodes[i].form == Form::Or) {
      INLAY_TRY(const NodeId id, bind_junction(i));
      bound_[i] = bound(id, nodes[i].range);
    } else {
      INLAY_TRY(bound_[i], bind(nodes[i]));
    }
    if (!bound_[i].node) continue;
    expressions_.locate(bound_[i].node, nodes[i].range.begin, nodes[i].range.end);
    INLAY_TRY_VOID(check_size(bound_[i].node, nodes[i].range));
  }
  const Bound& root = bound_.back();
  return root.node ? root.node : expressions_.add_constant(Value::null_of(Type::Boolean));
}

Result<void> Binder::check_size(NodeId id, Range range) {
  while (extents_.size() < expressions_.size()) {
    Extent extent;
    for (NodeId operand : expressions_.operands(NodeId(static_cast<std::uint32_t>(extents_.size()) + 1))) {
      const Extent& part = extents_[operand.value - 1];
      extent.depth = std::max(extent.depth, part.depth + 1);
      extent.size = std::min(extent.size + part.size, LargestTree + 1);
    }
    extents_.push_back(extent);
  }
  const Extent& extent = extents_[id.value - 1];
  if (extent.depth > DeepestTree)
    return fail(range, "this is nested more than " + std::to_string(DeepestTree) + " levels deep");
  if (extent.size > LargestTree)
    return fail(range, "this comes to more than " + std::to_string(LargestTree) + " operations");
  return {};
}

std::vector<Binder::Bound> Binder::operands_of(const SyntaxNode& syntax) const {
  std::vector<Bound> operands;
  operands.reserve(syntax.count);
  for (std::uint32_t operand : syntax_.operands_of(syntax)) operands.push_back(bound_[operand]);
  return operands;
}

Result<Binder::Bound> Binder::bind(const SyntaxNode& syntax) {
  auto result = [&](NodeId id) { return bound(add_negated(id, syntax.negated), syntax.range); };
  switch (syntax.form) {
    case Form::Null:
      return Bound{.range = syntax.range};
    case Form::Literal: {
      const Value& value = syntax_.values[syntax.index];
      return Bound{expressions_.add_constant(value), value.type == Type::Text, syntax.range};
    }
    case Form::Typed: {
      const Value& text = syntax_.values[syntax.index];
      if (std::optional<Value> value = converted(text, syntax.type))
        return bound(expressions_.add_constant(*std::move(value)), syntax.range);
      return fail(syntax.range, quoted(text.text) + " is not a " + std::string(to_string(syntax.type)));
    }
    case Form::Column:
      return bind_column(syntax);
    case Form::Call: {
      INLAY_TRY(const NodeId id, bind_call(syntax));
      return result(id);
    }
    case Form::Not: {
      INLAY_TRY(const NodeId id, condition(operands_of(syntax)[0]));
      return bound(expressions_.add_not(id), syntax.range);
    }
    case Form::IsNull: {
      const Bound operand = operands_of(syntax)[0];
      // NULL itself is asked: any type will do.
      INLAY_TRY(const NodeId id, as(operand, operand.node ? type_of(operand) : Type::Boolean));
      return result(expressions_.add_is_null(id));
    }
    case Form::IsTrue:
    case Form::IsFalse: {
      INLAY_TRY(NodeId id, condition(operands_of(syntax)[0]));
      id = add_negated(id, syntax.form == Form::IsFalse);
      if (!expressions_[id].nullable) return result(id);
      const NodeId yes = expressions_.add_constant(Value::of(true)), no = expressions_.add_constant(Value::of(false));
      return result(expressions_.add_case(std::vector{id, yes, no}));
    }
    case Form::Distinct: {
      INLAY_TRY(const NodeId id, bind_distinct(syntax));
      return bound(id, syntax.range);
    }
    case Form::Between: {
      INLAY_TRY(const NodeId id, bind_between(syntax));
      return result(id);
    }
    case Form::In: {
      INLAY_TRY(const NodeId id, bind_in(syntax));
      return result(id);
    }
    case Form::Case: {
      INLAY_TRY(const NodeId id, bind_case(syntax));
      return bound(id, syntax.range);
    }
    case Form::Cast: {
      INLAY_TRY(const NodeId id, bind_cast(syntax));
      return bound(id, syntax.range);
    }
    case Form::And:
    case Form::Or:
      break;  // bind() has seen to them
  }
  return fail(syntax.range, "this form has no meaning");
}

Result<Binder::Bound> Binder::bind_column(const SyntaxNode& syntax) {
  const std::string& name = syntax_.names[syntax.index];
  auto known = columns_.find(name);
  if (known != columns_.end()) return bound(expressions_.add_column(known->second), syntax.range);
  const Schema& schema = expressions_.schema();
  if (std::optional<ColumnId> id = schema.find(name)) {
    columns_.emplace(name, *id);
    return bound(expressions_.add_column(*id), syntax.range);
  }
  std::string message = std::string(NoColumn) + quoted(name);
  std::vector<std::string_view> spelt;
  for (const Column& column : schema.columns())
    if (lower_case(column.name) == lower_case(name)) spelt.push_back(column.name);
  if (spelt.size() > 1) {
    message = quoted(name) + " may be " + quoted(spelt[0]) + " or " + quoted(spelt[1]) + "; write it as it is spelt";
  } else if (name.empty()) {
    message += "; one whose name is empty is called by its number, as column2";
  } else if (std::optional<std::string> near = schema.suggestion(name)) {
    message += "; did you mean " + quoted(*near) + "?";
  } else if (syntax.quoted || is_compared(syntax)) {
    message += "; a text is written in single quotes";
  } else if (schema.size() > 0) {
    constexpr std::size_t Most = 12;
    message += "; there " + std::string(schema.size() == 1 ? "is " : "are ");
    for (std::size_t i = 0; i < std::min<std::size_t>(Most, schema.size()); ++i)
      message += (i == 0 ? "" : ", ") + schema.columns()[i].name;
    if (schema.size() > Most) message += " and " + std::to_string(schema.size() - Most) + " more";
  }
  return fail(syntax.range, std::move(message));
}

/// Whether it stands beside another value, as a text does whose quotes were forgotten (or taken by a shell).
bool Binder::is_compared(const SyntaxNode& syntax) const {
  const auto number = static_cast<std::uint32_t>(&syntax - syntax_.nodes.data());
  for (const SyntaxNode& user : syntax_.nodes) {
    std::span<const std::uint32_t> operands = syntax_.operands_of(user);
    if (operands.size() < 2 || std::ranges::find(operands.subspan(1), number) == operands.end()) continue;
    return user.form == Form::In || user.form == Form::Between || user.form == Form::Call;
  }
  return false;
}

/// And of Ands (Or of Ors) is one, however they are nested: collects the operands that are none.
Result<NodeId> Binder::bind_junction(std::uint32_t number) {
  const Form form = syntax_.nodes[number].form;
  std::vector<NodeId> operands;
  std::vector<std::uint32_t> left{number};
  while (!left.empty()) {
    const std::uint32_t next = left.back();
    left.pop_back();
    if (next == number || inner_[next]) {
      std::span<const std::uint32_t> inner = syntax_.operands_of(syntax_.nodes[next]);
      left.insert(left.end(), inner.rbegin(), inner.rend());
    } else {
      INLAY_TRY(const NodeId id, condition(bound_[next]));
      operands.push_back(id);
    }
  }
  return form == Form::And ? expressions_.add_and(operands) : expressions_.add_or(operands);
}

Result<NodeId> Binder::bind_between(const SyntaxNode& syntax) {
  const std::vector<Bound> operands = operands_of(syntax);
  INLAY_TRY(const NodeId low, call(">=", std::vector{operands[0], operands[1]}, syntax.mark));
  INLAY_TRY(const NodeId high, call("<=", std::vector{operands[0], operands[2]}, syntax.mark));
  return expressions_.add_and(std::vector{low, high});
}

/// The list's constants are searched at once; what else there is is compared one by one: x = a OR x IN (1, 2).
Result<NodeId> Binder::bind_in(const SyntaxNode& syntax) {
  const std::vector<Bound> operands = operands_of(syntax);
  INLAY_TRY(const Type type, common_type(operands, "the values of this list"));
  std::vector<NodeId> constants, tests;
  INLAY_TRY(const NodeId left, as(operands[0], type));
  for (std::size_t i = 1; i < operands.size(); ++i) {
    INLAY_TRY(const NodeId id, as(operands[i], type));
    if (expressions_[id].kind == NodeKind::Constant) {
      constants.push_back(id);
      continue;
    }
    INLAY_TRY(const NodeId test,
              call("=", std::vector{bound(left, operands[0].range), bound(id, operands[i].range)}, syntax.mark));
    tests.push_back(test);
  }
  if (!constants.empty()) tests.insert(tests.begin(), expressions_.add_in(left, constants));
  return expressions_.add_or(tests);
}

/// NULL is a value like others here. Nothing of it is ever NULL.
Result<NodeId> Binder::bind_distinct(const SyntaxNode& syntax) {
  const std::vector<Bound> operands = operands_of(syntax);
  INLAY_TRY(const Type type, common_type(operands, "these operands"));
  INLAY_TRY(const NodeId a, as(operands[0], type));
  INLAY_TRY(const NodeId b, as(operands[1], type));
  if (!operands[0].node || !operands[1].node)
    return add_negated(expressions_.add_is_null(operands[0].node ? a : b), !syntax.negated);
  const std::array<Bound, 2> pair = {bound(a, operands[0].range), bound(b, operands[1].range)};
  const bool a_nullable = expressions_[a].nullable, b_nullable = expressions_[b].nullable;
  if (a_nullable && b_nullable)
    return call(syntax.negated ? "is not distinct from" : "is distinct from", pair, syntax.mark);
  if (!a_nullable && !b_nullable) return call(syntax.negated ? "=" : "<>", pair, syntax.mark);
  INLAY_TRY(const NodeId equal, call("=", pair, syntax.mark));
  const NodeId yes = expressions_.add_constant(Value::of(true)), no = expressions_.add_constant(Value::of(false));
  return add_negated(expressions_.add_case(std::vector{equal, yes, no}), !syntax.negated);
}

Result<NodeId> Binder::bind_case(const SyntaxNode& syntax) {
  const std::vector<Bound> operands = operands_of(syntax);
  const std::size_t first = syntax.subject ? 1 : 0;
  const std::size_t last = operands.size() - (syntax.otherwise ? 1 : 0);  // of the whens
  std::vector<Bound> values;
  for (std::size_t i = first; i < last; i += 2) values.push_back(operands[i + 1]);
  if (syntax.otherwise) values.push_back(operands.back());
  INLAY_TRY(const Type type, common_type(values, "the values of this CASE"));

  std::vector<NodeId> nodes;
  for (std::size_t i = first; i < last; i += 2) {
    if (syntax.subject) {
      INLAY_TRY(const NodeId id, call("=", std::vector{operands[0], operands[i]}, operands[i].range));
      nodes.push_back(id);
    } else {
      INLAY_TRY(const NodeId id, condition(operands[i]));
      nodes.push_back(id);
    }
    INLAY_TRY(const NodeId id, as(operands[i + 1], type));
    nodes.push_back(id);
  }
  INLAY_TRY(const NodeId otherwise, as(syntax.otherwise ? operands.back() : Bound{}, type));
  nodes.push_back(otherwise);
  return expressions_.add_case(nodes);
}

Result<NodeId> Binder::bind_cast(const SyntaxNode& syntax) {
  const Bound operand = operands_of(syntax)[0];
  if (!operand.node || type_of(operand) == syntax.type) return as(operand, syntax.type);
  const Type from = type_of(operand);
  const std::string name(to_string(syntax.type));
  if (std::optional<FunctionId> id = find_exact("cast_" + name, {&from, 1}))
    return expressions_.add_call(*id, {&operand.node, 1});
  return fail(syntax.mark, "there is no conversion from " + std::string(to_string(from)) + " to " + name);
}

Result<NodeId> Binder::condition(const Bound& operand) {
  if (!operand.node) return expressions_.add_constant(Value::null_of(Type::Boolean));
  if (type_of(operand) == Type::Boolean) return operand.node;
  return fail(operand.range,
              "a condition should stand here, and this is " + type_text(operand) + "; compare it with something");
}

}  // namespace inlay::filter
