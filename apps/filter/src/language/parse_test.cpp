// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text in, text out: what an expression is taken for.
#include <gtest/gtest.h>

#include "inlay/filter/expression.h"
#include "language/test_registry.h"

namespace inlay::filter {
namespace {

struct Case {
  std::string_view text, read;  // `read` empty: the same as `text`
};

class Parse : public ::testing::Test {
 protected:
  /// What the text is read as, which has to read back as the same node; or the error.
  std::string read(std::string_view text) {
    Result<NodeId> id = parse(expressions_, text);
    if (!id) return id.error().to_string();
    std::string printed = to_string(expressions_, *id);
    Result<NodeId> again = parse(expressions_, printed);
    if (!again) return printed + " does not read back: " + again.error().to_string();
    if (*again != *id) return printed + " reads back as " + to_string(expressions_, *again);
    return printed;
  }
  void check(std::initializer_list<Case> cases) {
    for (const Case& c : cases) EXPECT_EQ(read(c.text), c.read.empty() ? c.text : c.read) << c.text;
  }
  const Node& node(std::string_view text) { return expressions_[parse(expressions_, text).value()]; }

  Schema schema_ = test_schema();
  Registry registry_ = test_registry();
  Expressions expressions_{schema_, registry_};
};

TEST_F(Parse, comparisons_in_all_spellings) {
  check({{"age = 30", ""},
         {"age == 30", "age = 30"},
         {"age != 30", "age <> 30"},
         {"age<>30", "age <> 30"},
         {"age <= 30", ""},
         {"30 > age", ""},
         {"AGE >= 30", "age >= 30"},
         {"\"First Name\" = 'Zo'", ""},
         {"\"age\" = 1", "age = 1"}});
}

TEST_F(Parse, precedence_from_loosest_to_tightest) {
  check({{"active or active and not active = active", ""},
         {"(active or active) and active", "(active or active) and active"},
         {"not age = 1", ""},
         {"(not active) = active", ""},
         {"age + 1 * 2 = 3", ""},
         {"(age + 1) * 2 = 3", ""},
         {"age - (visits - 1) = 0", ""},
         {"(age - visits) - 1 = 0", "age - visits - 1 = 0"},
         {"name || 'a' || 'b' = 'c'", ""},
         {"name || ('a' || 'b') = 'c'", ""},
         {"name like 'a' || 'b'", ""},
         {"-age * 2 = 0", ""},
         {"-(age * 2) = 0", ""},
         {"-age::real = 0", "-age::real = 0.0"},
         {"(-age)::real = 0", "(-age)::real = 0.0"},
         {"age = 1 is true", "age = 1 is true"},
         {"age = 1 is null is not null", ""},
         {"(age = 1) = active", ""}});
}

TEST_F(Parse, ands_and_ors_are_flat) {
  check({{"active and (active and (age = 1 and age = 2))", "active and active and age = 1 and age = 2"},
         {"((age = 1 or age = 2) or age = 3) or (age = 4 or age = 5)",
          "age = 1 or age = 2 or age = 3 or age = 4 or age = 5"}});
  EXPECT_EQ(node("((age = 1 or age = 2) or age = 3) or (age = 4 or age = 5)").count, 5u);
}

TEST_F(Parse, between) {
  check({{"age between 30 and 40", ""},
         {"age not between 30 and 40", "not age between 30 and 40"},
         {"age between 30 and 40 and active", ""},
         {"active and age between 1 + 1 and 2 * 3 or active", ""},
         {"age >= 30 and age <= 40", "age between 30 and 40"},
         {"age between 1 and 2.5", "age >= 1 and age::real <= 2.5"},
         {"born between '2024-01-01' and '2024-12-31'", "born between date '2024-01-01' and date '2024-12-31'"},
         {"(age between 1 and 2) = active", "age between 1 and 2 = active"}});
  EXPECT_EQ(node("age between 30 and 40 and active").count, 3u);
}

TEST_F(Parse, lists) {
  check({{"age in (1, 2, null)", ""},
         {"age not in (1)", ""},
         {"name in ('a', 'it''s')", ""},
         {"balance in (1, 2.5)", "balance in (1.0, 2.5)"},
         {"age in (1, 2.5)", "age::real in (1.0, 2.5)"},
         {"born in ('2024-02-29')", "born in (date '2024-02-29')"},
         {"'2024-02-29' in (born, null)", "date '2024-02-29' in (null) or date '2024-02-29' = born"},
         {"age in (1, visits, -2)", "age in (1, -2) or age = visits"},
         {"null in (1, 2)", "null::integer in (1, 2)"},
         {"age in (null)", ""}});
}

TEST_F(Parse, patterns) {
  check({{"email like '%@example.org'", ""},
         {"email not like 'a_'", ""},
         {"email ilike '%A%'", ""},
         {"email LIKE '10!%' ESCAPE '!'", "email like '10!%' escape '!'"},
         {"email not like '10!%' escape '!'", "not email like '10!%' escape '!'"},
         {"email like '\xc3\xa4%' escape '\xc3\xa4'", ""},
         {"email like '' escape '!'", ""},
         {"email like null escape '!'", "like_escape(email, null::text)"},
         {"email ~ '^a+'", ""},
         {"email !~ '^a+'", ""},
         {"not email ~ 'a'", "email !~ 'a'"},
         {"regexp_matches(email, 'a')", ""},
         {"email ~ null", "null::boolean"}});
}

TEST_F(Parse, tests_of_null_and_truth) {
  check({{"age is null", ""},
         {"age is not null", ""},
         {"active is unknown", "active is null"},
         {"active is true", ""},
         {"active is not true", ""},
         {"active is false", ""},
         {"active is not false", ""},
         {"age is null is true", "age is null"},
         {"age is null is false", "age is not null"},
         {"null is null", "null::boolean is null"},
         {"id is distinct from 1", "id <> 1"},
         {"age is not distinct from 1", "age = 1 is true"},
         {"age is distinct from null", "age is not null"},
         {"age is not distinct from visits", ""},
         {"age is distinct from visits is null", ""},
         {"not age is distinct from visits", ""},
         {"age is distinct from 1", "age = 1 is not true"}});
}

TEST_F(Parse, cases) {
  check(
      {{"case when age > 1 then 'a' when active then 'b' else 'c' end", ""},
       {"case when active then 1 end", ""},
       {"case when active then 1 else null end", "case when active then 1 end"},
       {"case when active then null end", "case when active then null::text else null::text end"},
       {"case age when 1 then 'a' when 2 then null end", "case when age = 1 then 'a' when age = 2 then null::text end"},
       {"case when active then 1 else 2.5 end", "case when active then 1.0 else 2.5 end"},
       {"case when active then age else balance end", "case when active then age::real else balance end"},
       {"case when active then born else '2024-01-01' end", "case when active then born else date '2024-01-01' end"},
       {"case case when active then 1 end when 1 then active end",
        "case when case when active then 1 end = 1 then active end"}});
}

TEST_F(Parse, casts) {
  check({{"cast(age as text)", "age::text"},
         {"age::real::text", ""},
         {"balance::int", "balance::integer"},
         {"age::double precision", "age::real"},
         {"age::integer", "age"},
         {"cast(null as date)", "null::date"},
         {"'5'::integer", ""},
         {"cast('2024-02-29' as date)", "'2024-02-29'::date"},
         {"cast_integer(name)", "name::integer"}});
}

TEST_F(Parse, numbers) {
  check({{"0", ""},
         {"-5", ""},
         {"- 5", "-5"},
         {"+5", "5"},
         {"-(5)", ""},
         {"- -5", "-(-5)"},
         {"-5::real", ""},
         {"(-5)::real", ""},
         {"-9223372036854775808", ""},
         {"9223372036854775807", ""},
         {"2.5", ""},
         {".5", "0.5"},
         {"5.", "5.0"},
         {"1e6", "1000000.0"},
         {"1.5E-3", "0.0015"},
         {"-0.0", ""},
         {"1e300", "1e+300"},
         {"1e-999", "0.0"},  // as cast('1e-999' as real)
         {"real 'nan'", ""},
         {"real '-inf'", ""},
         {"age - -5", ""},
         {"1e308", "1e+308"}});
}

TEST_F(Parse, texts_names_and_comments) {
  check({{"'it''s'", ""},
         {"''", ""},
         {"'\xff\x80'", ""},
         {"age -- a comment\n = 1", "age = 1"},
         {"\n\tage\r\n=\f1 --", "age = 1"},
         {"date '2024-02-29'", ""},
         {"timestamp '2024-02-29 12:00:00'", ""},
         {"timestamp '2024-02-29 12:00:00.25'", "timestamp '2024-02-29 12:00:00.250000'"},
         {"timestamp '1969-12-31 23:59:59.999999'", ""},
         {"date '-0044-03-15'", ""},
         {"timestamp '2024-02-29'", "timestamp '2024-02-29 00:00:00'"}});
}

TEST_F(Parse, literals_take_their_type_from_what_is_around_them) {
  check({{"born > '2024-02-29'", "born > date '2024-02-29'"},
         {"'2024-02-29' < born", "date '2024-02-29' < born"},
         {"seen > '2024-02-29'", "seen > timestamp '2024-02-29 00:00:00'"},
         {"seen > '2024-02-29 12:30:00'", "seen > timestamp '2024-02-29 12:30:00'"},
         {"born > '2024-02-29 12:30:00'", "born::timestamp > timestamp '2024-02-29 12:30:00'"},
         {"born < seen", "born::timestamp < seen"},
         {"born - '2024-02-29' > 3", "born - date '2024-02-29' > 3"},
         {"year('2024-02-29') = 2024", "year(date '2024-02-29') = 2024"},
         {"date_trunc('month', seen) = '2024-02-01'", "date_trunc('month', seen) = timestamp '2024-02-01 00:00:00'"},
         {"balance > 5000", "balance > 5000.0"},
         {"balance > age", "balance > age::real"},
         {"age = null", "age = null::integer"},
         {"null = null", "null::text = null::text"},
         {"null", "null::boolean"},
         {"not null", "not null::boolean"},
         {"null and active", "null::boolean and active"},
         {"abs(null)", "abs(null::integer)"},
         {"length(null)", "length(null::text)"},
         {"name = '2024-02-29'", ""}});
}

TEST_F(Parse, functions) {
  check({{"starts_with(name, 'Zo')", ""},
         {"LENGTH(name) > 3", "length(name) > 3"},
         {"substring(name, 1, 2)", "substr(name, 1, 2)"},
         {"substring(name from 2 for 3)", "substr(name, 2, 3)"},
         {"position('a' in name)", "position(name, 'a')"},
         {"position(name || 'x' in email || 'y') = 0", "position(email || 'y', name || 'x') = 0"},
         {"extract(year from born) = 2024", "year(born) = 2024"},
         {"pi()", ""},
         {"\"Odd Name\"(3)", ""},
         {"round(age)", "round(age::real)"},
         {"greatest(1, age, balance)", "greatest(greatest(1.0, age::real), balance)"},
         {"coalesce(age, visits, 0)", "coalesce(age, coalesce(visits, 0))"},
         {"coalesce(age)", "age"},
         {"coalesce(age, 1 / age)", "case when age is not null then age else 1 / age end"},
         {"nullif(age, 0)", ""},
         {"nullif(age / 2, 0)", "case when age / 2 = 0 then null::integer else age / 2 end"},
         {"coalesce(born, '2024-01-01')", "coalesce(born, date '2024-01-01')"}});
}

TEST_F(Parse, columns_may_be_called_like_words_of_the_language) {
  Schema schema;
  for (const char* name :
       {"date",  "timestamp", "real", "escape", "from", "as",      "for",      "distinct", "cast",     "extract",
        "order", "select",    "and",  "end",    "",     "a \"b\"", "\xc3\xa4", "x$1",      "position", "1st"}) {
    Column column;
    column.name = name;
    schema.add(column);
  }
  Expressions expressions(schema, registry_);
  for (std::uint32_t i = 1; i <= schema.size(); ++i) {
    const NodeId column = expressions.add_column(ColumnId(i));
    const NodeId text = expressions.add_constant(Value::of(std::string("x")));
    const FunctionId like = registry_.find("like", std::vector{Type::Text, Type::Text})[0];
    const NodeId test = expressions.add_call(like, std::vector{column, text});
    const std::string printed = to_string(expressions, test);
    Result<NodeId> again = parse(expressions, printed);
    ASSERT_TRUE(again) << printed << '\n' << again.error().to_string();
    EXPECT_EQ(*again, test) << printed;
  }
  EXPECT_EQ(to_string(expressions, parse(expressions, "escape like 'x' escape '!'").value()),
            "escape like 'x' escape '!'");
}

TEST_F(Parse, depth_is_work_or_an_error) {
  constexpr std::size_t Many = 100'000;
  auto repeated = [](std::string_view part) {
    std::string text;
    for (std::size_t i = 0; i < Many; ++i) text += part;
    return text;
  };
  EXPECT_EQ(read(repeated("(") + "age = 1" + repeated(")")), "age = 1");
  std::string terms = "age = 0";
  for (std::size_t i = 1; i < Many; ++i) terms += " or age = " + std::to_string(i);
  EXPECT_EQ(node(terms).count, Many);
  EXPECT_EQ(parse(expressions_, repeated("(age = 7 or ") + "active" + repeated(")")).value(),
            parse(expressions_, repeated("age = 7 or ") + "active").value());
  EXPECT_EQ(node("age in (0" + repeated(", 1") + ")").count, Many + 2);
  EXPECT_EQ(node("case" + repeated(" when active then 1") + " end").count, 2 * Many + 1);
  for (const std::string& text :
       {repeated("not ") + "active", repeated("- ") + "age", "age" + repeated(" + 1"),
        repeated("lower(") + "name" + repeated(")"), repeated("(active and (active or ") + "active" + repeated("))"),
        "age" + repeated("::text::integer"), repeated("case when ") + "active" + repeated(" then active end"),
        "active" + repeated(" is null")}) {
    Result<NodeId> id = parse(expressions_, text);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().message(), "this is nested more than 1000 levels deep");
  }
  for (const char* part : {"(", "not ", "case ", "case when ", "x(", "- ", "1 + ", "age in (", "age between ", "cast(",
                           "1::", "'", "\"", "age like ", "a is distinct from ", "extract(year from "}) {
    EXPECT_FALSE(parse(expressions_, repeated(part) + part)) << part;
  }
}

TEST_F(Parse, trees_that_grow_by_sharing_are_refused) {
  std::string text = "active";
  for (int i = 0; i < 100; ++i) text = "(" + text + " between false and true)";
  Result<NodeId> id = parse(expressions_, text);
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().message(), "this comes to more than 4000000 operations");
  text = "active";
  for (int i = 0; i < 10; ++i) text = "(" + text + " between false and true)";
  EXPECT_TRUE(parse(expressions_, text));
}

TEST_F(Parse, deep_trees_made_in_cpp_are_printed) {
  NodeId id = expressions_.add_column(ColumnId(7));
  std::string printed = "active";
  for (int i = 0; i < 50'000; ++i) {
    id = expressions_.add_not(id);
    printed.insert(0, "not ");
  }
  EXPECT_EQ(to_string(expressions_, id), printed);
}

TEST_F(Parse, a_text_that_sharing_makes_endless_is_cut) {
  NodeId id = parse(expressions_, "balance").value();
  const FunctionId plus = registry_.find("+", std::vector{Type::Real, Type::Real})[0];
  for (int i = 0; i < 60; ++i) id = expressions_.add_call(plus, std::vector{id, id});
  const std::string printed = to_string(expressions_, id);
  EXPECT_TRUE(printed.ends_with("...")) << printed.substr(printed.size() - 40);
  EXPECT_LT(printed.size(), std::size_t{3} << 20);
}

}  // namespace
}  // namespace inlay::filter
