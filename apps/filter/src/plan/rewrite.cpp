// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plan/rewrite.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plan/merge.h"

namespace inlay::filter {

int compare_values(const Value& a, const Value& b) {
  if (a.type == Type::Text) return a.text.compare(b.text);
  if (a.type != Type::Real) return a.bits < b.bits ? -1 : a.bits > b.bits;
  const bool a_is_nan = std::isnan(a.real), b_is_nan = std::isnan(b.real);
  if (a_is_nan || b_is_nan) return a_is_nan - b_is_nan;
  return a.real < b.real ? -1 : a.real > b.real;
}

bool is_constant(const Expressions& expressions, NodeId node) { return expressions[node].kind == NodeKind::Constant; }

bool is_known_true(const Expressions& expressions, NodeId node) {
  return is_constant(expressions, node) && !expressions.constant(node).null && expressions.constant(node).bits != 0;
}

bool is_known_not_true(const Expressions& expressions, NodeId node) {
  return is_constant(expressions, node) && (expressions.constant(node).null || expressions.constant(node).bits == 0);
}

FunctionId function_named(const Registry& registry, std::string_view name, std::span<const Type> types) {
  for (FunctionId id : registry.find(name, types)) {
    if (std::ranges::equal(registry[id].parameters, types)) return id;
  }
  return {};
}

namespace {

Slot slot_of(const Value& value) {
  Slot slot;
  slot.null = value.null;
  if (value.null || value.type == Type::Text) {
    slot.text = value.null ? Text() : Text(value.text);  // who handles NULL may look at it
  } else if (value.type == Type::Real) {
    slot.real = value.real;
  } else {
    slot.bits = value.bits;
  }
  return slot;
}

Value value_of(Type type, const Slot& slot) {
  Value value = Value::null_of(type);
  value.null = slot.null;
  if (slot.null) return value;
  if (type == Type::Text) {
    value.text = std::string(std::string_view(slot.text));
  } else if (type == Type::Real) {
    value.real = slot.real;
  } else {
    value.bits = slot.bits;
  }
  return value;
}

bool is_false(const Expressions& expressions, NodeId node) {
  return is_known_not_true(expressions, node) && !expressions.constant(node).null;
}

/// Comparisons are of total orders, so that the negation of one is another. NULL stays NULL.
std::string_view opposite(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> Pairs{
      {{"=", "<>"}, {"<>", "="}, {"<", ">="}, {">=", "<"}, {">", "<="}, {"<=", ">"}}};
  for (const auto& [one, other] : Pairs)
    if (one == name) return other;
  return {};
}

class Simplifier {
 public:
  Simplifier(Expressions& expressions, NodeId root, bool merge)
      : e_(expressions), merge_(merge), made_((root.value + 1) * 3) {}

  NodeId run(NodeId root, Context context) {
    std::vector<std::uint8_t> wanted(root.value + 1);
    auto want = [&](NodeId node, Context how) { wanted[node.value] |= 1u << static_cast<unsigned>(how); };
    want(root, context);
    // Operands have smaller numbers than what uses them.
    for (std::uint32_t number = root.value; number != 0; --number) {
      for (Context how : {Context::Value, Context::Holds, Context::Fails}) {
        if (!(wanted[number] >> static_cast<unsigned>(how) & 1)) continue;
        const NodeId id(number);
        const auto operands = e_.operands(id);
        for (std::size_t i = 0; i != operands.size(); ++i) want(operands[i], context_of(id, i, how));
      }
    }
    for (std::uint32_t number = 1; number <= root.value; ++number) {
      for (Context how : {Context::Value, Context::Holds, Context::Fails}) {
        if (wanted[number] >> static_cast<unsigned>(how) & 1) make(NodeId(number), how);
      }
    }
    return made(root, context);
  }

 private:
  NodeId& made(NodeId node, Context how) { return made_[node.value * 3 + static_cast<unsigned>(how)]; }

  Context context_of(NodeId id, std::size_t operand, Context how) const {
    switch (e_[id].kind) {
      case NodeKind::And:
      case NodeKind::Or:
        return how;
      case NodeKind::Not:
        if (how == Context::Value) return how;
        return how == Context::Holds ? Context::Fails : Context::Holds;
      case NodeKind::Case:
        return operand % 2 == 0 && operand + 1 != e_[id].count ? Context::Holds : Context::Value;
      default:
        return Context::Value;
    }
  }

  void make(NodeId id, Context how) {
    const Node node = e_[id];
    NodeId result;
    switch (node.kind) {
      case NodeKind::And:
      case NodeKind::Or:
        result = connective(id, node.kind, how);
        break;
      case NodeKind::Not:
        result = how == Context::Value ? negation(operand(id, 0, how)) : operand(id, 0, how);
        break;
      default: {
        result = leaf(id, node);
        if (how == Context::Fails) result = negation(result);
        if (how != Context::Value) result = as_test(result);
      }
    }
    e_.locate(result, node.begin, node.end);
    made(id, how) = result;
  }

  /// What a CASE that is one test came to, may be an AND: as a value it goes on after NULL, and may raise there, where
  /// as a condition it would stop. So it stays a CASE.
  NodeId as_test(NodeId node) {
    const bool is_connective = e_[node].kind == NodeKind::And || e_[node].kind == NodeKind::Or;
    if (!is_connective || !e_[node].raises) return node;
    return e_.add_case(std::array{constant(true), node, node});
  }

  NodeId operand(NodeId id, std::size_t i, Context how) { return made(e_.operands(id)[i], context_of(id, i, how)); }

  std::vector<NodeId> operands_of(NodeId id, Context how) {
    std::vector<NodeId> result;
    const std::size_t count = e_.operands(id).size();
    for (std::size_t i = 0; i != count; ++i) result.push_back(operand(id, i, how));
    return result;
  }

  NodeId constant(bool value) { return e_.add_constant(Value::of(value)); }

  NodeId negation(NodeId node) {
    if (is_constant(e_, node)) {
      const Value& value = e_.constant(node);
      return value.null ? node : constant(value.bits == 0);
    }
    if (e_[node].kind == NodeKind::Not) return e_.operands(node)[0];
    if (e_[node].kind == NodeKind::Call) {
      const Function& function = e_.registry()[e_[node].function];
      const std::string_view other = opposite(function.name);
      if (!other.empty()) {
        const FunctionId id = function_named(e_.registry(), other, function.parameters);
        const auto span = e_.operands(node);
        const std::vector<NodeId> operands(span.begin(), span.end());
        if (id && e_.registry()[id].traits.nulls == Nulls::Strict) return e_.add_call(id, operands);
      }
    }
    return e_.add_not(node);
  }

  NodeId connective(NodeId id, NodeKind kind, Context how) {
    if (how == Context::Fails) kind = kind == NodeKind::And ? NodeKind::Or : NodeKind::And;
    const bool is_and = kind == NodeKind::And;
    const bool is_condition = how != Context::Value;
    std::vector<NodeId> all;
    for (NodeId node : operands_of(id, how)) {
      // What became the same kind meanwhile comes apart: its operands may be known, or here already.
      if (e_[node].kind == kind) {
        const auto inner = e_.operands(node);
        all.insert(all.end(), inner.begin(), inner.end());
      } else {
        all.push_back(node);
      }
    }
    if (merge_ && is_condition) all = merge_tests(e_, kind, std::move(all));
    std::vector<NodeId> kept;
    std::unordered_set<std::uint32_t> seen;
    bool ends = false;  // at an operand that decides
    for (NodeId node : all) {
      const bool neutral =
          is_and ? is_known_true(e_, node) : (is_condition ? is_known_not_true(e_, node) : is_false(e_, node));
      if (neutral || !seen.insert(node.value).second) continue;
      ends = is_and ? (is_condition ? is_known_not_true(e_, node) : is_false(e_, node)) : is_known_true(e_, node);
      kept.push_back(node);
      if (ends) break;
    }
    if (ends) {
      // What comes before it decides nothing either, but may raise.
      std::size_t count = kept.size() - 1;
      while (count != 0 && !e_[kept[count - 1]].raises) --count;
      if (count == 0) return constant(!is_and);
      kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(count), kept.end() - 1);
      if (is_condition) kept.back() = constant(!is_and);
    }
    if (kept.empty()) return constant(is_and);
    if (kept.size() == 1) return kept[0];
    return is_and ? e_.add_and(kept) : e_.add_or(kept);
  }

  NodeId leaf(NodeId id, const Node& node) {
    switch (node.kind) {
      case NodeKind::Call:
        return call(node, operands_of(id, Context::Value));
      case NodeKind::IsNull: {
        const NodeId of = operand(id, 0, Context::Value);
        if (is_constant(e_, of)) return constant(e_.constant(of).null);
        if (!e_[of].nullable && !e_[of].raises) return constant(false);
        return e_.add_is_null(of);
      }
      case NodeKind::In:
        return in(operands_of(id, Context::Value));
      case NodeKind::Case:
        return choice(id);
      default:
        return id;
    }
  }

  NodeId call(const Node& node, const std::vector<NodeId>& operands) {
    const Function& function = e_.registry()[node.function];
    std::vector<const Value*> values;
    bool has_null = false, raises = false;
    for (NodeId operand : operands) {
      raises |= e_[operand].raises;
      if (!is_constant(e_, operand)) continue;
      values.push_back(&e_.constant(operand));
      has_null |= values.back()->null;
    }
    if (has_null && !raises && function.traits.nulls == Nulls::Strict) {
      return e_.add_constant(Value::null_of(function.result));
    }
    if (values.size() == operands.size()) {
      if (auto value = fold_call(function, values)) return e_.add_constant(*std::move(value));
    }
    if (merge_ && function.name == "like" && operands.size() == 2 && is_constant(e_, operands[1])) {
      if (const NodeId simpler = simpler_like(e_, operands[0], std::string(e_.constant(operands[1]).text)))
        return simpler;
    }
    return e_.add_call(node.function, operands);
  }

  NodeId in(const std::vector<NodeId>& operands) {
    const NodeId of = operands[0];
    const std::span<const NodeId> list(operands.data() + 1, operands.size() - 1);
    if (!e_[of].raises) {
      const bool all_null = std::ranges::all_of(list, [&](NodeId item) { return e_.constant(item).null; });
      if (all_null || (is_constant(e_, of) && e_.constant(of).null)) {
        return e_.add_constant(Value::null_of(Type::Boolean));
      }
    }
    if (is_constant(e_, of)) return known_in(of, list);
    return e_.add_in(of, list);
  }

  NodeId known_in(NodeId of, std::span<const NodeId> list) {
    const Value value = e_.constant(of);
    bool null = false;
    for (NodeId item : list) {
      if (e_.constant(item).null) {
        null = true;
      } else if (compare_values(value, e_.constant(item)) == 0) {
        return constant(true);
      }
    }
    return null ? e_.add_constant(Value::null_of(Type::Boolean)) : constant(false);
  }

  NodeId choice(NodeId id) {
    const std::size_t count = e_.operands(id).size();
    std::vector<NodeId> kept;
    for (std::size_t i = 0; i + 1 < count; i += 2) {
      const NodeId condition = made(e_.operands(id)[i], Context::Holds);
      if (is_known_not_true(e_, condition)) continue;
      const NodeId value = made(e_.operands(id)[i + 1], Context::Value);
      if (is_known_true(e_, condition)) {
        kept.push_back(value);
        return kept.size() == 1 ? value : e_.add_case(kept);
      }
      kept.push_back(condition);
      kept.push_back(value);
    }
    const NodeId last = made(e_.operands(id)[count - 1], Context::Value);
    kept.push_back(last);
    return kept.size() == 1 ? last : e_.add_case(kept);
  }

  Expressions& e_;
  bool merge_;
  std::vector<NodeId> made_;  // by node and context
};

}  // namespace

std::optional<Value> fold_call(const Function& function, std::span<const Value* const> operands) {
  if (!function.call || !function.refusal.empty()) return std::nullopt;
  std::shared_ptr<const void> object;
  std::vector<Slot> slots;
  slots.reserve(operands.size());
  for (std::size_t i = 0; i != operands.size(); ++i) {
    if (operands[i]->null && function.traits.nulls == Nulls::Strict) return Value::null_of(function.result);
    if (function.traits.prepare && static_cast<int>(i) == function.traits.prepared) {
      auto prepared = function.traits.prepare(*operands[i]);
      if (!prepared) return std::nullopt;
      object = *std::move(prepared);
    } else {
      slots.push_back(slot_of(*operands[i]));
    }
  }
  std::vector<const Slot*> arguments;
  for (const Slot& slot : slots) arguments.push_back(&slot);
  // Longer texts than these stay calls.
  const auto memory = std::make_unique<char[]>(1 << 14);
  Scope scope;
  scope.memory = memory.get();
  scope.memory_end = memory.get() + (1 << 14);
  Slot result;
  function.call(scope, arguments.data(), object.get(), result);
  if (scope.fault != Fault::None) return std::nullopt;
  return value_of(function.result, result);
}

NodeId simplify(Expressions& expressions, NodeId root, Context context, bool merge) {
  return Simplifier(expressions, root, merge).run(root, context);
}

}  // namespace inlay::filter
