// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace inlay::filter {
namespace {

constexpr double Infinity = std::numeric_limits<double>::infinity();
constexpr double Largest = std::numeric_limits<double>::max();
constexpr double Smallest = std::numeric_limits<double>::denorm_min();

ExactSum sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum;
}

double total(const std::vector<double>& values) { return sum_of(values).value(); }

TEST(ExactSum, of_one_value_is_that_value) {
  std::mt19937_64 random(1);
  EXPECT_EQ(ExactSum().value(), 0);
  for (const double value :
       {0.0, 1.0, -1.0, Smallest, -Smallest, Largest, -Largest, 0x1p-1022, 0x1.fffffffffffffp-1022})
    EXPECT_EQ(total({value}), value);
  for (int i = 0; i < 100000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(total({value}), value) << value;
  }
}

TEST(ExactSum, of_two_values_is_what_the_processor_rounds_it_to) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200000; ++i) {
    const auto a = std::bit_cast<double>(random());
    // Near in magnitude, as often as not.
    const double b =
        i % 2 != 0 ? std::ldexp(a, static_cast<int>(random() % 120) - 60) * -1.3 : std::bit_cast<double>(random());
    if (!std::isfinite(a) || !std::isfinite(b)) continue;
    ASSERT_EQ(total({a, b}), a + b) << a << " " << b;
  }
}

TEST(ExactSum, of_many_at_once_is_that_of_each) {
  std::mt19937_64 random(5);
  const double odd[] = {0.0, -0.0, Infinity, -Infinity, std::numeric_limits<double>::quiet_NaN(), Largest, Smallest};
  for (int i = 0; i < 3000; ++i) {
    std::vector<double> values(random() % (i % 10 ? 50 : 6000));
    // Exponents near each other, or far; small ones and large ones, too.
    const int range = 1 + static_cast<int>(random() % (i % 3 ? 30 : 200));
    const int middle = i % 5 ? 0 : static_cast<int>(random() % 2000) - 1000;
    for (double& value : values) {
      value =
          std::ldexp(static_cast<double>(random() >> (i % 7 ? 11 : 40)), middle + static_cast<int>(random() % range));
      if (random() % 2) value = -value;
    }
    if (!values.empty() && i % 4 == 0) values[random() % values.size()] = odd[random() % std::size(odd)];
    ExactSum sum;
    sum.add(values);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(sum.value()), std::bit_cast<std::uint64_t>(total(values)))
        << sum.value() << " " << total(values) << " of " << values.size();
  }
  // A value whose last digits are far below the others'.
  std::vector<double> values(100, 1e6);
  values.push_back(0x1.0000000000001p-40);
  values.push_back(-1e8);
  ExactSum sum;
  sum.add(values);
  EXPECT_EQ(sum.value(), 0x1.0000000000001p-40);
}

TEST(ExactSum, rounds_once) {
  EXPECT_EQ(total({1e100, 1, -1e100}), 1);
  EXPECT_EQ(total({Largest, Largest, -Largest}), Largest);
  EXPECT_EQ(total({Largest, -Largest, Smallest}), Smallest);
  EXPECT_EQ(total({1, 0x1p-53}), 1);                      // half: to the even one
  EXPECT_EQ(total({1, 0x1p-53, Smallest}), 1 + 0x1p-52);  // a trifle more
  EXPECT_EQ(total({1, 0x1p-53, -Smallest}), 1);           // a trifle less
  EXPECT_EQ(total({1 + 0x1p-52, 0x1p-53}), 1 + 0x1p-51);  // half: to the even one
  EXPECT_EQ(total({-1, -0x1p-53, -Smallest}), -1 - 0x1p-52);
  EXPECT_EQ(total(std::vector<double>(1000, 0.1)), 100);  // added up one by one: 99.9999999999986
}

TEST(ExactSum, of_what_is_too_large_is_infinite) {
  EXPECT_EQ(total({Largest, Largest}), Infinity);
  EXPECT_EQ(total({-Largest, -Largest}), -Infinity);
  EXPECT_EQ(total({Infinity, 1}), Infinity);
  EXPECT_EQ(total({-Infinity, Largest}), -Infinity);
  EXPECT_TRUE(std::isnan(total({Infinity, -Infinity})));
  EXPECT_TRUE(std::isnan(total({1, std::nan("")})));
}

TEST(ExactSum, does_not_depend_on_the_order_nor_on_the_parts) {
  std::mt19937_64 random(3);
  std::vector<double> values;
  while (values.size() < 3000) {
    const auto value = std::bit_cast<double>(random());
    if (std::isfinite(value)) values.push_back(value / 0x1p20);
  }
  const double whole = total(values);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    ASSERT_EQ(total(values), whole);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(random() % values.size());
    ExactSum sum = sum_of({values.begin(), middle});
    sum.add(sum_of({middle, values.end()}));
    ASSERT_EQ(sum.value(), whole);
    const std::optional<ExactSum> read = ExactSum::from_text(sum.to_text());
    ASSERT_TRUE(read);
    ASSERT_EQ(read->value(), whole);
    ASSERT_EQ(read->to_text(), sum.to_text());
  }
}

TEST(ExactSum, of_values_and_their_opposites_is_zero) {
  std::mt19937_64 random(4);
  ExactSum sum, opposite;
  for (int i = 0; i < 10000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    sum.add(value);
    opposite.add(-value);
  }
  sum.add(opposite);
  EXPECT_EQ(sum.value(), 0);
}

TEST(ExactSum, reads_only_what_it_wrote) {
  for (const char* text : {"", "x", "-1", "64", "0:1", "0:1:2:3:", "0:a:0:0", "0:-1:0:0:0", "0:4294967296:0:0:0",
                           "0:0:0:0:9223372036854775807", "63:0:0:0:0:0", "1 ", "99999999999"})
    EXPECT_FALSE(ExactSum::from_text(text)) << text;
  for (const char* text : {"0", "n0", "pm0", "63:0:0:0:1"}) EXPECT_TRUE(ExactSum::from_text(text)) << text;
}

}  // namespace
}  // namespace inlay::filter
