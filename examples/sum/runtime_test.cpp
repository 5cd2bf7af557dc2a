// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime by itself, under AddressSanitizer and UndefinedBehaviorSanitizer: no compiler involved.
#include "runtime.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace {

constexpr std::int64_t Largest = INT64_MAX;
constexpr std::int64_t Smallest = INT64_MIN;

TEST(SumRuntime, empty_list_sums_to_zero) {
  Sum* sum = sum_new();
  EXPECT_EQ(sum_count(sum), 0);
  EXPECT_EQ(sum_total(sum), 0);
  sum_free(sum);
}

TEST(SumRuntime, keeps_every_number_while_it_grows) {
  Sum* sum = sum_new();
  for (std::int64_t i = 1; i <= 1000; ++i) sum_push(sum, i);
  EXPECT_EQ(sum_count(sum), 1000);
  EXPECT_EQ(sum_total(sum), 500500);
  sum_free(sum);
}

TEST(SumRuntime, lists_are_apart) {
  Sum* one = sum_new();
  Sum* two = sum_new();
  sum_push(one, 1);
  sum_push(two, 2);
  EXPECT_EQ(sum_total(one), 1);
  EXPECT_EQ(sum_total(two), 2);
  sum_free(one);
  sum_free(two);
}

TEST(SumRuntime, computes_up_to_the_limits) {
  EXPECT_EQ(sum_add(Largest - 1, 1), Largest);
  EXPECT_EQ(sum_subtract(Smallest + 1, 1), Smallest);
  EXPECT_EQ(sum_multiply(Smallest / 2, 2), Smallest);
  EXPECT_EQ(sum_divide(-7, 2), -3);
  EXPECT_EQ(sum_divide(7, -1), -7);
  EXPECT_EQ(sum_remainder(-7, 2), -1);
  EXPECT_EQ(sum_remainder(Smallest, -1), 0);
}

TEST(SumRuntimeDeathTest, beyond_the_limits_ends_the_program) {
  auto one = testing::ExitedWithCode(1);
  EXPECT_EXIT(sum_add(Largest, 1), one, "too large");
  EXPECT_EXIT(sum_subtract(Smallest, 1), one, "too large");
  EXPECT_EXIT(sum_multiply(Largest, 2), one, "too large");
  EXPECT_EXIT(sum_divide(Smallest, -1), one, "too large");
  EXPECT_EXIT(sum_divide(1, 0), one, "division by zero");
  EXPECT_EXIT(sum_remainder(1, 0), one, "division by zero");
}

TEST(SumRuntime, reads_arguments) {
  char name[] = "program", number[] = "-12";
  char* argv[] = {name, number, nullptr};
  EXPECT_EQ(sum_argument(2, argv, 1), -12);
}

TEST(SumRuntimeDeathTest, refuses_arguments_that_are_no_numbers) {
  char name[] = "program", text[] = "12x", empty[] = "", large[] = "99999999999999999999";
  char* argv[] = {name, text, empty, large, nullptr};
  auto one = testing::ExitedWithCode(1);
  for (int i = 1; i < 4; ++i) EXPECT_EXIT(sum_argument(4, argv, i), one, "not a number");
  EXPECT_EXIT(sum_argument(4, argv, 4), one, "more arguments");
}

}  // namespace
