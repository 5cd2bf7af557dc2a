// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/engine.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "compile/programs.h"
#include "inlay/filter/filter.h"
#include "plan/random_rows.h"

namespace inlay::filter {
namespace {

using testing::column;
using testing::RandomRows;

constexpr Engine Engines[] = {Engine::Interpreted, Engine::Quick, Engine::Optimized, Engine::Tiered};

/// Rows of some numbers and texts, the same each time.
RandomRows some_rows(std::int64_t rows) {
  RandomRows result(11, rows);
  result.add(column("age", Type::Integer, Storage::Int32, 0));
  result.add(column("balance", Type::Real, Storage::Double, 0, Validity::Bitmap));
  result.add(column("name", Type::Text, Storage::String, 0, Validity::Flag));
  result.add(column("amount", Type::Integer, Storage::Int64, 0));
  return result;
}

constexpr std::string_view Condition = "age between 3 and 9 and (balance > 1 or name like 'a%') and name <> 'ab'";

FilterOptions by(Engine engine) {
  FilterOptions options;
  options.engine = engine;
  return options;
}

TEST(Engine, EnginesFindTheSameRows) {
  const RandomRows rows = some_rows(3001);
  std::vector<Selection> found;
  for (const Engine engine : Engines) {
    Result<Filter> filter = Filter::compile(rows.schema, Condition, by(engine));
    ASSERT_TRUE(filter) << filter.error().to_string();
    found.push_back(filter->select(rows.batch()).value());
  }
  EXPECT_GT(found[0].size(), 10u);
  EXPECT_LT(found[0].size(), 2990u);
  for (const Selection& selection : found) EXPECT_EQ(selection, found[0]);
}

TEST(Engine, FormsOfAResultAgree) {
  for (const std::int64_t count : {0, 1, 7, 8, 9, 3000}) {
    const RandomRows rows = some_rows(count);
    Filter filter = Filter::compile(rows.schema, Condition).value();
    const Selection selection = filter.select(rows.batch()).value();
    std::vector<std::uint8_t> pass(static_cast<std::size_t>(count) + 1, 9), expected(pass), bits(pass.size() / 8 + 1);
    filter.test(rows.batch(), pass.data()).value();
    std::fill(expected.begin(), expected.end() - 1, 0);
    for (const std::uint32_t row : selection) {
      expected[row] = 1;
      bits[row / 8] |= static_cast<std::uint8_t>(1 << row % 8);
    }
    bits.resize((static_cast<std::size_t>(count) + 7) / 8);
    EXPECT_EQ(pass, expected);
    EXPECT_EQ(filter.count(rows.batch()).value(), static_cast<std::int64_t>(selection.size()));
    EXPECT_EQ(filter.bitmap(rows.batch()).value(), bits);
  }
}

TEST(Engine, FewRowsCompileNothing) {
  const RandomRows rows = some_rows(100);
  Plan plan = [&] {
    Expressions expressions(rows.schema);
    return plan_condition(expressions, parse(expressions, Condition).value()).value();
  }();
  const std::shared_ptr<Runner> runner = Runner::create(std::move(plan), Runner::Kind::Filter, {}).value();
  ScopeOwner scope;
  std::uint8_t pass[100];
  runner->filter(rows.batch(), scope.scope(), pass).value();
  runner->settle();
  EXPECT_EQ(runner->tier(), Tier::Interpreter);
  EXPECT_EQ(runner->statistics().rows[0], 100);
  EXPECT_EQ(runner->statistics().quick.generate, 0);
  EXPECT_EQ(runner->statistics().refusal, "");
}

TEST(Engine, ManyRowsGetBetterCodeOneTierAfterTheOther) {
  const RandomRows rows = some_rows(50000);
  Expressions expressions(rows.schema);
  Plan plan = plan_condition(expressions, parse(expressions, Condition).value()).value();
  const std::shared_ptr<Runner> runner = Runner::create(std::move(plan), Runner::Kind::Filter, {}).value();
  Filter interpreted = Filter::compile(rows.schema, Condition, by(Engine::Interpreted)).value();
  std::vector<std::uint8_t> expected(50000), pass(50000);
  interpreted.test(rows.batch(), expected.data()).value();
  ScopeOwner scope;
  for (int round = 0; round < 5000 && runner->tier() != Tier::Optimized; ++round) {
    runner->filter(rows.batch(), scope.scope(), pass.data()).value();
    ASSERT_EQ(pass, expected);
    runner->settle();
  }
  const Runner::Statistics statistics = runner->statistics();
  ASSERT_EQ(runner->tier(), Tier::Optimized) << statistics.refusal;
  EXPECT_GT(statistics.rows[0], 0);
  EXPECT_GT(statistics.rows[1], 0);
  EXPECT_GT(statistics.quick.generate, 0);
  EXPECT_GT(statistics.optimized.optimize, 0);
  runner->filter(rows.batch(), scope.scope(), pass.data()).value();
  EXPECT_EQ(pass, expected);
  EXPECT_EQ(runner->statistics().rows[2], 50000);
}

TEST(Engine, BatchesWithBitmapsHaveCodeOfTheirOwn) {
  constexpr std::string_view LessThan = "balance < 1 and age > 2";  // what is NULL holds 0
  const RandomRows rows = some_rows(4000);
  const std::vector<ColumnData> with(rows.batch().columns.begin(), rows.batch().columns.end());
  ASSERT_NE(with[1].validity, nullptr);
  std::vector<ColumnData> without = with;
  without[1].validity = nullptr;
  const Batch batches[] = {{.rows = 4000, .columns = without}, {.rows = 4000, .columns = with}};
  Filter interpreted = Filter::compile(rows.schema, LessThan, by(Engine::Interpreted)).value();
  const Selection expected[] = {interpreted.select(batches[0]).value(), interpreted.select(batches[1]).value()};
  ASSERT_NE(expected[0], expected[1]);
  for (const Engine engine : {Engine::Quick, Engine::Optimized, Engine::Tiered})
    for (const int first : {0, 1}) {
      FilterOptions options = by(engine);
      options.reorder = false;  // else it would be planned again, and rows counted anew
      Filter filter = Filter::compile(rows.schema, LessThan, options).value();
      for (int round = 0; round < 6; ++round) {
        const int which = (first + round) % 2;
        ASSERT_EQ(filter.select(batches[which]).value(), expected[which]) << int(engine) << ' ' << round;
      }
      if (engine != Engine::Tiered) {
        EXPECT_NE(filter.explain().find("24,000 rows"), std::string::npos);
      }
    }
}

TEST(Engine, ThreadsShareAFilter) {
  const RandomRows rows = some_rows(20000);
  const std::int64_t expected =
      Filter::compile(rows.schema, Condition, by(Engine::Interpreted))->count(rows.batch()).value();
  Filter filter = Filter::compile(rows.schema, Condition).value();
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, copy = filter]() mutable {
      for (int round = 0; round < 60; ++round)
        if (copy.count(rows.batch()).value() != expected) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Engine, ErrorsNameRowAndExpression) {
  for (const Engine engine : Engines) {
    const std::int64_t amounts[] = {1, 2, 9223372036854775807, 4};
    Schema schema;
    schema.add(column("amount", Type::Integer, Storage::Int64, 8));
    const ColumnData data[] = {{.values = reinterpret_cast<const std::byte*>(amounts)}};
    const Batch batch{.rows = 4, .columns = data, .first_row = 1000};
    Filter filter = Filter::compile(schema, "amount + 1 > 0 or amount * 2 > 3", by(engine)).value();
    const Result<Selection> found = filter.select(batch);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind(), ErrorKind::Trap);
    EXPECT_EQ(found.error().message(), "row 1002: integer overflow in 'amount + 1'");
    Filter second = Filter::compile(schema, "amount * 2 > 3 and amount / (amount - 4) = -1", by(engine)).value();
    EXPECT_EQ(second.select({.rows = 2, .columns = data}).value(), Selection{1});
    const std::int64_t fours[] = {1, 4};
    const ColumnData other[] = {{.values = reinterpret_cast<const std::byte*>(fours)}};
    const Result<Selection> third = second.select({.rows = 2, .columns = other});
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().message(), "row 1: division by zero in 'amount / (amount - 4)'");
  }
}

TEST(Engine, ErrorsAndPlansAreWrittenOneToALine) {
  const std::int64_t amounts[] = {1};
  Schema schema;
  schema.add(column("a\nb", Type::Integer, Storage::Int64, 8));
  const ColumnData data[] = {{.values = reinterpret_cast<const std::byte*>(amounts)}};
  constexpr std::string_view Text = "cast(\"a\nb\" as text) < 'x\r\ny' and \"a\nb\" / 0 > 1";
  Filter filter = Filter::compile(schema, Text, by(Engine::Interpreted)).value();
  EXPECT_EQ(filter.select({.rows = 1, .columns = data}).error().message(), "row 0: division by zero in '\"a?b\" / 0'");
  EXPECT_NE(filter.explain().find("< 'x??y'"), std::string::npos) << filter.explain();

  const filter::Text cells[] = {filter::Text("1x")};
  Schema other;
  other.add(column("a\nb", Type::Integer, Storage::Cell, 16, Validity::InValue));
  const ColumnData cell[] = {{.values = reinterpret_cast<const std::byte*>(cells)}};
  filter = Filter::compile(other, "\"a\nb\" > 0", by(Engine::Interpreted)).value();
  EXPECT_EQ(filter.select({.rows = 1, .columns = cell}).error().message(),
            "row 0: '1x' is not an integer, in column 'a?b'");
}

TEST(Engine, BatchesWithoutRowsNeedNoColumnsAndOthersNeedThoseThatAreRead) {
  const RandomRows rows = some_rows(10);
  for (const Engine engine : Engines) {
    Filter filter = Filter::compile(rows.schema, Condition, by(engine)).value();
    EXPECT_EQ(filter.select({}).value(), Selection());
    EXPECT_EQ(filter.count({.rows = 0, .columns = rows.batch().columns}).value(), 0);
    for (const std::int64_t count : {10, 100000}) {  // of many it would take a sample
      const Result<Selection> found = filter.select({.rows = count, .columns = rows.batch().columns.first(1)});
      ASSERT_FALSE(found);
      EXPECT_EQ(found.error().kind(), ErrorKind::InvalidArgument);
    }
    EXPECT_TRUE(filter.select(rows.batch()));
    Projection projection = Projection::compile(rows.schema, "age * 2", by(engine)).value();
    EXPECT_EQ(projection.values({}).value().integers.size(), 0u);
    const std::uint32_t beyond[] = {3, 10};
    EXPECT_FALSE(projection.values(rows.batch(), beyond));
  }
}

TEST(Engine, ListsMayHaveAHundredThousandConstants) {
  RandomRows rows = some_rows(2000);
  std::string numbers, texts;
  for (int i = 0; i < 100'000; ++i) {
    numbers += (i > 0 ? ", " : "") + std::to_string(i);
    texts += (i > 0 ? ", 'x" : "'x") + std::to_string(i) + "'";
  }
  for (const std::string& text :
       {"age + 99997 in (" + numbers + ", 10000000000)", "balance in (" + numbers + ", 1e300)",
        "'x' || cast(age + 99997 as text) in (" + texts + ")"}) {
    const Selection expected =
        Filter::compile(rows.schema, text, by(Engine::Interpreted))->select(rows.batch()).value();
    EXPECT_GT(expected.size(), 0u);
    EXPECT_LT(expected.size(), 2000u);
    for (const Engine engine : {Engine::Quick, Engine::Optimized})
      EXPECT_EQ(Filter::compile(rows.schema, text, by(engine))->select(rows.batch()).value(), expected);
  }
}

TEST(Engine, FunctionsAndSchemaMayGoBeforeTheFilter) {
  const RandomRows rows = some_rows(100000);
  constexpr std::string_view Text = "own(age) > 3 and name like '%a%'";
  std::vector<Selection> found;
  for (const bool built : {false, true})
    for (const Engine engine : Engines) {
      auto registry = std::make_unique<Registry>(Registry::standard());
      const FunctionId sum = registry->find("abs", std::array{Type::Integer}).at(0);
      Function own = (*registry)[sum];
      own.name = "own";
      registry->add(std::move(own));
      auto schema = std::make_unique<Schema>(rows.schema);
      std::optional<Filter> filter;
      if (built) {
        Expressions expressions(*schema, *registry);
        const NodeId root = parse(expressions, Text).value();
        filter = Filter::compile(std::move(expressions), root, by(engine)).value();
      } else {
        FilterOptions options = by(engine);
        options.functions = registry.get();
        filter = Filter::compile(*schema, Text, options).value();
      }
      registry.reset();
      schema.reset();
      found.push_back(filter->select(rows.batch()).value());  // plans again, by a sample
      EXPECT_NE(filter->explain().find("own(age)"), std::string::npos);
      filter->settle();
    }
  for (const Selection& selection : found) EXPECT_EQ(selection, found[0]);
  EXPECT_FALSE(found[0].empty());
}

TEST(Engine, TextsOfValuesOutlastProjectionsAndPlans) {
  const RandomRows rows = some_rows(100000);
  constexpr std::string_view Text =
      "case when age > 5 and name like '%a%' then 'a constant of more than sixteen bytes' else name || '!' end";
  for (const Engine engine : Engines) {
    std::optional<Projection> projection = Projection::compile(rows.schema, Text, by(engine)).value();
    Batch few = rows.batch();
    few.rows = 40;
    const Values before = projection->values(few).value();        // by the first plan
    const Values all = projection->values(rows.batch()).value();  // by one that knows a sample
    projection->settle();
    projection.reset();
    const Values copy = before;
    for (std::size_t i = 0; i < 40; ++i) {
      ASSERT_EQ(std::string_view(copy.texts[i]), std::string_view(all.texts[i]));
      ASSERT_TRUE(before.nulls[i] || std::string_view(before.texts[i]).ends_with('!') ||
                  std::string_view(before.texts[i]) == "a constant of more than sixteen bytes");
    }
  }
}

TEST(Engine, ErrorsOfCellsNameColumnAndText) {
  for (const Engine engine : Engines) {
    const Text cells[] = {Text("17"), Text(), Text("1x")};
    Schema schema;
    schema.add(column("age", Type::Integer, Storage::Cell, 16, Validity::InValue));
    const ColumnData data[] = {{.values = reinterpret_cast<const std::byte*>(cells)}};
    Filter filter = Filter::compile(schema, "age > 3", by(engine)).value();
    const Result<Selection> found = filter.select({.rows = 3, .columns = data});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().message(), "row 2: '1x' is not an integer, in column 'age'");
    EXPECT_EQ(filter.select({.rows = 2, .columns = data}).value(), Selection{0});
  }
}

TEST(Engine, ProjectionsComputeForAllRowsOrForSome) {
  const RandomRows rows = some_rows(2500);
  const char* const expressions[] = {"age * 2 + 1", "balance * 0.5",   "name || '!'",
                                     "age > 4",     "balance is null", "case when age > 5 then name end"};
  for (const char* text : expressions) {
    std::vector<Values> all, some;
    Selection selection;
    for (std::uint32_t row = 5; row < 2500; row += 7) selection.push_back(row);
    for (const Engine engine : Engines) {
      Result<Projection> projection = Projection::compile(rows.schema, text, by(engine));
      ASSERT_TRUE(projection) << projection.error().to_string();
      all.push_back(projection->values(rows.batch()).value());
      some.push_back(projection->values(rows.batch(), selection).value());
      const Result<Values> none = projection->values(rows.batch(), Selection{});
      ASSERT_TRUE(none) << text << none.error().to_string();
      EXPECT_TRUE(none->integers.empty());
    }
    const auto at = [](const Values& values, std::size_t i) -> std::string {
      if (!values.nulls.empty() && values.nulls[i]) return "null";
      switch (values.type) {
        case Type::Boolean:
          return std::to_string(values.booleans.at(i));
        case Type::Real:
          return std::to_string(values.reals.at(i));
        case Type::Text:
          return std::string(std::string_view(values.texts.at(i)));
        default:
          return std::to_string(values.integers.at(i));
      }
    };
    for (std::size_t engine = 0; engine < all.size(); ++engine) {
      for (std::size_t i = 0; i < 2500; ++i) ASSERT_EQ(at(all[engine], i), at(all[0], i)) << text << " row " << i;
      for (std::size_t i = 0; i < selection.size(); ++i)
        ASSERT_EQ(at(some[engine], i), at(all[0], selection[i])) << text << " row " << selection[i];
    }
  }
}

TEST(Engine, ProcessorsAreNamed) {
  const RandomRows rows = some_rows(500);
  const std::int64_t expected = Filter::compile(rows.schema, Condition)->count(rows.batch()).value();
  for (const auto& [name, cpu] : {std::pair("native", Cpu::Native), std::pair("baseline", Cpu::Baseline),
                                  std::pair("avx2", Cpu::Avx2), std::pair("avx512", Cpu::Avx512)}) {
    FilterOptions options = by(Engine::Optimized);
    options.cpu = name;
    Result<Filter> filter = Filter::compile(rows.schema, Condition, options);
    ASSERT_EQ(filter.has_value(), supports(cpu));
    if (filter) {
      EXPECT_EQ(filter->count(rows.batch()).value(), expected) << name;
    }
  }
  FilterOptions options;
  options.cpu = "z80";
  const Result<Filter> refused = Filter::compile(rows.schema, Condition, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::InvalidArgument);
}

/// Not in any runtime.
bool is_lucky(std::int64_t number) { return number % 7 == 0; }

TEST(Engine, WhatCannotBeCompiledIsInterpreted) {
  const RandomRows rows = some_rows(900);
  Registry registry = Registry::standard();
  registry.add(function_of<&is_lucky>("is_lucky", "there_is_no_such_symbol_in_this_process"));
  for (const Engine engine : {Engine::Quick, Engine::Optimized}) {
    FilterOptions options = by(engine);
    options.functions = &registry;
    Filter filter = Filter::compile(rows.schema, "is_lucky(age)", options).value();
    const std::int64_t count = filter.count(rows.batch()).value();
    EXPECT_EQ(count, Filter::compile(rows.schema, "age % 7 = 0")->count(rows.batch()).value());
    EXPECT_NE(filter.explain().find("there_is_no_such_symbol"), std::string::npos) << filter.explain();
    EXPECT_NE(filter.explain_json().find("\"refusal\":"), std::string::npos);
  }
}

TEST(Engine, ExplainTellsWhatWasDecided) {
  const RandomRows rows = some_rows(60000);
  Filter filter = Filter::compile(rows.schema, Condition, by(Engine::Optimized)).value();
  filter.count(rows.batch()).value();
  const std::string text = filter.explain();
  for (const char* part : {"tests, in order:", "name like 'a%'", "holds for", "1,200 rows", "runs by: optimized",
                           "60,000 rows", "compiled:", "optimize", "program:"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  const std::string json = filter.explain_json();
  for (const char* part : {"\"sampled_rows\":1200", "\"tier\":\"optimized\"", "\"optimized_ms\":", "\"selectivity\":"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in\n" << json;
}

TEST(Engine, FiltersMayGoWhileTheyAreCompiled) {
  for (int round = 0; round < 20; ++round) {
    auto rows = std::make_unique<RandomRows>(some_rows(20000));
    auto registry = std::make_unique<Registry>(Registry::standard());
    FilterOptions options;
    options.functions = registry.get();
    std::optional<Filter> filter = Filter::compile(rows->schema, Condition, options).value();
    for (int i = 0; i < 5; ++i) filter->count(rows->batch()).value();
    filter.reset();
  }
}

TEST(Engine, AProcessMayEndWhileSomethingIsCompiled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a child of fork() has no thread that compiles
  EXPECT_EXIT(
      {
        const RandomRows rows = some_rows(50000);
        std::string long_one(Condition);
        for (int i = 0; i < 60; ++i) long_one += " or name = 'n" + std::to_string(i) + "'";
        static Filter filter = Filter::compile(rows.schema, long_one).value();
        for (int i = 0; i < 20; ++i) filter.count(rows.batch()).value();
        std::exit(7);
      },
      ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace inlay::filter
