// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an expression means, written down as plainly as it can be said: a recursive evaluator, for tests to compare
// with.
#pragma once

#include <map>

#include "inlay/filter/batch.h"
#include "inlay/filter/expression.h"
#include "interpret/interpret.h"
#include "plan/rewrite.h"

namespace inlay::filter::testing {

/// One row at a time. After a fault (scope.fault) what it answers means nothing.
class Naive {
 public:
  Naive(const Expressions& expressions, const Batch& batch, Scope& scope)
      : e_(expressions), batch_(batch), scope_(scope) {}

  Slot value(NodeId id, std::int64_t row) {
    const Node& node = e_[id];
    const auto operands = e_.operands(id);
    switch (node.kind) {
      case NodeKind::Constant:
        return constant(e_.constant(id));
      case NodeKind::Column: {
        Slot slot;
        load_column(e_.schema(), e_.registry(), node.column, batch_.columns[node.column.value - 1], row, scope_, slot);
        return slot;
      }
      case NodeKind::Call:
        return call(id, row);
      case NodeKind::And:
      case NodeKind::Or: {
        const bool decides = node.kind == NodeKind::Or;
        bool null = false;
        for (NodeId operand : operands) {
          const Slot slot = value(operand, row);
          if (faulty()) return {};
          if (!slot.null && (slot.bits != 0) == decides) return boolean(decides);
          null |= slot.null;
        }
        return null ? null_slot() : boolean(!decides);
      }
      case NodeKind::Not: {
        const Slot slot = value(operands[0], row);
        return slot.null ? null_slot() : boolean(slot.bits == 0);
      }
      case NodeKind::IsNull:
        return boolean(value(operands[0], row).null);
      case NodeKind::In: {
        const Slot of = value(operands[0], row);
        return faulty() ? Slot() : in(id, of);
      }
      case NodeKind::Case:
        for (std::size_t i = 0; i + 1 < operands.size(); i += 2) {
          const bool chosen = holds(operands[i], row);
          if (faulty()) return {};
          if (chosen) return value(operands[i + 1], row);
        }
        return value(operands.back(), row);
    }
    return {};
  }

  /// As a condition.
  bool holds(NodeId id, std::int64_t row) {
    switch (e_[id].kind) {
      case NodeKind::And:
        return all(id, row, &Naive::holds);
      case NodeKind::Or:
        return any(id, row, &Naive::holds);
      case NodeKind::Not:
        return fails(e_.operands(id)[0], row);
      default: {
        const Slot slot = value(id, row);
        return !slot.null && slot.bits != 0;
      }
    }
  }

 private:
  bool fails(NodeId id, std::int64_t row) {
    switch (e_[id].kind) {
      case NodeKind::And:
        return any(id, row, &Naive::fails);
      case NodeKind::Or:
        return all(id, row, &Naive::fails);
      case NodeKind::Not:
        return holds(e_.operands(id)[0], row);
      default: {
        const Slot slot = value(id, row);
        return !slot.null && slot.bits == 0;
      }
    }
  }

  bool all(NodeId id, std::int64_t row, bool (Naive::*test)(NodeId, std::int64_t)) {
    for (NodeId operand : e_.operands(id))
      if (!(this->*test)(operand, row) || faulty()) return false;
    return true;
  }

  bool any(NodeId id, std::int64_t row, bool (Naive::*test)(NodeId, std::int64_t)) {
    for (NodeId operand : e_.operands(id)) {
      const bool found = (this->*test)(operand, row);
      if (faulty()) return false;
      if (found) return true;
    }
    return false;
  }

  Slot call(NodeId id, std::int64_t row) {
    const Function& function = e_.registry()[e_[id].function];
    const auto operands = e_.operands(id);
    std::vector<Slot> slots;
    slots.reserve(operands.size());
    bool null = false;
    const void* object = nullptr;
    for (std::size_t i = 0; i != operands.size(); ++i) {
      if (function.traits.prepare && function.traits.prepared == static_cast<int>(i)) {
        if (e_.constant(operands[i]).null) {
          null = true;
        } else {
          auto& known = objects_[operands[i].value * 1000 + e_[id].function.value];
          if (!known) known = function.traits.prepare(e_.constant(operands[i])).value();
          object = known.get();
        }
        continue;
      }
      slots.push_back(value(operands[i], row));
      if (faulty()) return {};
      null |= slots.back().null;
    }
    if (null && function.traits.nulls == Nulls::Strict) return null_slot();
    std::vector<const Slot*> arguments;
    for (const Slot& slot : slots) arguments.push_back(&slot);
    Slot result;
    function.call(scope_, arguments.data(), object, result);
    return result;
  }

  Slot in(NodeId id, const Slot& of) {
    if (of.null) return null_slot();
    Value value = Value::null_of(e_[e_.operands(id)[0]].type);
    value.null = false;
    if (value.type == Type::Text) {
      value.text = std::string(std::string_view(of.text));
    } else if (value.type == Type::Real) {
      value.real = of.real;
    } else {
      value.bits = of.bits;
    }
    bool null = false;
    for (NodeId item : e_.operands(id).subspan(1)) {
      if (e_.constant(item).null) {
        null = true;
      } else if (compare_values(value, e_.constant(item)) == 0) {
        return boolean(true);
      }
    }
    return null ? null_slot() : boolean(false);
  }

  bool faulty() const { return scope_.fault != Fault::None; }

  static Slot boolean(bool value) {
    Slot slot;
    slot.bits = value;
    return slot;
  }
  static Slot null_slot() {
    Slot slot;
    slot.text = Text();
    slot.null = true;
    return slot;
  }
  static Slot constant(const Value& value) {
    Slot slot;
    slot.null = value.null;
    if (value.null) return null_slot();
    if (value.type == Type::Text) {
      slot.text = Text(value.text);
    } else if (value.type == Type::Real) {
      slot.real = value.real;
    } else {
      slot.bits = value.bits;
    }
    return slot;
  }

  const Expressions& e_;
  const Batch& batch_;
  Scope& scope_;
  std::map<std::uint64_t, std::shared_ptr<const void>> objects_;
};

}  // namespace inlay::filter::testing
