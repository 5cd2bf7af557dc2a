// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter on programs made by hand: what it reads, what it does with NULL, where it stops. (What programs of
// expressions mean is tested in src/plan.)
#include "interpret/interpret.h"

#include <gtest/gtest.h>

#include <cstring>

#include "plan/random_rows.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {
namespace {

using testing::RandomRows;

Instruction instruction(Op op, SlotNumber result, std::initializer_list<SlotNumber> operands = {}, std::uint32_t a = 0,
                        std::uint32_t target = 0) {
  Instruction made;
  made.op = op;
  made.result = result;
  made.nullable = true;
  made.a = a;
  made.target = target;
  for (SlotNumber operand : operands) made.operands[made.count++] = operand;
  return made;
}

Program program_of(const Schema& schema, Type type, std::vector<Type> slots, std::vector<Instruction> code) {
  Program program;
  program.schema = &schema;
  program.registry = &Registry::standard();
  program.type = type;
  program.nullable = true;
  program.slots = std::move(slots);
  program.code = std::move(code);
  return program;
}

Value value_of(Type type, const void* values, std::int64_t at, bool null) {
  Value value = Value::null_of(type);
  if (null) return value;
  value.null = false;
  switch (type) {
    case Type::Boolean:
      value.bits = static_cast<const std::uint8_t*>(values)[at];
      break;
    case Type::Real:
      value.real = static_cast<const double*>(values)[at];
      break;
    case Type::Text:
      value.text = std::string(std::string_view(static_cast<const Text*>(values)[at]));
      break;
    default:
      value.bits = static_cast<const std::int64_t*>(values)[at];
      break;
  }
  return value;
}

/// What is read is what was written, in blocks and row by row.
TEST(Interpret, reads_every_storage_with_every_validity) {
  constexpr std::int64_t Rows = 300;
  for (const testing::Form& form : testing::Forms) {
    for (Validity validity : {Validity::All, Validity::Bitmap, Validity::Flag, Validity::InValue}) {
      const bool by_address = form.storage == Storage::Cell || form.storage == Storage::Characters;
      if (by_address != (validity == Validity::InValue)) continue;
      if (testing::is_packed(form.storage) && validity == Validity::Flag) continue;
      RandomRows rows(static_cast<std::uint64_t>(form.storage) + 1, Rows);
      Column column;
      column.type = form.type;
      column.storage = form.storage;
      column.validity = validity;
      rows.add(column);
      const Program program = program_of(rows.schema, form.type, {form.type},
                                         {instruction(Op::Load, 0, {}, 1), instruction(Op::Done, 0, {0})});
      const InterpretedProgram interpreted(program);
      const Batch batch = rows.batch();
      for (std::int64_t step : {Rows, std::int64_t{1}}) {
        for (std::int64_t row = 0; row != Rows; row += step) {
          ScopeOwner scope;
          std::vector<std::byte> values(static_cast<std::size_t>(step) * 16);
          std::vector<std::uint8_t> nulls(static_cast<std::size_t>(step));
          const ProjectionOut out{values.data(), nulls.data()};
          ASSERT_EQ(
              interpret_project(interpreted, batch.columns.data(), scope.scope(), nullptr, nullptr, row, step, out),
              step);
          for (std::int64_t i = 0; i != step; ++i) {
            const Value found = value_of(form.type, values.data(), i, nulls[static_cast<std::size_t>(i)] != 0);
            const Value& expected = rows.values[0][static_cast<std::size_t>(row + i)];
            ASSERT_EQ(to_string(found), to_string(expected))
                << "storage " << static_cast<int>(form.storage) << " validity " << static_cast<int>(validity);
          }
        }
      }
    }
  }
}

struct Three : ::testing::Test {
  Three() {
    for (int i = 0; i != 2; ++i) {
      Column column;
      column.name = i == 0 ? "a" : "b";
      column.type = Type::Boolean;
      column.storage = Storage::Byte;
      column.validity = Validity::Bitmap;
      column.stride = 1;
      schema.add(column);
    }
    // a: f f f t t t n n n, b: f t n f t n f t n, three times over, so that there are enough for blocks.
    for (int i = 0; i != 27; ++i) {
      const int of[2] = {i / 3 % 3, i % 3};
      for (int c = 0; c != 2; ++c) {
        values[c][i] = of[c] == 1;
        if (of[c] != 2) validity[c][i / 8] |= static_cast<std::uint8_t>(1 << i % 8);
      }
    }
    for (int c = 0; c != 2; ++c) {
      columns[c].values = reinterpret_cast<const std::byte*>(values[c]);
      columns[c].validity = reinterpret_cast<const std::byte*>(validity[c]);
    }
  }

  /// `f`, `t` or `n` for the nine pairs.
  std::string table(const Program& program, std::int64_t rows) {
    ScopeOwner scope;
    std::uint8_t found[27], nulls[27];
    const ProjectionOut out{found, nulls};
    const InterpretedProgram interpreted(program);
    std::string result;
    for (std::int64_t row = 0; row < 9; row += rows) {
      EXPECT_EQ(interpret_project(interpreted, columns, scope.scope(), nullptr, nullptr, row, rows, out), rows);
      for (std::int64_t i = 0; i != rows; ++i) result += nulls[i] ? 'n' : found[i] ? 't' : 'f';
    }
    return result.substr(0, 9);
  }

  void expect_table(std::vector<Instruction> tail, const std::string& expected) {
    std::vector<Instruction> code{instruction(Op::Load, 0, {}, 1), instruction(Op::Load, 1, {}, 2)};
    code.insert(code.end(), tail.begin(), tail.end());
    const Program program = program_of(schema, Type::Boolean, std::vector<Type>(6, Type::Boolean), code);
    EXPECT_EQ(table(program, 27), expected) << "in blocks";
    EXPECT_EQ(table(program, 1), expected) << "row by row";
  }

  Schema schema;
  std::uint8_t values[2][32] = {}, validity[2][4] = {};
  ColumnData columns[2];
};

TEST_F(Three, valued_logic_knows_null) {
  const Instruction done = instruction(Op::Done, 0, {2});
  expect_table({instruction(Op::And, 2, {0, 1}), done}, "fffftnfnn");
  expect_table({instruction(Op::Or, 2, {0, 1}), done}, "ftntttntn");
  expect_table({instruction(Op::Not, 2, {0}), done}, "tttfffnnn");
  expect_table({instruction(Op::IsNull, 2, {0}), done}, "ffffffttt");
}

TEST_F(Three, jumps_do_not_follow_null) {
  // if not (a jumps) goto 5; slot 2 <- b; goto 6; slot 2 <- a
  const auto code = [&](Op op) {
    return std::vector<Instruction>{instruction(op, 0, {0}, 0, 5), instruction(Op::Copy, 2, {1}),
                                    instruction(Op::Jump, 0, {}, 0, 6), instruction(Op::Copy, 2, {0}),
                                    instruction(Op::Done, 0, {2})};
  };
  expect_table(code(Op::JumpUnless), "fffftnnnn");
  expect_table(code(Op::JumpIf), "ftntttftn");
}

TEST(Interpret, stops_at_the_first_row_that_raises_and_goes_on_behind_it) {
  RandomRows rows(5, 500);
  Column column;
  column.type = Type::Integer;
  column.storage = Storage::Cell;
  column.validity = Validity::InValue;
  rows.add(column, 20);
  const Program program =
      program_of(rows.schema, Type::Boolean, {Type::Integer, Type::Boolean},
                 {instruction(Op::Load, 0, {}, 1), instruction(Op::IsNull, 1, {0}), instruction(Op::Done, 0, {1})});
  const InterpretedProgram interpreted(program);
  const Batch batch = rows.batch();
  ScopeOwner scope;
  std::vector<std::uint8_t> pass(500);
  std::int64_t row = 0, faults = 0;
  while ((row = interpret_filter(interpreted, batch.columns.data(), scope.scope(), nullptr, row, 500,
                                 pass.data() + row)) != 500) {
    EXPECT_EQ(rows.values[0][static_cast<std::size_t>(row)].type, Type::Text) << row;
    EXPECT_EQ(scope.scope().fault, Fault::NotAnInteger);
    EXPECT_EQ(scope.scope().column, 1);
    scope.reset();
    ++row;
    ++faults;
  }
  EXPECT_GT(faults, 5);
  for (std::size_t i = 0; i != 500; ++i) {
    if (rows.values[0][i].type == Type::Integer) {
      EXPECT_EQ(pass[i] != 0, rows.values[0][i].null) << i;
    }
  }
}

TEST(Interpret, calls_accessors_with_the_object) {
  struct Object {
    std::int64_t first, second;
  };
  Registry registry;
  registry.add({.name = "second_of",
                .result = Type::Integer,
                .symbol = "second_of",
                .traits = {},
                .call = [](Scope&, const Slot* const*, const void* object, Slot& result) {
                  result.bits = static_cast<const Object*>(object)->second;
                }});
  Schema schema;
  Column column;
  column.name = "second";
  column.type = Type::Integer;
  column.storage = Storage::Accessor;
  column.validity = Validity::All;
  column.stride = sizeof(Object);
  column.accessor = "second_of";
  schema.add(column);
  const Object objects[] = {{1, 2}, {3, 4}};
  ColumnData data;
  data.values = reinterpret_cast<const std::byte*>(objects);
  Scope scope;
  Slot slot;
  load_column(schema, registry, ColumnId(1), data, 1, scope, slot);
  EXPECT_EQ(slot.bits, 4);
  EXPECT_FALSE(slot.null);
}

}  // namespace
}  // namespace inlay::filter
