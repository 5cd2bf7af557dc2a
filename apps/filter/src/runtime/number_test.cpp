// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

constexpr std::int64_t Least = INT64_MIN, Most = INT64_MAX;
constexpr double NaN = std::numeric_limits<double>::quiet_NaN();
constexpr double Infinity = std::numeric_limits<double>::infinity();

TEST(Numbers, integers_that_overflow_raise_and_all_others_are_exact) {
  std::mt19937_64 random(7);
  const std::int64_t edges[] = {Least, Least + 1, -3037000500, -2, -1, 0, 1, 2, 3037000500, Most - 1, Most};
  for (int round = 0; round < 20000; ++round) {
    auto pick = [&] {
      return random() % 2 ? edges[random() % 11] : static_cast<std::int64_t>(random() >> random() % 64);
    };
    const std::int64_t a = pick(), b = pick();
    auto check = [&](const char* name, __int128 wanted) {
      const Answer answer = call(name, {integer(a), integer(b)});
      const bool fits = wanted >= Least && wanted <= Most;
      ASSERT_EQ(answer.fault, fits ? Fault::None : Fault::IntegerOverflow) << a << name << b;
      if (fits) {
        ASSERT_EQ(answer.bits, static_cast<std::int64_t>(wanted)) << a << name << b;
      }
    };
    check("+", static_cast<__int128>(a) + b);
    check("-", static_cast<__int128>(a) - b);
    check("*", static_cast<__int128>(a) * b);
    if (b != 0) {
      check("/", static_cast<__int128>(a) / b);
      check("%", static_cast<__int128>(a) % b);
    }
  }
}

TEST(Numbers, division_truncates_and_the_rest_has_the_sign_of_the_dividend) {
  EXPECT_EQ(bits("/", {integer(-7), integer(2)}), -3);
  EXPECT_EQ(bits("%", {integer(-7), integer(2)}), -1);
  EXPECT_EQ(bits("%", {integer(7), integer(-2)}), 1);
  EXPECT_EQ(bits("%", {integer(Least), integer(-1)}), 0);
}

TEST(Numbers, division_by_zero_raises_for_integers_and_reals) {
  EXPECT_EQ(fault("/", {integer(1), integer(0)}), Fault::DivisionByZero);
  EXPECT_EQ(fault("%", {integer(Least), integer(0)}), Fault::DivisionByZero);
  EXPECT_EQ(fault("/", {real(1), real(-0.0)}), Fault::DivisionByZero);
  EXPECT_EQ(fault("%", {real(NaN), real(0)}), Fault::DivisionByZero);
  EXPECT_EQ(number("/", {real(1), real(4)}), 0.25);
  EXPECT_EQ(number("%", {real(-7.5), real(2)}), -1.5);
}

TEST(Numbers, the_least_integer_has_no_opposite) {
  EXPECT_EQ(fault("negate", {integer(Least)}), Fault::IntegerOverflow);
  EXPECT_EQ(fault("abs", {integer(Least)}), Fault::IntegerOverflow);
  EXPECT_EQ(bits("negate", {integer(Most)}), -Most);
  EXPECT_EQ(bits("abs", {integer(-Most)}), Most);
  EXPECT_EQ(bits("abs", {integer(5)}), 5);
}

TEST(Numbers, reals_follow_ieee_754) {
  EXPECT_EQ(number("+", {real(0.1), real(0.2)}), 0.1 + 0.2);
  EXPECT_EQ(number("-", {real(1e308), real(-1e308)}), Infinity);
  EXPECT_EQ(number("*", {real(1e200), real(1e200)}), Infinity);
  EXPECT_TRUE(std::isnan(number("-", {real(Infinity), real(Infinity)})));
  EXPECT_TRUE(std::signbit(number("negate", {real(0)})));
  EXPECT_FALSE(std::signbit(number("abs", {real(-0.0)})));
}

TEST(Numbers, round_takes_halves_away_from_zero) {
  EXPECT_EQ(number("round", {real(2.5)}), 3);
  EXPECT_EQ(number("round", {real(-2.5)}), -3);
  EXPECT_EQ(number("round", {real(0.49999999999999994)}), 0);
  EXPECT_EQ(number("floor", {real(-0.5)}), -1);
  EXPECT_EQ(number("ceil", {real(0.5)}), 1);
  EXPECT_EQ(number("floor", {real(Infinity)}), Infinity);
}

TEST(Numbers, round_takes_digits_before_and_behind_the_point) {
  EXPECT_EQ(number("round", {real(3.14159), integer(2)}), 3.14);
  EXPECT_EQ(number("round", {real(-1234.5), integer(-2)}), -1200);
  EXPECT_EQ(number("round", {real(1e300), integer(20)}), 1e300);
  EXPECT_EQ(number("round", {real(5), integer(Most)}), 5);
  EXPECT_EQ(number("round", {real(5), integer(Least)}), 0);
  EXPECT_EQ(number("round", {real(1e-310), integer(308)}), 0);
  EXPECT_TRUE(std::isnan(number("round", {real(NaN), integer(Least)})));
  EXPECT_EQ(number("round", {real(Infinity), integer(2)}), Infinity);
}

/// What the language promises, in the plainest way.
int order(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return (a > b) - (a < b);
}

template <class T, class Make, class Order>
void expect_comparisons(const std::vector<T>& values, Make make, Order compare) {
  for (const T& a : values) {
    for (const T& b : values) {
      const std::vector<Value> both = {make(a), make(b)};
      const int wanted = compare(a, b);
      EXPECT_EQ(bits("=", both), wanted == 0);
      EXPECT_EQ(bits("<>", both), wanted != 0);
      EXPECT_EQ(bits("<", both), wanted < 0);
      EXPECT_EQ(bits("<=", both), wanted <= 0);
      EXPECT_EQ(bits(">", both), wanted > 0);
      EXPECT_EQ(bits(">=", both), wanted >= 0);
    }
  }
}

TEST(Comparisons, nan_equals_itself_and_is_greater_than_all_else) {
  expect_comparisons(std::vector<double>{-Infinity, -1.5, -0.0, 0.0, 5e-324, 1, Infinity, NaN, -NaN}, real, order);
}

TEST(Comparisons, whole_types_are_ordered_by_number) {
  auto by_number = [](std::int64_t a, std::int64_t b) { return (a > b) - (a < b); };
  const std::vector<std::int64_t> values = {Least, -1, 0, 1, Most};
  expect_comparisons(values, integer, by_number);
  expect_comparisons(values, [](std::int64_t days) { return Value::of(Date{days}); }, by_number);
  expect_comparisons(values, [](std::int64_t us) { return Value::of(Timestamp{us}); }, by_number);
  expect_comparisons(std::vector<std::int64_t>{0, 1}, [](std::int64_t b) { return boolean(b != 0); }, by_number);
}

TEST(Comparisons, texts_are_ordered_by_their_bytes) {
  const std::vector<std::string> values = {"", std::string("\0", 1), "a", "a\x7f", "a\x80", "aa", "ab", "b", "\xff"};
  expect_comparisons(values, text, [](const std::string& a, const std::string& b) {
    const int result = a.compare(b);
    return (result > 0) - (result < 0);
  });
}

}  // namespace
}  // namespace inlay::filter
