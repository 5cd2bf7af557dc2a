// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lists, aggregates and parts of shards.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "inlay/filter/aggregate.h"
#include "output/columns.h"
#include "output/list.h"
#include "output/partial.h"
#include "output/write.h"

namespace inlay::filter {
namespace {

constexpr double NaN = std::numeric_limits<double>::quiet_NaN();

Values reals(std::vector<double> values, std::vector<std::uint8_t> nulls = {}) {
  Values made;
  made.type = Type::Real;
  made.reals = std::move(values);
  made.nulls = std::move(nulls);
  return made;
}

Values integers(std::vector<std::int64_t> values, std::vector<std::uint8_t> nulls = {}) {
  Values made;
  made.type = Type::Integer;
  made.integers = std::move(values);
  made.nulls = std::move(nulls);
  return made;
}

Aggregation one(AggregateKind kind, Type type) { return {.keys = {}, .aggregates = {{kind, type, "x"}}}; }

std::string result(AggregateKind kind, const std::vector<Values>& parts) {
  const Aggregation aggregation = one(kind, parts[0].type);
  Groups all(aggregation);
  for (const Values& part : parts) {
    Groups groups(aggregation);
    const std::size_t rows = part.reals.size() + part.integers.size();
    groups.add({}, std::vector{part}, rows);
    all.merge(groups);
  }
  std::string text;
  TableWriter(Format::Csv, {"x"}).append(text, aggregation, all);
  return text.substr(0, text.size() - 1);
}

TEST(Lists, have_names_and_expressions) {
  const std::vector<ListItem> items =
      parse_list("a, \"b c\" , round(d, 1) as e, cast(f as text), g + 1 -- comment").value();
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(items[0].name, "a");
  EXPECT_EQ(items[1].name, "b c");
  EXPECT_EQ(items[1].expression, "\"b c\"");
  EXPECT_EQ(items[2].name, "e");
  EXPECT_EQ(items[2].expression, "round(d, 1)");
  EXPECT_EQ(items[3].name, "cast(f as text)");
  EXPECT_EQ(items[4].name, "g + 1");
  for (const char* text : {"", ",", "a,", "a,,b", "'open"}) EXPECT_FALSE(parse_list(text)) << text;
}

TEST(Lists, of_aggregates_are_calls_of_five_functions) {
  const std::vector<AggregateItem> items =
      parse_aggregates("count(*), COUNT(a), sum((a + 1) * 2) as s, min(f(a, b))").value();
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0].kind, AggregateKind::Rows);
  EXPECT_EQ(items[1].kind, AggregateKind::Count);
  EXPECT_EQ(items[2].argument, "(a + 1) * 2");
  EXPECT_EQ(items[2].name, "s");
  EXPECT_EQ(items[3].argument, "f(a, b)");
  for (const char* text :
       {"a", "sum", "sum()", "count()", "sum(*)+1", "sum(a) + 1", "sum(a)(b)", "(sum(a))", "median(a)", ""})
    EXPECT_FALSE(parse_aggregates(text)) << text;
}

TEST(Aggregates, ignore_null_and_are_null_of_nothing) {
  EXPECT_EQ(result(AggregateKind::Sum, {integers({1, 5, 7}, {0, 1, 0})}), "8");
  EXPECT_EQ(result(AggregateKind::Count, {integers({1, 5, 7}, {0, 1, 0})}), "2");
  EXPECT_EQ(result(AggregateKind::Average, {integers({1, 5, 8}, {0, 1, 0})}), "4.5");
  EXPECT_EQ(result(AggregateKind::Maximum, {integers({1, 9, 7}, {0, 1, 0})}), "7");
  for (const AggregateKind kind :
       {AggregateKind::Sum, AggregateKind::Average, AggregateKind::Minimum, AggregateKind::Maximum})
    EXPECT_EQ(result(kind, {integers({1}, {1}), integers({})}), "");
}

TEST(Aggregates, of_integers_do_not_overflow) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(result(AggregateKind::Sum, {integers({most, most})}), "18446744073709551614");
  EXPECT_EQ(result(AggregateKind::Sum, {integers({least, least}), integers({-1})}), "-18446744073709551617");
  EXPECT_EQ(result(AggregateKind::Average, {integers({most, most})}), "9.223372036854776e+18");
}

TEST(Aggregates, order_reals_as_comparisons_do) {
  for (const auto& parts : {std::vector{reals({1, NaN, -2})}, std::vector{reals({NaN}), reals({1, -2})}}) {
    EXPECT_EQ(result(AggregateKind::Minimum, parts), "-2");
    EXPECT_EQ(result(AggregateKind::Maximum, parts), "NaN");
  }
  for (const auto& parts : {std::vector{reals({0.0, -0.0})}, std::vector{reals({-0.0}), reals({0.0})}}) {
    EXPECT_EQ(result(AggregateKind::Minimum, parts), result(AggregateKind::Minimum, {reals({-0.0})}));
    EXPECT_EQ(result(AggregateKind::Maximum, parts), result(AggregateKind::Maximum, {reals({0.0})}));
  }
}

TEST(Aggregates, sum_only_numbers) {
  EXPECT_TRUE(check({AggregateKind::Sum, Type::Real, "x"}));
  EXPECT_FALSE(check({AggregateKind::Sum, Type::Text, "x"}));
  EXPECT_FALSE(check({AggregateKind::Average, Type::Date, "x"}));
  EXPECT_TRUE(check({AggregateKind::Minimum, Type::Date, "x"}));
}

TEST(Groups, are_equal_as_values_are_and_come_in_order) {
  const Aggregation aggregation{.keys = {{Type::Real, "k"}}, .aggregates = {{AggregateKind::Rows, Type::Integer, "n"}}};
  Groups groups(aggregation);
  const std::vector keys{reals({NaN, 0.0, 3, -0.0, -NaN, 1, -1}, {0, 0, 1, 0, 0, 0, 0})};
  groups.add(keys, std::vector<Values>(1), 7);
  std::string text;
  TableWriter(Format::Csv, {"k", "n"}).append(text, aggregation, groups);
  EXPECT_EQ(text, "-1,1\n0,2\n1,1\nNaN,2\n,1\n");
}

TEST(Partial, reads_back_as_it_was) {
  const Aggregation aggregation{.keys = {{Type::Text, "a b"}, {Type::Boolean, "c"}},
                                .aggregates = {{AggregateKind::Rows, Type::Integer, "count(*)"},
                                               {AggregateKind::Sum, Type::Real, "s"},
                                               {AggregateKind::Sum, Type::Integer, "i"},
                                               {AggregateKind::Minimum, Type::Text, "m"}}};
  Partial partial{.shard = {2, 5},
                  .traits = {{"condition", "a = 'x\n'"}, {"--count", ""}},
                  .format = Format::JsonLines,
                  .passed = 3,
                  .aggregation = aggregation,
                  .groups = Groups(aggregation)};
  Values texts, flags;
  const std::string odd("\0 \xff%\n'", 6);
  texts.type = Type::Text;
  texts.texts = {Text(odd), Text(""), Text("-")};
  flags.type = Type::Boolean;
  flags.booleans = {1, 0, 0};
  flags.nulls = {0, 0, 1};
  partial.groups.add(std::vector{texts, flags},
                     std::vector{Values(), reals({0.1, -1e300, NaN}), integers({1, -2, 3}, {0, 0, 1}), texts}, 3);
  const std::string text = to_text(partial);
  Partial read = parse_partial(text, "part").value();
  EXPECT_EQ(to_text(read), text);
  EXPECT_EQ(read.shard, partial.shard);
  EXPECT_EQ(read.traits[0].value, partial.traits[0].value);
  EXPECT_EQ(read.format, Format::JsonLines);
  EXPECT_EQ(difference(read, partial), std::nullopt);
  EXPECT_EQ(read.aggregation, aggregation);
  EXPECT_EQ(read.groups.size(), 3u);

  // However it is cut, it is refused; whatever is changed, it is read or refused.
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_partial(text.substr(0, size), "part")) << size;
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char c : {'9', '-', ' ', '\n', '%', '\'', ':'}) {
      std::string changed = text;
      changed[i] = c;
      if (const Result<Partial> other = parse_partial(changed, "part")) to_text(*other);
    }
}

TEST(Partial, refuses_what_no_shard_writes) {
  const std::string begin = "inlay-filter-partial 2\nshard 1 1\ntraits 1\n'a 'true\nformat -\n";
  const std::string rows = "rows integer 'count%28%2a%29\n";
  EXPECT_TRUE(parse_partial(
      begin + "only-count 1\npassed 3\nkeys 0\naggregates 1\n" + rows + "groups 1\ngroup 3\nend\n", "part"));
  for (const char* text : {
           "only-count 1\npassed 3\nkeys 0\naggregates 0\ngroups 1\ngroup\nend\n",
           "only-count 0\npassed 3\nkeys 0\naggregates 1\nrows integer 'n\ngroups 0\nend\n",
           "only-count 0\npassed 3\nkeys 0\naggregates 1\nrows integer 'n\ngroups 2\ngroup 1\ngroup 2\nend\n",
           "only-count 0\npassed 3\nkeys 0\naggregates 1\nrows integer 'n\ngroups 1\ngroup -1\nend\n",
           "only-count 0\npassed 3\nkeys 0\naggregates 1\nrows integer 'n\ngroups 1\ngroup 9223372036854775807\nend\n",
           "only-count 0\npassed 3\nkeys 0\naggregates 1\nsum text 'n\ngroups 1\ngroup 1 1\nend\n",
           "only-count 0\npassed 3\nkeys 1\ntext 'k\naggregates 1\nrows integer 'n\ngroups 2\ngroup 'a 1\ngroup 'a "
           "1\nend\n",
           "only-count 0\npassed 3\nkeys 9007199254740992\n",
       })
    EXPECT_FALSE(parse_partial(begin + text, "part")) << text;
  for (const char* text : {"shard 1 1\ntraits 9007199254740992\n", "shard 1 1\ntraits 0\nformat xml\n"})
    EXPECT_FALSE(parse_partial("inlay-filter-partial 2\n" + std::string(text), "part")) << text;
  EXPECT_NE(parse_partial("inlay-filter-partial 1\nshard 1 1\n", "part").error().message().find("another version"),
            std::string::npos);
}

TEST(Partial, names_what_another_has_otherwise) {
  const Aggregation aggregation{.keys = {}, .aggregates = {{AggregateKind::Rows, Type::Integer, "count(*)"}}};
  const auto part = [&](std::vector<Trait> traits, Shard shard = {1, 2}) {
    return Partial{.shard = shard,
                   .traits = std::move(traits),
                   .format = {},
                   .aggregation = aggregation,
                   .groups = Groups(aggregation)};
  };
  const Partial first = part({{"--agg", "sum(a)"}, {"input 1", "a.csv"}});
  EXPECT_EQ(difference(part({{"--agg", "sum(a)"}, {"input 1", "a.csv"}}, {2, 2}), first), std::nullopt);
  EXPECT_EQ(difference(part({{"--agg", "sum(b)"}, {"input 1", "a.csv"}}), first),
            "--agg is 'sum(b)' here, 'sum(a)' there");
  EXPECT_EQ(difference(part({{"--agg", "sum(a)"}}), first), "input 1 is 'a.csv' there, and not given here");
  EXPECT_EQ(difference(part({{"--agg", "sum(a)"}, {"input 1", "a.csv"}, {"--types", "\x1b"}}), first),
            "--types is '?' here, and not given there");
  EXPECT_EQ(difference(part(first.traits, {1, 3}), first), "one of 3 shards here, of 2 there");
  const std::string filler(100, 'x');
  EXPECT_EQ(difference(part({{"--agg", filler + "a"}}), part({{"--agg", filler + "b"}})),
            "--agg is ...'" + std::string(30, 'x') + "a' here, ...'" + std::string(30, 'x') + "b' there");
  Partial other = part(first.traits);
  other.aggregation.aggregates[0].type = Type::Real;
  EXPECT_EQ(difference(other, first), "columns have other types or names here");
}

TEST(Shards, are_parts_of_a_whole) {
  EXPECT_EQ(parse_shard("2/3").value(), (Shard{2, 3}));
  for (const char* text : {"", "1", "0/3", "4/3", "1/0", "-1/3", "1/3/3", "a/b", "1/1001"})
    EXPECT_FALSE(parse_shard(text)) << text;
}

TEST(Columns, of_a_schema_are_all_of_it) {
  Schema schema;
  for (const char* name : {"a", "b c", "d"}) schema.add({.name = name, .accessor = {}});
  const std::vector<OutputColumn> all = compile_columns(schema, {}).value();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].name, "b c");
  EXPECT_EQ(all[1].value.column->value, 2u);
}

}  // namespace
}  // namespace inlay::filter
