// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/evaluate.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace inlay::filter {
namespace {

/// Rows of one column of integers, `a`.
struct Numbers {
  explicit Numbers(std::vector<std::int64_t> its_values) : values(std::move(its_values)) {
    schema.add({.name = "a",
                .type = Type::Integer,
                .storage = Storage::Int64,
                .validity = Validity::All,
                .stride = sizeof(std::int64_t),
                .accessor = {}});
    data.values = reinterpret_cast<const std::byte*>(values.data());
  }
  Batch batch() const {
    return {.rows = static_cast<std::int64_t>(values.size()), .columns = {&data, 1}, .first_row = 100};
  }
  Compiled compiled(std::string_view text, Runner::Kind kind, Engine engine) const {
    return compile(schema, text, kind, {.engine = engine}).value();
  }

  std::vector<std::int64_t> values;
  Schema schema;
  ColumnData data;
};

using Rows = std::vector<std::uint32_t>;

Rows rows_of(const Evaluator& evaluator) { return {evaluator.selection().begin(), evaluator.selection().end()}; }

class Evaluators : public testing::TestWithParam<Engine> {};

TEST_P(Evaluators, select_the_rows_before_one_that_raises) {
  const Numbers numbers({1, 0, 5, -3, 0, 7});
  Evaluator evaluator;
  const Compiled all = numbers.compiled("a > 0", Runner::Kind::Filter, GetParam());
  evaluator.select(all, numbers.batch());
  EXPECT_EQ(rows_of(evaluator), (Rows{0, 2, 5}));
  EXPECT_FALSE(evaluator.error());
  const Compiled raising = numbers.compiled("a = 0 or 10 / (a + 3) > 1", Runner::Kind::Filter, GetParam());
  evaluator.select(raising, numbers.batch());
  EXPECT_EQ(rows_of(evaluator), (Rows{0, 1}));
  ASSERT_TRUE(evaluator.error());
  EXPECT_EQ(evaluator.error()->row, 3);
  EXPECT_EQ(evaluator.error()->error.message().find("row "), std::string::npos);
  evaluator.select(all, numbers.batch());
  EXPECT_FALSE(evaluator.error());
}

TEST_P(Evaluators, leave_the_rows_before_the_first_that_any_expression_raises_in) {
  const Numbers numbers({4, 3, 2, 1, 0, 9});
  Evaluator evaluator;
  evaluator.select(numbers.compiled("a <> 3", Runner::Kind::Filter, GetParam()), numbers.batch());
  EXPECT_EQ(rows_of(evaluator), (Rows{0, 2, 3, 4, 5}));
  Values first, second, third;
  evaluator.evaluate(numbers.compiled("12 / a", Runner::Kind::Projection, GetParam()), numbers.batch(), first);
  EXPECT_EQ(rows_of(evaluator), (Rows{0, 2, 3}));
  ASSERT_TRUE(evaluator.error());
  EXPECT_EQ(evaluator.error()->row, 4);
  evaluator.evaluate(numbers.compiled("12 / (a - 1)", Runner::Kind::Projection, GetParam()), numbers.batch(), second);
  EXPECT_EQ(rows_of(evaluator), (Rows{0, 2}));
  EXPECT_EQ(evaluator.error()->row, 3);
  evaluator.evaluate(numbers.compiled("a * 2", Runner::Kind::Projection, GetParam()), numbers.batch(), third);
  EXPECT_EQ(third.integers, (std::vector<std::int64_t>{8, 4}));
  EXPECT_EQ(first.integers[1], 6);
}

INSTANTIATE_TEST_SUITE_P(Engines, Evaluators, testing::Values(Engine::Interpreted, Engine::Quick, Engine::Optimized));

TEST(Compiled, knows_its_columns) {
  Schema schema;
  for (const char* name : {"a", "b c", "d"}) schema.add({.name = name, .accessor = {}});
  const Compiled both = compile(schema, "d || a || d", Runner::Kind::Projection, {}).value();
  ASSERT_EQ(both.columns.size(), 2u);
  EXPECT_EQ(both.columns[0].value, 1u);
  EXPECT_EQ(both.columns[1].value, 3u);
  EXPECT_FALSE(both.column);
}

}  // namespace
}  // namespace inlay::filter
