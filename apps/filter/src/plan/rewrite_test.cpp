// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What plans look like: which tests are left, in which order, and how large conditions may be.
#include <gtest/gtest.h>

#include <algorithm>

#include "interpret/interpret.h"
#include "plan/merge.h"
#include "plan/plan.h"
#include "plan/random_rows.h"
#include "plan/rewrite.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {
namespace {

using testing::RandomRows;

Column column(std::string name, Type type, Storage storage, Validity validity = Validity::All) {
  Column column;
  column.name = std::move(name);
  column.type = type;
  column.storage = storage;
  column.validity = validity;
  return column;
}

struct PlanTest : ::testing::Test {
  PlanTest() : rows(1, 1000), e(rows.schema) {
    rows.add(column("n", Type::Integer, Storage::Int64));
    rows.add(column("m", Type::Integer, Storage::Int32, Validity::Bitmap));
    rows.add(column("r", Type::Real, Storage::Double));
    rows.add(column("t", Type::Text, Storage::View));
    rows.add(column("u", Type::Text, Storage::View));
    rows.add(column("c", Type::Integer, Storage::Cell, Validity::InValue));
    Column d = column("d", Type::Text, Storage::Offsets32);
    d.dictionary = true;
    rows.add(d);
    batch = rows.batch();
  }

  NodeId node(std::string_view text) { return parse(e, text).value(); }
  /// The condition as it is after simplification.
  std::string simplified(std::string_view text) { return to_string(e, simplify(e, node(text), Context::Holds, true)); }
  Plan plan(std::string_view text, PlanOptions options = {}) { return plan_condition(e, node(text), options).value(); }
  PlanOptions sampled() const { return {.sample = {.batch = &batch}}; }

  static std::size_t count(const Program& program, Op op) {
    return static_cast<std::size_t>(
        std::ranges::count_if(program.code, [&](const Instruction& instruction) { return instruction.op == op; }));
  }

  RandomRows rows;
  Expressions e;
  Batch batch;
};

TEST_F(PlanTest, folds_constants) {
  EXPECT_EQ(simplified("n > 2 + 3 * 4"), "n > 14");
  EXPECT_EQ(simplified("t = 'a' || lower('BC')"), "t = 'abc'");
  EXPECT_EQ(simplified("n > 1 or 2 > 1"), "true");
  EXPECT_EQ(simplified("n > 1 and null"), "false");
  EXPECT_EQ(simplified("n = null"), "null::boolean");
  EXPECT_EQ(simplified("case when false then n = 1 else n = 2 end"), "n = 2");
}

TEST_F(PlanTest, leaves_what_would_raise_to_the_row) {
  EXPECT_EQ(simplified("n > 1 / 0"), "n > 1 / 0");
  EXPECT_EQ(simplified("1 / 0 = 1 and false"), "1 / 0 = 1 and false");
  EXPECT_EQ(simplified("false and 1 / 0 = 1"), "false");
}

TEST_F(PlanTest, moves_not_down_to_the_tests) {
  EXPECT_EQ(simplified("not (n > 1 and not (t = 'a' or m is null))"), "n <= 1 or t = 'a' or m is null");
  EXPECT_EQ(simplified("not (t like 'a_b')"), "t not like 'a_b'");
}

TEST_F(PlanTest, writes_simple_likes_as_what_they_are) {
  EXPECT_EQ(simplified("t like 'abc'"), "t = 'abc'");
  EXPECT_EQ(simplified("t like 'abc%'"), "starts_with(t, 'abc')");
  EXPECT_EQ(simplified("t like '%abc'"), "ends_with(t, 'abc')");
  EXPECT_EQ(simplified("t like '%abc%'"), "contains(t, 'abc')");
  EXPECT_EQ(simplified("t like 'ab%cd'"), "starts_with(t, 'ab') and ends_with(t, 'cd')");
  EXPECT_EQ(simplified("t like 'ab%ba'"), "t like 'ab%ba'") << "the b may not count twice";
  EXPECT_EQ(simplified("t like '%a%b%'"), "t like '%a%b%'");
}

TEST_F(PlanTest, joins_tests_of_one_operand) {
  EXPECT_EQ(simplified("n = 3 or t = 'a' or n = 1 or n = 3"), "n in (1, 3) or t = 'a'");
  EXPECT_EQ(simplified("n > 3 and n > 5"), "n > 5");
  EXPECT_EQ(simplified("n > 3 or n >= 3 or n = 7"), "n >= 3");
  EXPECT_EQ(simplified("n > 3 and n < 2"), "false");
  EXPECT_EQ(simplified("n between 1 and 5 and n in (0, 3, 5, 9)"), "n in (3, 5)");
  EXPECT_EQ(simplified("n in (1, 2, 3) and n <> 2 and 3 > n"), "n = 1");
  EXPECT_EQ(simplified("t like 'ab%' or t like 'a%'"), "starts_with(t, 'a')");
}

TEST_F(PlanTest, keeps_the_order_of_what_may_raise) {
  EXPECT_EQ(simplified("n = 1 or 1 / n = 1 or n = 2"), "n = 1 or 1 / n = 1 or n = 2");
  EXPECT_EQ(simplified("c = 1 or c = 2"), "c in (1, 2)");
  EXPECT_EQ(simplified("c > 3 and c < 2"), "c > 3 and c < 2") << "a cell that is no number raises";
  const std::string text = to_string(plan("contains(t, 'long') and c > 1 and n = 1", sampled()).program);
  EXPECT_LT(text.find("\"t\""), text.find("\"c\""));
  EXPECT_LT(text.find("\"c\""), text.find("\"n\""));
}

TEST_F(PlanTest, tests_first_what_decides_most_for_its_cost) {
  const std::string text = to_string(plan("t like '%a%b%' and u = 'b'", sampled()).program);
  EXPECT_LT(text.find("\"u\""), text.find("\"t\""));
  const std::string as_written = to_string(plan("t like '%a%b%' and u = 'b'", {.reorder = false}).program);
  EXPECT_LT(as_written.find("\"t\""), as_written.find("\"u\""));
}

TEST_F(PlanTest, is_the_same_for_the_same_sample) {
  const char* text = "(t like '%b%' or u like 'a%') and (n in (1, 2, 3) or m < 4) and d <> 'ab'";
  EXPECT_EQ(to_string(plan(text, sampled()).program), to_string(plan(text, sampled()).program));
}

TEST_F(PlanTest, tells_what_it_found) {
  const Plan found = plan("contains(t, 'a') and d = 'ab' and c > 1", sampled());
  ASSERT_EQ(found.tests.size(), 4u);
  EXPECT_EQ(found.tests[0].text, "all of 3");
  EXPECT_TRUE(found.tests[1].note.starts_with("tested once for each of ")) << found.tests[1].note;
  EXPECT_EQ(found.tests[2].text, "contains(t, 'a')");
  EXPECT_GE(found.tests[2].selectivity, 0);
  EXPECT_LE(found.tests[2].selectivity, 1);
  EXPECT_EQ(found.tests[3].note, "not moved: may raise");
}

TEST_F(PlanTest, asks_dictionaries_once_for_an_entry) {
  const Plan found = plan("(d like '%a%' or length(d) > 3) and n > 1 and d <> 'b'");
  EXPECT_EQ(found.program.tables.size(), 1u) << to_string(found.program);
  EXPECT_EQ(count(found.program, Op::Load), 1u) << to_string(found.program);
  // NULL rows pass, and have no entry.
  EXPECT_TRUE(plan("d is null").program.tables.empty());
}

TEST_F(PlanTest, loads_each_column_once_where_it_can) {
  EXPECT_EQ(count(plan("t > 'a' and (u = 'x' or t < 'b') and u > t", {.reorder = false}).program, Op::Load), 2u);
}

TEST_F(PlanTest, reads_costly_columns_on_the_first_way_that_a_row_takes) {
  const Program program = plan("(n = 1 and c > 1) or (n = 2 and c < 3)").program;
  EXPECT_EQ(count(program, Op::Load), 3u);
  const std::string text = to_string(program);
  const std::size_t second = text.rfind("load \"c\"");
  const std::size_t line = text.rfind('\n', text.rfind('\n', second) - 1);
  EXPECT_NE(text.find("jump_if", line), std::string::npos) << text;
  EXPECT_LT(text.find("jump_if", line), second) << text;
}

TEST_F(PlanTest, has_no_jumps_for_few_cheap_numbers) {
  const Program program = plan("n between 3 and 7 and (r > 2.5 or m in (1, 2, 3))").program;
  EXPECT_TRUE(program.straight);
  EXPECT_EQ(count(program, Op::JumpUnless) + count(program, Op::JumpIf) + count(program, Op::Jump), 0u);
  EXPECT_FALSE(plan("n > 3 and t = 'a'").program.straight);
  EXPECT_FALSE(plan("n > 3 and c = 1").program.straight);
  EXPECT_FALSE(plan("n + 1 > 3").program.straight) << "addition may overflow";
}

TEST_F(PlanTest, searches_many_prefixes_at_once) {
  std::string text;
  for (int i = 0; i != 40; ++i) text += (i == 0 ? "t like '" : " or t like '") + std::to_string(i + 100) + "%'";
  const Program program = plan(text).program;
  EXPECT_EQ(count(program, Op::Prepared), 1u);
  EXPECT_EQ(count(program, Op::Call), 0u);
}

TEST_F(PlanTest, refuses_conditions_that_are_none) {
  const auto result = plan_condition(e, e.add_column(ColumnId(1)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::InvalidProgram);
}

/// Rows that pass.
std::int64_t passing(const Program& program, const Batch& batch) {
  ScopeOwner scope;
  std::vector<std::uint8_t> pass(static_cast<std::size_t>(batch.rows));
  EXPECT_EQ(interpret_filter(InterpretedProgram(program), batch.columns.data(), scope.scope(), nullptr, 0, batch.rows,
                             pass.data()),
            batch.rows);
  return std::ranges::count(pass, 1);
}

TEST_F(PlanTest, takes_a_hundred_thousand_terms) {
  std::vector<NodeId> terms;
  const FunctionId contains = function_named(e.registry(), "contains", std::array{Type::Text, Type::Text});
  const FunctionId equal = function_named(e.registry(), "=", std::array{Type::Integer, Type::Integer});
  const NodeId t = e.add_column(ColumnId(4)), n = e.add_column(ColumnId(1));
  for (int i = 0; i != 100'000; ++i) {
    const NodeId a = e.add_call(contains, std::array{t, e.add_constant(Value::of("no" + std::to_string(i)))});
    const NodeId b = e.add_call(equal, std::array{n, e.add_constant(Value::of(std::int64_t{i} + 100))});
    terms.push_back(i % 2 == 0 ? a : e.add_and(std::array{b, a}));
  }
  terms.push_back(node("t = 'ab'"));
  const Program program = plan_condition(e, e.add_or(terms), sampled()).value().program;
  batch.rows = 20;
  const auto found = passing(program, batch);
  EXPECT_EQ(found, passing(plan("t = 'ab'").program, batch));
}

TEST_F(PlanTest, takes_conditions_and_values_that_are_deep) {
  NodeId deep = node("t = 'ab'");
  const NodeId a = node("contains(u, 'a')"), b = node("contains(u, 'b')");
  for (int i = 0; i != 20'000; ++i) {
    deep = i % 2 == 0 ? e.add_and(std::array{a, deep}) : e.add_or(std::array{b, deep});
    if (i % 100 == 0) deep = e.add_not(deep);
  }
  EXPECT_GE(passing(plan_condition(e, deep, sampled()).value().program, batch), 0);
  const FunctionId add = function_named(e.registry(), "+", std::array{Type::Real, Type::Real});
  NodeId sum = e.add_column(ColumnId(3));
  for (int i = 0; i != 50'000; ++i) sum = e.add_call(add, std::array{sum, e.add_column(ColumnId(3))});
  EXPECT_EQ(count(plan_value(e, sum).value().program, Op::Call), 50'000u);
}

}  // namespace
}  // namespace inlay::filter
