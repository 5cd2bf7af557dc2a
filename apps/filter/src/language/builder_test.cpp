// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/builder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "language/test_registry.h"

namespace inlay::filter {
namespace {

class Builder : public ::testing::Test {
 protected:
  /// Whether the term is the node that the text is.
  void same(const Term& term, std::string_view text) {
    Result<NodeId> built = build(expressions_, term), parsed = parse(expressions_, text);
    ASSERT_TRUE(built) << built.error().to_string();
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    EXPECT_EQ(*built, *parsed) << term.text() << "\n" << text;
  }
  Value value_of(const Term& term) { return expressions_.constant(build(expressions_, term).value()); }

  Schema schema_ = test_schema();
  Registry registry_ = test_registry();
  Expressions expressions_{schema_, registry_};
};

TEST_F(Builder, makes_the_tree_that_text_makes) {
  same(col("age") >= 30 && col("email").like("%x%"), "age >= 30 and email like '%x%'");
  same(col("age") >= 30 && col("email").like("%@example.org") && col("name").in({"NO", "SE"}),
       "age >= 30 and email like '%@example.org' and name in ('NO', 'SE')");
  same(col("age") + 1 - col("visits") * 2 == 3 || !col("active"), "age + 1 - visits * 2 = 3 or not active");
  same((col("age") + 1) * 2 % 3 < -col("visits") / 4, "(age + 1) * 2 % 3 < -visits / 4");
  same(1 - (col("age") - col("visits")) != 0, "1 - (age - visits) <> 0");
  same((col("active") || col("active")) && col("age") > 1, "(active or active) and age > 1");
  same(!(col("active") || col("age") <= 1), "not (active or age <= 1)");
  same(col("First Name") == "Zo" && col("First Name") > col("name"), "\"First Name\" = 'Zo' and \"First Name\" > name");
}

TEST_F(Builder, has_all_tests) {
  same(col("email").like("a!%", "!"), "email like 'a!%' escape '!'");
  same(col("email").ilike("a"), "email ilike 'a'");
  same(col("email").ilike("a", "b"), "email ilike 'a' escape 'b'");
  same(col("email").matches("^a'"), "email ~ '^a'''");
  same(col("age").between(1, col("visits") + 1) && col("active"), "age between 1 and visits + 1 and active");
  same(col("age").in({1, 2, col("visits")}), "age in (1, 2, visits)");
  same(col("age").in({}), "age <> age");
  same(col("age").is_null() || col("age").is_not_null(), "age is null or age is not null");
  same(col("active").is_true() && (col("age") == 1).is_false(), "active is true and age = 1 is false");
  same(col("age").is_distinct_from(col("visits")), "age is distinct from visits");
  same(col("age").cast(Type::Text) == "1" && (-col("age")).cast(Type::Real) < 0.5,
       "age::text = '1' and (-age)::real < 0.5");
  same(concat(col("name"), "a") == "b", "name || 'a' = 'b'");
  same(call("lower", {col("name")}) == "a" && call("PI", {}) > 3, "lower(name) = 'a' and pi() > 3");
  same(call("Odd Name", {3}) == 1, "\"Odd Name\"(3) = 1");
  same(when(col("age") < 18, "minor").when(col("age") < 65, "adult").otherwise("senior") == "adult",
       "case when age < 18 then 'minor' when age < 65 then 'adult' else 'senior' end = 'adult'");
  same(when(col("active"), 1).otherwise_null(), "case when active then 1 end");
}

TEST_F(Builder, values_arrive_as_they_are) {
  for (const Value& value :
       {Value::of(true), Value::of(std::int64_t{0}), Value::of(std::numeric_limits<std::int64_t>::min()),
        Value::of(std::numeric_limits<std::int64_t>::max()), Value::of(0.1), Value::of(-0.0), Value::of(5e-324),
        Value::of(-1.7976931348623157e308), Value::of(std::numeric_limits<double>::infinity()),
        Value::of(std::numeric_limits<double>::quiet_NaN()),
        Value::of(std::string("it's \"quoted\" -- \\ %\0\n\xff", 22)), Value::of(std::string()), Value::of(Date{19782}),
        Value::of(Date{-719529}), Value::of(Timestamp{-1}), Value::of(Timestamp{1'700'000'000'123'456}),
        Value::null_of(Type::Integer), Value::null_of(Type::Timestamp)})
    EXPECT_TRUE(value_of(value) == value) << to_string(value) << " became " << to_string(value_of(value));
  EXPECT_TRUE(value_of(std::uint8_t{7}) == Value::of(std::int64_t{7}));
  EXPECT_TRUE(value_of(~std::uint64_t{}) == Value::of(18446744073709551616.0));
  EXPECT_TRUE(value_of(2.5f) == Value::of(2.5));
  EXPECT_TRUE(value_of(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29)) == Value::of(Date{19782}));
}

TEST_F(Builder, nothing_in_a_value_or_name_changes_the_meaning) {
  const std::string evil = "' or active or name = '";
  same(col("name") == evil, "name = ''' or active or name = '''");
  EXPECT_FALSE(build(expressions_, col("name = 'a' or active") == 1));
  EXPECT_FALSE(build(expressions_, call("abs(1) or abs", {1})));
}

TEST_F(Builder, texts_take_the_place_of_days) {
  same(col("born") < "2024-02-29", "born < date '2024-02-29'");
  same(col("born") < std::chrono::sys_days(std::chrono::year(2024) / 2 / 29), "born < date '2024-02-29'");
}

TEST_F(Builder, chains_of_many_terms_are_flat) {
  std::vector<Term> terms;
  std::string text = "age = 0";
  Term chain = col("age") == 0;
  for (int i = 0; i < 100'000; ++i) {
    terms.push_back(col("age") == i);
    if (i == 0) continue;
    text += " or age = " + std::to_string(i);
    chain = std::move(chain) || (col("age") == i);
  }
  same(any_of(terms), text);
  same(chain, text);
  same(all_of(std::span(terms).first(2)), "age = 0 and age = 1");
  same(any_of({}), "false");
  same(all_of({}), "true");
}

TEST_F(Builder, errors_show_the_term_as_text) {
  Result<NodeId> id = build(expressions_, col("agee") >= 30 && col("active"));
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().to_string(),
            "<expression>:1:1: error: no column is called 'agee'; did you mean 'age'? [invalid-program]\n"
            "note: here:\n"
            "        agee >= 30 and active\n"
            "        ^~~~");
}

}  // namespace
}  // namespace inlay::filter
