// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/expression.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "runtime/stored.h"

namespace inlay::filter {

namespace {

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

std::uint64_t hash_of(const Value& value) {
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(value.type), value.null);
  if (value.null) return hash;
  if (value.type == Type::Text) return mixed(hash, std::hash<std::string>()(value.text));
  if (value.type == Type::Real) return mixed(hash, std::bit_cast<std::uint64_t>(value.real));
  return mixed(hash, static_cast<std::uint64_t>(value.bits));
}

std::uint64_t hash_of(const Node& node, std::span<const NodeId> operands) {
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(node.kind), node.column.value);
  hash = mixed(hash, node.function.value);
  for (NodeId operand : operands) hash = mixed(hash, operand.value);
  return hash;
}

/// Whether reading a value of this column may find one that cannot be read.
bool load_raises(const Column& column, const Registry& registry) {
  if (column.storage != Storage::Accessor) return stored_value_raises(column);
  return std::any_of(registry.functions().begin(), registry.functions().end(), [&](const Function& function) {
    return function.name == column.accessor && function.traits.raises;
  });
}

}  // namespace

/// The node with these contents: `node` has its kind, column or function; of a Constant, the newest constant is its
/// value, and goes again if it was known.
NodeId Expressions::intern(Node node, std::span<const NodeId> operands) {
  const bool constant = node.kind == NodeKind::Constant;
  auto hash_at = [&](std::uint32_t number) {
    const Node& known = nodes_[number - 1];
    return known.kind == NodeKind::Constant ? hash_of(constants_[known.constant])
                                            : hash_of(known, this->operands(NodeId(number)));
  };
  if (4 * (nodes_.size() + 1) > 3 * table_.size()) {
    table_.assign(std::max<std::size_t>(64, 2 * table_.size()), 0);
    for (std::uint32_t number = 1; number <= nodes_.size(); ++number) {
      std::size_t at = hash_at(number) & (table_.size() - 1);
      while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
      table_[at] = number;
    }
  }
  std::size_t at = (constant ? hash_of(constants_.back()) : hash_of(node, operands)) & (table_.size() - 1);
  for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    const Node& known = nodes_[table_[at] - 1];
    if (known.kind != node.kind) continue;
    if (constant) {
      if (!(constants_[known.constant] == constants_.back())) continue;
      constants_.pop_back();
    } else if (known.column != node.column || known.function != node.function ||
               !std::ranges::equal(this->operands(NodeId(table_[at])), operands)) {
      continue;
    }
    return NodeId(table_[at]);
  }
  node.first = static_cast<std::uint32_t>(operands_.size());
  node.count = static_cast<std::uint32_t>(operands.size());
  operands_.insert(operands_.end(), operands.begin(), operands.end());
  nodes_.push_back(node);
  table_[at] = size();
  return NodeId(size());
}

NodeId Expressions::add_constant(Value value) {
  if (!value.null && value.type == Type::Real && std::isnan(value.real)) {
    value.real = std::numeric_limits<double>::quiet_NaN();  // there is one NaN in the language
  }
  Node node{.kind = NodeKind::Constant, .type = value.type, .nullable = value.null};
  node.constant = static_cast<std::uint32_t>(constants_.size());
  constants_.push_back(std::move(value));
  return intern(node, {});
}

NodeId Expressions::add_column(ColumnId id) {
  const Column& column = schema()[id];
  Node node{.kind = NodeKind::Column, .type = column.type};
  // An index beyond a dictionary is NULL.
  node.nullable = column.validity != Validity::All || column.dictionary;
  node.raises = load_raises(column, registry());
  node.column = id;
  return intern(node, {});
}

NodeId Expressions::add_call(FunctionId id, std::span<const NodeId> given) {
  const Function& function = registry()[id];
  const std::vector<NodeId> operands(given.begin(), given.end());  // a span of our own would not last
  assert(operands.size() == function.parameters.size());
  Node node{.kind = NodeKind::Call, .type = function.result};
  node.nullable = function.traits.nulls == Nulls::Handled;
  node.raises = function.traits.raises;
  node.function = id;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Node& operand = (*this)[operands[i]];
    assert(operand.type == function.parameters[i]);
    node.nullable |= operand.nullable;
    node.raises |= operand.raises;
  }
  return intern(node, operands);
}

NodeId Expressions::add_joined(NodeKind kind, std::span<const NodeId> given) {
  std::vector<NodeId> operands;
  Node node{.kind = kind, .type = Type::Boolean};
  for (NodeId id : given) {
    const Node& operand = (*this)[id];
    assert(operand.type == Type::Boolean);
    node.nullable |= operand.nullable;
    node.raises |= operand.raises;
    if (operand.kind == kind) {
      std::span<const NodeId> inner = this->operands(id);
      operands.insert(operands.end(), inner.begin(), inner.end());
    } else {
      operands.push_back(id);
    }
  }
  if (operands.empty()) return add_constant(Value::of(kind == NodeKind::And));
  if (operands.size() == 1) return operands[0];
  return intern(node, operands);
}

NodeId Expressions::add_and(std::span<const NodeId> operands) { return add_joined(NodeKind::And, operands); }
NodeId Expressions::add_or(std::span<const NodeId> operands) { return add_joined(NodeKind::Or, operands); }

NodeId Expressions::add_not(NodeId id) {
  const Node& operand = (*this)[id];
  assert(operand.type == Type::Boolean);
  return intern({.kind = NodeKind::Not, .type = Type::Boolean, .nullable = operand.nullable, .raises = operand.raises},
                {&id, 1});
}

NodeId Expressions::add_is_null(NodeId id) {
  return intern({.kind = NodeKind::IsNull, .type = Type::Boolean, .raises = (*this)[id].raises}, {&id, 1});
}

NodeId Expressions::add_in(NodeId id, std::span<const NodeId> constants) {
  std::vector<NodeId> operands{id};
  operands.insert(operands.end(), constants.begin(), constants.end());
  Node node{.kind = NodeKind::In, .type = Type::Boolean, .raises = (*this)[id].raises};
  for (NodeId operand : operands) {
    assert((*this)[operand].type == (*this)[id].type);
    assert(operand == id || (*this)[operand].kind == NodeKind::Constant);
    node.nullable |= (*this)[operand].nullable;
  }
  return intern(node, operands);
}

NodeId Expressions::add_case(std::span<const NodeId> given) {
  assert(given.size() % 2 == 1);
  if (given.size() == 1) return given[0];
  const std::vector<NodeId> operands(given.begin(), given.end());
  Node node{.kind = NodeKind::Case, .type = (*this)[operands.back()].type};
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Node& operand = (*this)[operands[i]];
    const bool condition = i % 2 == 0 && i + 1 < operands.size();
    assert(operand.type == (condition ? Type::Boolean : node.type));
    node.raises |= operand.raises;
    if (!condition) node.nullable |= operand.nullable;
  }
  return intern(node, operands);
}

void Expressions::locate(NodeId id, std::uint32_t begin, std::uint32_t end) {
  Node& node = nodes_[id.value - 1];
  if (node.begin != node.end) return;
  node.begin = begin;
  node.end = end;
}

}  // namespace inlay::filter
