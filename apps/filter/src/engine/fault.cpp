// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Messages for rows that raised. Which operation it was, no engine keeps track of: the row is run again, once for each
// operation that may have been it, up to there.
#include "engine/fault.h"

#include "engine/engine.h"
#include "interpret/interpret.h"
#include "language/source_error.h"
#include "runtime/faults.h"

namespace inlay::filter {

Error fault_error(const Scope& scope, const Program& program, std::int64_t row, std::string_view expression) {
  std::string text;
  if (row >= 0) text = "row " + std::to_string(row) + ": ";
  text += fault_message(scope);
  if (scope.column > 0 && static_cast<std::uint32_t>(scope.column) <= program.schema->size())
    text +=
        ", in column '" + one_line((*program.schema)[ColumnId(static_cast<std::uint32_t>(scope.column))].name) + "'";
  else if (!expression.empty())
    text += " in '" + one_line(expression) + "'";
  return {ErrorKind::Trap, std::move(text)};
}

namespace {

/// The program up to an instruction, whose result becomes its value.
Program up_to(const Program& program, std::size_t last) {
  Program part = program;
  part.code.resize(last + 1);
  Instruction done;
  done.count = 1;
  done.operands[0] = program.code[last].result;
  part.code.push_back(done);
  // Who jumps beyond it does not get to it.
  for (Instruction& inst : part.code)
    if (inst.target > last) inst.target = static_cast<std::uint32_t>(last + 1);
  part.type = program.slots[program.code[last].result];
  part.nullable = true;
  part.straight = false;
  return part;
}

}  // namespace

bool may_raise(const Program& program, const Instruction& inst) {
  if (inst.op == Op::Load) return true;
  if (inst.op != Op::Call && inst.op != Op::Prepared) return false;
  const FunctionTraits& traits = (*program.registry)[FunctionId(inst.a)].traits;
  return traits.raises || traits.allocates;
}

std::size_t find_raising(const Program& program, const Batch& batch, const std::uint8_t* const* tables,
                         std::int64_t row) {
  ScopeOwner owner;
  Scope& scope = owner.scope();
  union Room {
    Room() : text() {}
    std::int64_t bits;
    Text text;
  };
  for (std::size_t i = 0; i < program.code.size(); ++i) {
    if (!may_raise(program, program.code[i])) continue;
    const Program part = up_to(program, i);
    const InterpretedProgram interpreted(part);
    Room room;
    std::uint8_t null = 0;
    owner.reset();
    interpret_project(interpreted, batch.columns.data(), scope, tables, nullptr, row, 1, {&room, &null});
    if (scope.fault != Fault::None) return i;
  }
  return program.code.size();
}

}  // namespace inlay::filter
