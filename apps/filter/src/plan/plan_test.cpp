// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plans mean what expressions mean: random expressions on random rows, against an evaluator that just does as told.
#include "plan/plan.h"

#include <gtest/gtest.h>

#include "interpret/interpret.h"
#include "plan/naive.h"
#include "plan/random_rows.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {
namespace {

using testing::Naive;
using testing::RandomRows;

constexpr std::int64_t Rows = 150;

/// A random column, of any storage and validity that go together.
Column random_column(RandomRows& rows) {
  const testing::Form form = testing::Forms[rows.below(std::size(testing::Forms))];
  Column column;
  column.type = form.type;
  column.storage = form.storage;
  column.validity = Validity::All;
  switch (rows.below(3)) {
    case 0:
      break;
    case 1:
      column.validity = Validity::Bitmap;
      break;
    default:
      column.validity = testing::is_packed(form.storage) ? Validity::All : Validity::Flag;
      break;
  }
  if (form.storage == Storage::Cell || form.storage == Storage::Characters) column.validity = Validity::InValue;
  if (rows.below(4) == 0) {
    column.dictionary = true;
    constexpr Storage Indices[] = {Storage::Int8,  Storage::Int16,  Storage::Int32,  Storage::Int64,
                                   Storage::UInt8, Storage::UInt16, Storage::UInt32, Storage::UInt64};
    column.indices = Indices[rows.below(std::size(Indices))];
  }
  return column;
}

/// Random expressions, of whatever functions there are.
class Writer {
 public:
  Writer(Expressions& expressions, RandomRows& rows) : e_(expressions), rows_(rows) {}

  NodeId expression(Type type, int depth) {
    if (depth <= 0 || rows_.below(6) == 0) return atom(type);
    if (rows_.below(12) == 0) return choice(type, depth);
    if (type == Type::Boolean && rows_.below(2) == 0) return connective(depth);
    if (type == Type::Boolean && rows_.below(4) == 0) return test(depth);
    if (type == Type::Boolean && rows_.below(3) == 0) return tests_of_one(depth);
    return call(type, depth);
  }

 private:
  NodeId atom(Type type) {
    std::vector<ColumnId> columns;
    for (std::uint32_t i = 1; i <= e_.schema().size(); ++i)
      if (e_.schema()[ColumnId(i)].type == type) columns.push_back(ColumnId(i));
    if (!columns.empty() && rows_.below(5) != 0) return e_.add_column(columns[rows_.below(columns.size())]);
    return e_.add_constant(rows_.below(12) == 0 ? Value::null_of(type) : rows_.value(type));
  }

  NodeId connective(int depth) {
    if (rows_.below(5) == 0) return e_.add_not(expression(Type::Boolean, depth - 1));
    std::vector<NodeId> operands;
    for (std::uint64_t n = 2 + rows_.below(4); n != 0; --n) operands.push_back(expression(Type::Boolean, depth - 1));
    return rows_.below(2) == 0 ? e_.add_and(operands) : e_.add_or(operands);
  }

  Type any_type() { return static_cast<Type>(rows_.below(TypeCount)); }

  NodeId test(int depth) {
    if (rows_.below(3) == 0) return e_.add_is_null(expression(any_type(), depth - 1));
    const Type type = any_type();
    std::vector<NodeId> list;
    for (std::uint64_t n = 1 + rows_.below(12); n != 0; --n) {
      list.push_back(e_.add_constant(rows_.below(15) == 0 ? Value::null_of(type) : rows_.value(type)));
    }
    return e_.add_in(expression(type, depth - 1), list);
  }

  /// What merges: tests of one operand, with others between them.
  NodeId tests_of_one(int depth) {
    const Type type = any_type();
    const NodeId operand = expression(type, depth - 2);
    std::vector<NodeId> operands;
    for (std::uint64_t n = 2 + rows_.below(rows_.below(4) == 0 ? 25 : 6); n != 0; --n) {
      constexpr const char* Names[] = {"=", "<>", "<", "<=", ">", ">=", "starts_with", "starts_with"};
      const std::size_t names = type == Type::Text ? 8 : 6;
      const FunctionId function = function_named(e_.registry(), Names[rows_.below(names)], std::array{type, type});
      const NodeId constant = e_.add_constant(rows_.value(type));
      if (rows_.below(9) == 0) {
        operands.push_back(expression(Type::Boolean, depth - 2));
      } else if (rows_.below(6) == 0) {
        operands.push_back(e_.add_in(operand, std::array{constant, e_.add_constant(rows_.value(type))}));
      } else if (function && e_.registry()[function].name != "starts_with" && rows_.below(5) == 0) {
        operands.push_back(e_.add_call(function, std::array{constant, operand}));
      } else if (function) {
        operands.push_back(e_.add_call(function, std::array{operand, constant}));
      }
    }
    return rows_.below(2) == 0 ? e_.add_and(operands) : e_.add_or(operands);
  }

  NodeId choice(Type type, int depth) {
    std::vector<NodeId> operands;
    for (std::uint64_t n = 1 + rows_.below(3); n != 0; --n) {
      operands.push_back(expression(Type::Boolean, depth - 1));
      operands.push_back(expression(type, depth - 1));
    }
    operands.push_back(expression(type, depth - 1));
    return e_.add_case(operands);
  }

  NodeId call(Type type, int depth) {
    const auto functions = e_.registry().functions();
    for (int tries = 0; tries != 50; ++tries) {
      const auto number = static_cast<std::uint32_t>(rows_.below(functions.size()));
      const Function& function = functions[number];
      // What is made of prefixes is the optimizer's own.
      if (function.result != type || function.name == "starts_with_any") continue;
      std::vector<NodeId> operands;
      const NodeId prepared = function.traits.prepare
                                  ? pattern(function.parameters[static_cast<std::size_t>(function.traits.prepared)])
                                  : NodeId();
      if (prepared && !function.traits.prepare(e_.constant(prepared))) continue;
      for (std::size_t i = 0; i != function.parameters.size(); ++i) {
        if (prepared && function.traits.prepared == static_cast<int>(i)) {
          operands.push_back(prepared);
        } else {
          operands.push_back(expression(function.parameters[i], depth - 1 - (rows_.below(2) == 0)));
        }
      }
      return e_.add_call(FunctionId(number + 1), operands);
    }
    return atom(type);
  }

  NodeId pattern(Type type) {
    constexpr const char* Patterns[] = {"a%", "%a",   "%b%",   "ab", "a%b",   "ab%ba", "_b",    "555%", "%",
                                        "",   "a_c%", "%a%b%", "%%", "month", "hour",  "[ab]+", "^a"};
    if (type != Type::Text) return e_.add_constant(rows_.value(type));
    return e_.add_constant(Value::of(std::string(Patterns[rows_.below(std::size(Patterns))])));
  }

  Expressions& e_;
  RandomRows& rows_;
};

/// What the engine would do before a batch.
std::vector<std::vector<std::uint8_t>> dictionary_tables(const Program& program, const Batch& batch, Scope& scope) {
  std::vector<std::vector<std::uint8_t>> tables;
  for (const DictionaryTest& test : program.tables) {
    const ColumnData& data = batch.columns[test.column.value - 1];
    tables.emplace_back(static_cast<std::size_t>(data.dictionary_size) + 1);
    EXPECT_TRUE(interpret_dictionary(test, data, scope, tables.back().data()));
  }
  return tables;
}

std::vector<const std::uint8_t*> addresses(const std::vector<std::vector<std::uint8_t>>& tables) {
  std::vector<const std::uint8_t*> result;
  for (const auto& table : tables) result.push_back(table.data());
  return result;
}

std::string describe(const Expressions& e, NodeId root, const Program& program) {
  return to_string(e, root) + "\n" + to_string(program);
}

void expect_condition(const Expressions& e, NodeId root, const Program& program, const Batch& batch) {
  ScopeOwner naive_scope, scope;
  Naive naive(e, batch, naive_scope.scope());
  const InterpretedProgram interpreted(program);
  const auto tables = dictionary_tables(program, batch, scope.scope());
  std::vector<std::uint8_t> pass(static_cast<std::size_t>(batch.rows), 7);
  std::int64_t reached = 0;  // the row that is interpreted next
  std::int64_t stopped = interpret_filter(interpreted, batch.columns.data(), scope.scope(), addresses(tables).data(), 0,
                                          batch.rows, pass.data());
  for (std::int64_t row = 0; row != batch.rows; ++row) {
    naive_scope.reset();
    const bool holds = naive.holds(root, row);
    const Fault fault = naive_scope.scope().fault;
    ASSERT_EQ(fault != Fault::None, row == stopped) << "row " << row << " of " << describe(e, root, program);
    if (fault == Fault::None) {
      ASSERT_EQ(pass[static_cast<std::size_t>(row)], holds) << "row " << row << " of " << describe(e, root, program);
      continue;
    }
    ASSERT_EQ(scope.scope().fault, fault) << "row " << row << " of " << describe(e, root, program);
    ASSERT_EQ(scope.scope().column, naive_scope.scope().column) << describe(e, root, program);
    scope.reset();
    reached = row + 1;
    stopped = interpret_filter(interpreted, batch.columns.data(), scope.scope(), addresses(tables).data(), reached,
                               batch.rows, pass.data() + reached);
  }
}

std::string show(Type type, const Slot& slot) {
  if (slot.null) return "null";
  if (type == Type::Text) return "'" + std::string(std::string_view(slot.text)) + "'";
  if (type == Type::Real) return slot.real != slot.real ? "nan" : std::to_string(slot.real);
  return std::to_string(slot.bits);
}

void expect_value(const Expressions& e, NodeId root, const Program& program, const Batch& batch) {
  ScopeOwner naive_scope, scope;
  Naive naive(e, batch, naive_scope.scope());
  const InterpretedProgram interpreted(program);
  const auto tables = dictionary_tables(program, batch, scope.scope());
  const auto at = addresses(tables);
  for (std::int64_t row = 0; row != batch.rows; ++row) {
    naive_scope.reset();
    scope.reset();
    const Slot expected = naive.value(root, row);
    Slot found;
    std::uint8_t null = 7, boolean = 7;
    const ProjectionOut out{program.type == Type::Boolean ? static_cast<void*>(&boolean) : static_cast<void*>(&found),
                            &null};
    const std::int64_t done =
        interpret_project(interpreted, batch.columns.data(), scope.scope(), at.data(), nullptr, row, 1, out);
    const Fault fault = naive_scope.scope().fault;
    ASSERT_EQ(scope.scope().fault, fault) << "row " << row << " of " << describe(e, root, program);
    ASSERT_EQ(done, fault == Fault::None ? 1 : 0);
    if (fault != Fault::None) continue;
    if (program.type == Type::Boolean) found.bits = boolean;
    found.null = null != 0;
    ASSERT_EQ(show(program.type, found), show(program.type, expected))
        << "row " << row << " of " << describe(e, root, program);
    ASSERT_TRUE(program.nullable || !found.null);
  }
}

class RandomPlans : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomPlans, mean_what_expressions_mean) {
  RandomRows rows(GetParam(), Rows);
  const unsigned bad = rows.below(2) == 0 ? 0 : 40;
  for (std::uint64_t n = 3 + rows.below(6); n != 0; --n) rows.add(random_column(rows), bad);
  const Batch batch = rows.batch();
  for (int round = 0; round != 30; ++round) {
    Expressions e(rows.schema);
    Writer writer(e, rows);
    const bool condition = rows.below(3) != 0;
    const Type type = condition ? Type::Boolean : static_cast<Type>(rows.below(TypeCount));
    const NodeId root = writer.expression(type, 1 + static_cast<int>(rows.below(5)));
    for (unsigned options = 0; options != 16; ++options) {
      PlanOptions how{.reorder = (options & 1) != 0, .merge = (options & 2) != 0, .dictionaries = (options & 4) != 0};
      if (options & 8) how.sample = {.batch = &batch, .rows = 100};
      auto plan = condition ? plan_condition(e, root, how) : plan_value(e, root, how);
      ASSERT_TRUE(plan) << plan.error().to_string() << "\n" << to_string(e, root);
      if (condition) {
        expect_condition(e, root, plan->program, batch);
      } else {
        expect_value(e, root, plan->program, batch);
      }
      if (HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPlans, ::testing::Range<std::uint64_t>(1, 61));

}  // namespace
}  // namespace inlay::filter
