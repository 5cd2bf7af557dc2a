// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Accessors and functions that a program brings along, by every engine.
#include <gtest/gtest.h>

#include "functions.h"
#include "inlay/filter/aggregate.h"
#include "inlay/filter/filter.h"
#include "inlay/filter/rows.h"

namespace inlay::filter::own {
namespace {

const std::vector<Account>& accounts() {
  static const std::vector<Account> all = {
      {"Ada", 1050, false, 19782}, {"", -200, true, 0}, {"Grace, a name of some length", 99999, false, -1}};
  return all;
}

Registry functions() {
  Registry registry = Registry::standard();
  INLAY_FILTER_FUNCTION(registry, "discount", own_discount, {.cost = 1});
  INLAY_FILTER_FUNCTION(registry, "withdraw", own_withdraw, {.cost = 1, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "twice", own_twice, {.cost = 5, .allocates = true});
  INLAY_FILTER_FUNCTION(registry, "seen", own_seen_of_text, {.nulls = Nulls::Handled});
  INLAY_FILTER_FUNCTION(registry, "seen", own_seen_of_flag, {.nulls = Nulls::Handled});
  INLAY_FILTER_FUNCTION(registry, "either", own_either, {.nulls = Nulls::Handled});
  INLAY_FILTER_FUNCTION(registry, "both", own_both, {.raises = true, .nulls = Nulls::Handled});
  return registry;
}

Result<std::shared_ptr<const void>> first_character(const Value& constant) {
  if (constant.text.empty()) return Error(ErrorKind::InvalidProgram, "the empty text has no first character");
  return std::shared_ptr<const void>(std::make_shared<char>(constant.text[0]));
}

Rows<Account> columns(Registry& registry) {
  Rows<Account> rows;
  rows.accessor<&own_owner>("owner", "own_owner", registry)
      .accessor<&own_cents>("cents", "own_cents", registry)
      .accessor<&own_balance>("balance", "own_balance", registry)
      .accessor<&own_closed>("closed", "own_closed", registry)
      .accessor<&own_opened>("opened", "own_opened", registry)
      .accessor<&own_changed>("changed", "own_changed", registry);
  return rows;
}

class Own : public ::testing::TestWithParam<Engine> {
 protected:
  Registry registry_ = functions();
  Rows<Account> rows_ = columns(registry_);
  FilterOptions options_{.engine = GetParam(), .functions = &registry_};

  /// The numbers of the rows that pass, or the error.
  std::string passing(std::string_view condition) {
    Result<Filter> filter = Filter::compile(rows_.schema(), condition, options_);
    if (!filter) return filter.error().to_string();
    const Result<Selection> found = filter->select(rows_.batch(accounts()));
    if (!found) return found.error().message();
    std::string text;
    for (const std::uint32_t row : *found) text += std::to_string(row);
    return text;
  }

  /// The integers that an expression has for the rows.
  std::vector<std::int64_t> integers(std::string_view expression) {
    Result<Projection> projection = Projection::compile(rows_.schema(), expression, options_);
    EXPECT_TRUE(projection) << projection.error().to_string();
    if (!projection) return {};
    const Result<Values> values = projection->values(rows_.batch(accounts()));
    EXPECT_TRUE(values) << values.error().to_string();
    return values ? values->integers : std::vector<std::int64_t>();
  }
};

TEST_P(Own, accessors_yield_every_type) {
  EXPECT_EQ(passing("owner like 'Grace%length'"), "2");
  EXPECT_EQ(passing("owner = ''"), "1");
  EXPECT_EQ(passing("cents < 0 or cents = 1050"), "01");
  EXPECT_EQ(passing("balance = 10.5 or balance > 900.0"), "02");
  EXPECT_EQ(passing("closed"), "1");
  EXPECT_EQ(passing("opened = date '2024-02-29' or opened < date '1970-01-01'"), "02");
  EXPECT_EQ(passing("changed > opened and changed < timestamp '1970-01-01 00:00:01'"), "12");
  EXPECT_EQ(passing("owner is null or balance is null"), "");
  EXPECT_EQ(integers("cents % 1000"), (std::vector<std::int64_t>{50, -200, 999}));
}

TEST_P(Own, functions_are_called_like_those_of_the_language) {
  EXPECT_EQ(integers("discount(cents, 10)"), (std::vector<std::int64_t>{945, -180, 90000}));
  EXPECT_EQ(passing("twice(owner) = 'AdaAda' or length(twice(owner)) = 0"), "01");
  EXPECT_EQ(passing("discount(cents, nullif(cents, cents)) is null"), "012");
}

TEST_P(Own, functions_raise_with_their_own_words) {
  EXPECT_EQ(passing("cents >= 0 and withdraw(cents, 1000) > 0"), "02");
  EXPECT_EQ(passing("withdraw(cents, 1000) > 0"),
            "row 1: the account does not have that much in 'withdraw(cents, 1000)'");
}

TEST_P(Own, what_functions_take_is_told_from_their_declarations) {
  INLAY_FILTER_FUNCTION(registry_, "withdraw", own_withdraw, {.cost = 1});
  INLAY_FILTER_FUNCTION(registry_, "twice", own_twice);
  INLAY_FILTER_FUNCTION(registry_, "either", own_either);
  INLAY_FILTER_FUNCTION(registry_, "both", own_both);
  INLAY_FILTER_FUNCTION(registry_, "occurrences", own_occurrences, {.prepare = first_character});
  EXPECT_EQ(passing("withdraw(cents, 1000) > 0"),
            "row 1: the account does not have that much in 'withdraw(cents, 1000)'");
  EXPECT_EQ(passing("cents >= 0 and withdraw(cents, 1000) > 0"), "02");
  EXPECT_EQ(passing("twice(owner) = 'AdaAda'"), "0");
  EXPECT_EQ(passing("either(nullif(balance, 10.5), 7.0) = 7.0"), "0");
  EXPECT_EQ(passing("both(nullif(closed, true), closed) is null"), "1");
  EXPECT_EQ(integers("occurrences(owner, 'a')"), (std::vector<std::int64_t>{1, 0, 3}));
}

TEST_P(Own, functions_that_are_not_what_their_traits_say_are_refused) {
  const auto refusal = [&](std::string_view expression) {
    const std::string text = passing(expression);
    const std::size_t at = text.find("cannot be called: ");
    return at == std::string::npos ? text : text.substr(at, text.find(" [") - at);
  };
  INLAY_FILTER_FUNCTION(registry_, "discount", own_discount, {.raises = true});
  EXPECT_EQ(refusal("discount(cents, 10) > 0"), "cannot be called: it is to raise or to allocate, but takes no Scope&");
  INLAY_FILTER_FUNCTION(registry_, "discount", own_discount, {.nulls = Nulls::Handled});
  EXPECT_EQ(refusal("discount(cents, 10) > 0"),
            "cannot be called: it is to be called for NULL, but has no bool* at its end to tell of a NULL");
  INLAY_FILTER_FUNCTION(registry_, "twice", own_twice, {.prepare = first_character, .prepared = 0});
  EXPECT_EQ(refusal("twice(owner) = ''"),
            "cannot be called: an argument is to be prepared, but it takes no const void*");
  INLAY_FILTER_FUNCTION(registry_, "occurrences", own_occurrences);
  EXPECT_EQ(refusal("occurrences('b', 'a') > 0"),
            "cannot be called: it takes a const void*, but nothing prepares that");
  INLAY_FILTER_FUNCTION(registry_, "occurrences", own_occurrences, {.prepare = first_character, .prepared = 0});
  EXPECT_EQ(refusal("occurrences('b', owner) > 0"),
            "cannot be called: argument 0 is to be prepared, but its const void* is argument 1");
}

TEST_P(Own, functions_that_handle_null_get_nothing_in_its_place) {
  // Of each way in which a NULL text comes about: a constant, CASE, a strict function, an operation that was left out.
  EXPECT_EQ(integers("seen(cast(null as text))"), (std::vector<std::int64_t>{-1, -1, -1}));
  EXPECT_EQ(integers("seen(case when closed then null else owner end)"), (std::vector<std::int64_t>{3, -1, 28}));
  EXPECT_EQ(integers("seen(nullif(owner, 'Ada'))"), (std::vector<std::int64_t>{-1, 0, 28}));
  EXPECT_EQ(integers("seen(twice(nullif(owner, 'Ada')))"), (std::vector<std::int64_t>{-1, 0, 56}));
  EXPECT_EQ(integers("seen(substr(nullif(owner, 'Ada'), 2))"), (std::vector<std::int64_t>{-1, 0, 27}));
  EXPECT_EQ(integers("seen(coalesce(nullif(owner, 'Ada'), nullif(owner, 'Ada')))"),
            (std::vector<std::int64_t>{-1, 0, 28}));
  EXPECT_EQ(integers("seen(nullif(closed, true))"), (std::vector<std::int64_t>{0, -1, 0}));
  EXPECT_EQ(integers("seen(nullif(cents, 1050) > 0)"), (std::vector<std::int64_t>{-1, 0, 1}));
  EXPECT_EQ(integers("seen(cents > 0 and nullif(closed, false))"), (std::vector<std::int64_t>{-1, 0, -1}));
  EXPECT_EQ(integers("seen(nullif(owner, 'Ada') like 'G%')"), (std::vector<std::int64_t>{-1, 0, 1}));
  EXPECT_EQ(integers("seen(nullif(owner, 'Ada') in ('', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'))"),
            (std::vector<std::int64_t>{-1, 1, 0}));
}

TEST_P(Own, functions_that_handle_null_say_what_is_null) {
  EXPECT_EQ(passing("either(nullif(balance, 10.5), 7.0) = 7.0"), "0");
  EXPECT_EQ(passing("either(nullif(balance, 10.5), nullif(balance, 10.5)) is null"), "0");
  EXPECT_EQ(passing("both(nullif(closed, true), closed) is null"), "1");
  EXPECT_EQ(passing("both(closed, closed)"), "1");
  EXPECT_EQ(passing("both(nullif(closed, true), nullif(closed, true))"),
            "row 1: neither is known in 'both(nullif(closed, true), nullif(closed, true))'");
}

TEST_P(Own, aggregates_are_of_what_projections_yield) {
  const Batch batch = rows_.batch(accounts());
  const auto values = [&](std::string_view expression) {
    return Projection::compile(rows_.schema(), expression, options_).value().values(batch).value();
  };
  const Values key = values("closed"), cents = values("cents"), balance = values("nullif(balance, 10.5)");
  Groups groups({.keys = {{Type::Boolean, "closed"}},
                 .aggregates = {{AggregateKind::Sum, Type::Integer, "sum"},
                                {AggregateKind::Average, Type::Real, "average"},
                                {AggregateKind::Rows, Type::Integer, "rows"}}});
  const Values arguments[] = {cents, balance, Values()};
  groups.add(std::span(&key, 1), arguments, 3);
  std::string text;
  for (const std::uint32_t group : groups.sorted()) {
    text += to_string(groups.keys(group)[0]) + ":";
    const std::span<const AggregateState> states = groups.states(group);
    text += result_of({AggregateKind::Sum, Type::Integer, "sum"}, states[0]).large + " ";
    text += to_string(result_of({AggregateKind::Average, Type::Real, "average"}, states[1]).value) + " ";
    text += to_string(result_of({AggregateKind::Rows, Type::Integer, "rows"}, states[2]).value) + "; ";
  }
  EXPECT_EQ(text, "false:101049 999.99 2; true:-200 -2.0 1; ");
}

INSTANTIATE_TEST_SUITE_P(Engines, Own,
                         ::testing::Values(Engine::Interpreted, Engine::Quick, Engine::Optimized, Engine::Tiered));

}  // namespace
}  // namespace inlay::filter::own
