// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls of functions, lists, and what was found out for dictionaries.
#include <algorithm>

#include "compile/emit.h"
#include "compile/row.h"

namespace inlay::filter {

using ir::BlockId;
using ir::Bool;
using ir::F64;
using ir::I32;
using ir::I64;
using ir::Ptr;
using ir::TypeId;

namespace {

/// Nanoseconds up to which computing a value that may not be needed costs less than a branch that is guessed wrong now
/// and then.
constexpr double CheapCost = 2;

/// Whether the function may be called with anything. What is the user's own is called only as was promised to him.
bool may_be_called_for_nothing(const Function& function) {
  if (function.traits.raises || function.traits.allocates || function.traits.cost > CheapCost) return false;
  if (!function.symbol.starts_with("inlay_filter_") || function.result == Type::Text) return false;
  return std::find(function.parameters.begin(), function.parameters.end(), Type::Text) == function.parameters.end();
}

}  // namespace

template <class Make>
ir::Value RowEmitter::unless(ir::Value skip, Type type, Make make) {
  if (!skip) return make();
  const BlockId wanted = b_.block(), after = b_.block({this->type(type)});
  const ir::Operand zero[] = {m_.zero(this->type(type))};
  b_.branch(skip, {after, zero}, wanted);
  b_.start(wanted);
  b_.jump(after, {make()});
  b_.start(after);
  return b_.parameter(after, 0);
}

Held RowEmitter::call(const Instruction& inst) {
  const Function& function = (*program_.registry)[FunctionId(inst.a)];
  if (function.traits.nulls == Nulls::Handled) return call_handled(function, inst);
  const bool scoped = function.traits.raises || function.traits.allocates;
  std::vector<TypeId> types;
  std::vector<ir::Operand> arguments;
  if (scoped) {
    types.push_back(Ptr);
    arguments.emplace_back(scope_);
  }
  ir::Value null;
  unsigned next = 0;
  const bool prepared = inst.op == Op::Prepared;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    if (prepared && static_cast<int>(i) == function.traits.prepared) {
      types.push_back(Ptr);
      arguments.emplace_back(object(inst.b));
      continue;
    }
    const Held held = get(inst.operands[next++]);
    types.push_back(type(function.parameters[i]));
    arguments.emplace_back(held.value);
    null = any(null, held.null);
  }
  const ir::FunctionId callee =
      m_.function(function.symbol, m_.signature(types, type(function.result)), ir::FunctionExtern);
  const auto make = [&] {
    const ir::Value value = b_.call(callee, arguments);
    if (scoped) leave_if_raised();
    return value;
  };
  if (!null || may_be_called_for_nothing(function)) return {make(), null};
  return {unless(null, function.result, make), null};
}

/// Each argument with a flag behind it, and at the end where the result's flag goes.
Held RowEmitter::call_handled(const Function& function, const Instruction& inst) {
  const bool scoped = function.traits.raises || function.traits.allocates;
  std::vector<TypeId> types;
  std::vector<ir::Operand> arguments;
  if (scoped) {
    types.push_back(Ptr);
    arguments.emplace_back(scope_);
  }
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const Held held = get(inst.operands[i]);
    types.push_back(type(function.parameters[i]));
    types.push_back(Bool);
    arguments.emplace_back(or_zero(held, function.parameters[i]));
    arguments.emplace_back(held.null ? held.null : m_.boolean(false));
  }
  types.push_back(Ptr);
  arguments.emplace_back(null_result_);
  b_.store(Bool, m_.boolean(false), null_result_);
  const ir::FunctionId callee =
      m_.function(function.symbol, m_.signature(types, type(function.result)), ir::FunctionExtern);
  const ir::Value value = b_.call(callee, arguments);
  if (scoped) leave_if_raised();
  return {value, inst.nullable ? b_.load(Bool, null_result_) : ir::Value()};
}

Held RowEmitter::in_set(const Instruction& inst) {
  const Set& set = program_.sets[inst.b];
  const Held held = get(inst.operands[0]);
  const bool branches = held.null && (set.type == Type::Text || set.table);
  const auto make = [&] { return is_in(set, inst.b, held.value); };
  const ir::Value found = branches ? unless(held.null, Type::Boolean, make) : make();
  // What is not found may equal a NULL of the list.
  return {found, set.has_null ? any(held.null, negated(found)) : held.null};
}

ir::Value RowEmitter::is_in(const Set& set, std::size_t number, ir::Value value) {
  const TypeId operand = type(set.type);
  if (set.table) {
    const std::string_view symbol = set.type == Type::Text   ? "inlay_filter_in_texts"
                                    : set.type == Type::Real ? "inlay_filter_in_reals"
                                                             : "inlay_filter_in_integers";
    if (set.type == Type::Boolean && !value.is_number()) value = b_.convert(ir::Op::Zext, I64, value);
    return call_runtime(symbol, {Ptr, set.type == Type::Boolean ? I64 : operand}, Bool,
                        {object(object_of_set(program_, number)), value});
  }
  ir::Value found;
  for (const Value& candidate : set.values) {
    const ir::Value wanted = constant(candidate).value;
    if (set.type == Type::Text) {
      // One after the other: most are decided by their lengths.
      const ir::Value before = found;
      const auto compare = [&] {
        return call_runtime("inlay_filter_equal_text", {text_, text_}, Bool, {value, wanted});
      };
      if (!before) {
        found = compare();
        continue;
      }
      const BlockId next = b_.block(), after = b_.block({Bool});
      const ir::Operand yes[] = {m_.boolean(true)};
      b_.branch(before, {after, yes}, next);
      b_.start(next);
      b_.jump(after, {compare()});
      b_.start(after);
      found = b_.parameter(after, 0);
    } else if (set.type == Type::Real && candidate.real != candidate.real) {
      found = any(found, b_.binary(ir::Op::Ne, F64, value, value));
    } else {
      found = any(found, b_.binary(ir::Op::Eq, operand, value, wanted));
    }
  }
  return found ? found : m_.boolean(false);
}

Held RowEmitter::lookup(const Instruction& inst) {
  const Column& column = (*program_.schema)[ColumnId(inst.a)];
  const Base& base = bases_[inst.a];
  const ir::Value invalid = row_invalid(column, base);
  const ir::Value entry = entry_of(column, base);
  // The byte before the first one says NULL (kernel.h), for entries that are not there.
  const ir::Value found = call_runtime("inlay_filter_lookup", {Ptr, I64}, I32, {tables_of_[inst.b], entry});
  const ir::Value null = any(invalid, b_.binary(ir::Op::Eq, I32, found, 2));
  return {b_.binary(ir::Op::Eq, I32, found, 1), null};
}

}  // namespace inlay::filter
