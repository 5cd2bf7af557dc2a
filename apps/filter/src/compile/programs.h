// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: programs written by hand, and columns with values.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "inlay/filter/batch.h"
#include "plan/program.h"

namespace inlay::filter::testing {

inline Column column(std::string name, Type type, Storage storage, std::uint32_t stride,
                     Validity validity = Validity::All) {
  Column column;
  column.name = std::move(name);
  column.type = type;
  column.storage = storage;
  column.stride = stride;
  column.validity = validity;
  return column;
}

/// Writes a program, instruction by instruction. Every method yields the slot that it writes.
struct ProgramWriter {
  ProgramWriter(const Schema& schema, const Registry& registry = Registry::standard()) {
    program.schema = &schema;
    program.registry = &registry;
  }

  SlotNumber slot(Type type) {
    program.slots.push_back(type);
    return static_cast<SlotNumber>(program.slots.size() - 1);
  }
  bool nullable(SlotNumber slot) const {
    for (const Instruction& inst : program.code)
      if (inst.result == slot && inst.nullable) return true;
    return false;
  }
  SlotNumber append(Op op, SlotNumber result, bool nullable, std::initializer_list<SlotNumber> operands,
                    std::uint32_t a = 0, std::uint32_t b = 0) {
    Instruction inst;
    inst.op = op;
    inst.count = static_cast<std::uint8_t>(operands.size());
    inst.nullable = nullable;
    inst.result = result;
    inst.a = a;
    inst.b = b;
    std::copy(operands.begin(), operands.end(), inst.operands);
    program.code.push_back(inst);
    return result;
  }
  bool any_nullable(std::initializer_list<SlotNumber> operands) const {
    for (const SlotNumber operand : operands)
      if (nullable(operand)) return true;
    return false;
  }

  SlotNumber load(std::string_view name) {
    const ColumnId id = program.schema->find(name).value();
    if (std::find(program.columns.begin(), program.columns.end(), id) == program.columns.end()) {
      program.columns.push_back(id);
      std::sort(program.columns.begin(), program.columns.end(),
                [](ColumnId a, ColumnId b) { return a.value < b.value; });
    }
    const Column& column = (*program.schema)[id];
    return append(Op::Load, slot(column.type), column.validity != Validity::All || column.dictionary, {}, id.value);
  }
  SlotNumber constant(Value value) {
    program.constants.push_back(value);
    return append(Op::Constant, slot(value.type), value.null, {},
                  static_cast<std::uint32_t>(program.constants.size() - 1));
  }
  FunctionId function(std::string_view name, std::initializer_list<SlotNumber> operands) const {
    std::vector<Type> types;
    for (const SlotNumber operand : operands) types.push_back(program.slots[operand]);
    return program.registry->find(name, types).at(0);
  }
  SlotNumber call(std::string_view name, std::initializer_list<SlotNumber> operands) {
    const FunctionId id = function(name, operands);
    const Function& f = (*program.registry)[id];
    program.raises |= f.traits.raises;
    return append(Op::Call, slot(f.result), f.traits.nulls == Nulls::Handled || any_nullable(operands), operands,
                  id.value);
  }
  SlotNumber op(Op op, std::initializer_list<SlotNumber> operands, std::uint32_t a = 0, std::uint32_t b = 0) {
    const bool nullable = op == Op::IsNull ? false : any_nullable(operands);
    return append(op, slot(Type::Boolean), nullable, operands, a, b);
  }
  SlotNumber in(SlotNumber operand, Set set) {
    const bool nullable = set.has_null || any_nullable({operand});
    program.sets.push_back(std::move(set));
    return append(Op::InSet, slot(Type::Boolean), nullable, {operand}, 0,
                  static_cast<std::uint32_t>(program.sets.size() - 1));
  }
  void copy(SlotNumber to, SlotNumber from) { append(Op::Copy, to, nullable(from), {from}); }
  /// The jump's number, for land().
  std::size_t jump(Op op, std::initializer_list<SlotNumber> operands = {}) {
    append(op, 0, false, operands);
    return program.code.size() - 1;
  }
  void land(std::size_t jump) { program.code[jump].target = static_cast<std::uint32_t>(program.code.size()); }
  Program done(SlotNumber value) {
    program.type = program.slots[value];
    program.nullable = nullable(value);
    append(Op::Done, 0, false, {value});
    return program;
  }

  Program program;
};

}  // namespace inlay::filter::testing
