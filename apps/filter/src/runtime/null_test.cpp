// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cmath>

#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

const Value None = Value::null_of(Type::Integer);

TEST(Nulls, distinct_treats_null_as_a_value) {
  auto distinct = [](const Value& a, const Value& b) {
    const bool result = bits("is distinct from", {a, b}) != 0;
    EXPECT_EQ(bits("is not distinct from", {a, b}) != 0, !result);
    return result;
  };
  EXPECT_FALSE(distinct(None, None));
  EXPECT_TRUE(distinct(None, integer(0)));
  EXPECT_TRUE(distinct(integer(0), None));
  EXPECT_FALSE(distinct(integer(3), integer(3)));
  EXPECT_TRUE(distinct(integer(3), integer(4)));
  EXPECT_FALSE(distinct(real(std::nan("")), real(std::nan(""))));
  EXPECT_FALSE(distinct(boolean(false), boolean(false)));
  EXPECT_TRUE(distinct(boolean(false), Value::null_of(Type::Boolean)));
  EXPECT_TRUE(distinct(text(""), Value::null_of(Type::Text)));
  EXPECT_FALSE(distinct(text("a"), text("a")));
}

TEST(Nulls, coalesce_takes_the_first_that_is_there) {
  EXPECT_EQ(bits("coalesce", {integer(1), integer(2)}), 1);
  EXPECT_EQ(bits("coalesce", {None, integer(2)}), 2);
  EXPECT_TRUE(call("coalesce", {None, None}).null);
  EXPECT_EQ(words("coalesce", {Value::null_of(Type::Text), text("x")}), "x");
  EXPECT_EQ(bits("coalesce", {Value::null_of(Type::Boolean), boolean(true)}), 1);
  EXPECT_EQ(bits("coalesce", {boolean(false), Value::null_of(Type::Boolean)}), 0);
}

TEST(Nulls, nullif_is_null_where_both_are_equal) {
  EXPECT_TRUE(call("nullif", {integer(1), integer(1)}).null);
  EXPECT_EQ(bits("nullif", {integer(1), integer(2)}), 1);
  EXPECT_EQ(bits("nullif", {integer(1), None}), 1);
  EXPECT_TRUE(call("nullif", {None, integer(1)}).null);
  EXPECT_TRUE(call("nullif", {real(0.0), real(-0.0)}).null);
  EXPECT_TRUE(call("nullif", {text("a"), text("a")}).null);
}

TEST(Nulls, greatest_and_least_pass_over_null) {
  EXPECT_EQ(bits("greatest", {integer(1), integer(2)}), 2);
  EXPECT_EQ(bits("least", {integer(1), integer(2)}), 1);
  EXPECT_EQ(bits("greatest", {None, integer(2)}), 2);
  EXPECT_EQ(bits("least", {integer(1), None}), 1);
  EXPECT_TRUE(call("least", {None, None}).null);
  EXPECT_TRUE(std::isnan(number("greatest", {real(std::nan("")), real(INFINITY)})));
  EXPECT_EQ(number("least", {real(std::nan("")), real(INFINITY)}), INFINITY);
  EXPECT_EQ(words("greatest", {text("b"), text("ba")}), "ba");
  EXPECT_EQ(words("least", {text("b"), text("a")}), "a");
  EXPECT_EQ(bits("greatest", {Value::of(Date{1}), Value::of(Date{2})}), 2);
}

}  // namespace
}  // namespace inlay::filter
