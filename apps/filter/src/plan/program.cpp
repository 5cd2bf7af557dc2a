// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plan/program.h"

#include <iterator>

namespace inlay::filter {

namespace {

std::string_view name_of(Op op) {
  constexpr std::string_view Names[] = {"load", "constant", "call",        "call",    "and",
                                        "or",   "not",      "is_null",     "in_set",  "lookup",
                                        "copy", "jump",     "jump_unless", "jump_if", "done"};
  return Names[static_cast<std::size_t>(op)];
}

std::string detail_of(const Program& program, const Instruction& instruction) {
  switch (instruction.op) {
    case Op::Load:
    case Op::Lookup: {
      std::string text = " \"" + (*program.schema)[ColumnId(instruction.a)].name + '"';
      if (instruction.op == Op::Lookup) text += " in table " + std::to_string(instruction.b);
      return text;
    }
    case Op::Constant:
      return ' ' + to_string(program.constants[instruction.a]);
    case Op::Call:
    case Op::Prepared: {
      std::string text = " \"" + (*program.registry)[FunctionId(instruction.a)].name + '"';
      if (instruction.op == Op::Prepared) text += " with object " + std::to_string(instruction.b);
      return text;
    }
    case Op::InSet: {
      const Set& set = program.sets[instruction.b];
      std::string text = " {";
      std::size_t shown = 0;
      for (const Value& value : set.values) {
        if (shown == 8) {
          text += ", … " + std::to_string(set.values.size()) + " values";
          break;
        }
        if (shown++ != 0) text += ", ";
        text += to_string(value);
      }
      if (set.has_null) text += ", null";
      return text + '}';
    }
    default:
      return {};
  }
}

}  // namespace

std::string to_string(const Program& program) {
  std::string text;
  for (std::size_t i = 0; i != program.code.size(); ++i) {
    const Instruction& instruction = program.code[i];
    text += std::to_string(i) + ": ";
    const bool has_result = instruction.op < Op::Jump;
    if (has_result) {
      text += 's' + std::to_string(instruction.result) + " <- ";
    }
    text += name_of(instruction.op);
    text += detail_of(program, instruction);
    for (unsigned o = 0; o != instruction.count; ++o)
      text += (o == 0 ? " s" : ", s") + std::to_string(instruction.operands[o]);
    if (!has_result && instruction.op != Op::Done) text += " -> " + std::to_string(instruction.target);
    if (has_result && instruction.nullable) text += " (null?)";
    text += '\n';
  }
  for (std::size_t i = 0; i != program.tables.size(); ++i) {
    text += "table " + std::to_string(i) + ":\n";
    const std::string inner = to_string(*program.tables[i].program);
    for (std::size_t begin = 0; begin < inner.size();) {
      const std::size_t end = inner.find('\n', begin) + 1;
      text += "  " + inner.substr(begin, end - begin);
      begin = end;
    }
  }
  return text;
}

}  // namespace inlay::filter
