// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The flat form of an expression, which the interpreter runs row by row and compiled kernels are joined from: one list
// of instructions on slots, with jumps forward only. Everything about order, short cuts and null rules has been decided
// here, so that the engines have nothing to decide and cannot differ.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlay/filter/expression.h"

namespace inlay::filter {

using SlotNumber = std::uint32_t;

enum class Op : std::uint8_t {
  Load,      // result <- column `a` (ColumnId::value, from 1)
  Constant,  // result <- constants[a]
  Call,      // result <- function `a` (FunctionId::value, from 1) of the operands; Strict: NULL, not called, for a NULL
  Prepared,  // the same, with objects[b] in place of the argument that the function prepares; operands: the others
  And,       // result <- operand 0 AND operand 1, three-valued, both known
  Or,
  Not,         // result <- NOT operand 0
  IsNull,      // result <- operand 0 is NULL
  InSet,       // result <- operand 0 is in sets[b]; as SQL where the set holds NULL
  Lookup,      // result <- tables[b][index of this row in dictionary column a]; NULL where row or index say NULL
  Copy,        // result <- operand 0. The only op that writes a slot which others write too
  Jump,        // go on at `target`
  JumpUnless,  // if operand 0 is not true (false or NULL), go on at `target`
  JumpIf,      // if operand 0 is true, go on at `target`
  Done,        // the value of the program is operand 0. The last instruction, and no other
};

struct Instruction {
  Op op = Op::Done;
  std::uint8_t count = 0;  // operands; a function has at most 8
  bool nullable = false;   // whether the result may be NULL
  SlotNumber result = 0;
  std::uint32_t a = 0, b = 0;
  std::uint32_t target = 0;  // > the instruction's own number
  SlotNumber operands[8] = {};
  NodeId node;  // what it computes, for messages and --explain
};

/// Constants of an `IN` list, for the test that suits their number and type.
struct Set {
  Type type = Type::Integer;
  bool has_null = false;
  std::vector<Value> values;          // sorted, without doubles, none NULL
  std::shared_ptr<const void> table;  // long lists: what inlay_filter_in_* search (runtime/sets.h); else empty
};

/// What was found out for each entry of a dictionary: a test that is NULL for NULL.
struct DictionaryTest {
  ColumnId column;
  std::shared_ptr<const struct Program> program;  // of that one column, which it sees without its dictionary
};

struct Program {
  const Schema* schema = nullptr;
  const Registry* registry = nullptr;
  Type type = Type::Boolean;  // of its value
  bool nullable = false;
  bool raises = false;
  /// No jumps, no calls that may raise, only values of fixed width: the loop around it may become vector code.
  bool straight = false;
  std::vector<Instruction> code;
  std::vector<Type> slots;  // the type of each slot
  std::vector<Value> constants;
  std::vector<Set> sets;
  std::vector<std::shared_ptr<const void>> objects;  // for Scope::objects
  std::vector<DictionaryTest> tables;
  std::vector<ColumnId> columns;  // that it reads, ascending
};

/// As text, one instruction a line: for tests and --explain.
std::string to_string(const Program& program);

}  // namespace inlay::filter
