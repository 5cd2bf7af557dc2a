// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/sets.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

TEST(Sets, integers_are_found_whether_near_each_other_or_not) {
  std::mt19937_64 random(1);
  for (unsigned shift : {0u, 20u, 50u, 55u, 62u}) {
    for (std::size_t count : {0u, 1u, 2u, 17u, 500u}) {
      std::set<std::int64_t> wanted;
      std::vector<Value> values;
      for (std::size_t i = 0; i < count; ++i) {
        const auto value = static_cast<std::int64_t>(random()) >> shift;
        wanted.insert(value);
        values.push_back(integer(value));
      }
      const auto set = make_set(Type::Integer, values);
      for (std::int64_t value : wanted) {
        for (std::uint64_t step : {-1, 0, 1}) {
          const auto near = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + step);
          ASSERT_EQ(inlay_filter_in_integers(set.get(), near), wanted.contains(near)) << near;
        }
      }
      for (std::int64_t value : {std::int64_t{0}, std::int64_t{1}, INT64_MIN, INT64_MAX})
        ASSERT_EQ(inlay_filter_in_integers(set.get(), value), wanted.contains(value)) << value;
    }
  }
}

TEST(Sets, long_runs_of_numbers_and_what_lies_beside_them) {
  // From 0 on all are there, so that what marks an unused place is far away.
  std::vector<Value> values;
  for (std::int64_t i = 0; i < 200'000; ++i) values.push_back(integer(199'999 - i));
  for (std::int64_t i = 1; i < 50'000; ++i) values.push_back(integer(-2 * i));
  const auto set = make_set(Type::Integer, values);
  for (std::int64_t i = 0; i < 200'000; ++i) ASSERT_TRUE(inlay_filter_in_integers(set.get(), i)) << i;
  for (std::int64_t i = 1; i < 99'999; ++i) ASSERT_EQ(inlay_filter_in_integers(set.get(), -i), i % 2 == 0) << i;
  for (std::int64_t i = 200'000; i < 400'000; ++i) ASSERT_FALSE(inlay_filter_in_integers(set.get(), i)) << i;
}

TEST(Sets, zero_and_the_extremes_can_be_members) {
  const Value values[] = {integer(0), integer(INT64_MIN), integer(INT64_MAX), integer(1), integer(0)};
  const auto set = make_set(Type::Integer, values);
  for (const Value& value : values) EXPECT_TRUE(inlay_filter_in_integers(set.get(), value.bits));
  EXPECT_FALSE(inlay_filter_in_integers(set.get(), 2));
  EXPECT_FALSE(inlay_filter_in_integers(set.get(), -1));
}

TEST(Sets, reals_are_members_if_they_compare_as_equal) {
  const double members[] = {0.0, 1.5, -INFINITY, std::nan("")};
  std::vector<Value> values;
  for (double member : members) values.push_back(real(member));
  const auto set = make_set(Type::Real, values);
  for (double member : members) EXPECT_TRUE(inlay_filter_in_reals(set.get(), member));
  EXPECT_TRUE(inlay_filter_in_reals(set.get(), -0.0));
  EXPECT_TRUE(inlay_filter_in_reals(set.get(), -std::nan("7")));
  EXPECT_FALSE(inlay_filter_in_reals(set.get(), INFINITY));
  EXPECT_FALSE(inlay_filter_in_reals(set.get(), 5e-324));
}

std::string random_text(std::mt19937& random, std::size_t longest) {
  std::string result(random() % (longest + 1), 'a');
  for (char& c : result) c = "ab\0"[random() % 3];
  return result;
}

TEST(Sets, texts_are_found_whatever_their_size) {
  std::mt19937 random(2);
  for (std::size_t longest : {1u, 4u, 9u, 20u}) {
    for (std::size_t count : {0u, 1u, 30u, 300u}) {
      std::set<std::string> wanted;
      std::vector<Value> values;
      for (std::size_t i = 0; i < count; ++i)
        values.push_back(text(*wanted.insert(random_text(random, longest)).first));
      const auto set = make_set(Type::Text, values);
      for (int round = 0; round < 1000; ++round) {
        const std::string subject = random_text(random, longest);
        const ExactText exact(subject);
        ASSERT_EQ(inlay_filter_in_texts(set.get(), exact.text()), wanted.contains(subject)) << subject;
      }
      EXPECT_EQ(inlay_filter_in_texts(set.get(), {}), wanted.contains(""));
    }
  }
}

TEST(Sets, prefixes_are_found_whatever_their_size) {
  std::mt19937 random(3);
  for (std::size_t longest : {2u, 5u, 9u, 14u}) {
    for (std::size_t count : {0u, 1u, 8u, 60u}) {
      std::vector<Value> values;
      for (std::size_t i = 0; i < count; ++i) {
        std::string prefix = random_text(random, longest);
        while (prefix.size() < longest / 2 + 1) prefix += 'b';
        values.push_back(text(prefix));
      }
      const auto prefixes = make_prefixes(values);
      for (int round = 0; round < 2000; ++round) {
        std::string subject = random_text(random, 20);
        if (count && random() % 2) subject = values[random() % count].text + subject;
        if (random() % 4 == 0 && !subject.empty()) subject.pop_back();
        const ExactText exact(subject);
        const bool wanted = std::any_of(values.begin(), values.end(),
                                        [&](const Value& prefix) { return subject.starts_with(prefix.text); });
        ASSERT_EQ(inlay_filter_has_prefix_of(exact.text(), prefixes.get()), wanted) << subject;
      }
    }
  }
}

TEST(Sets, the_empty_prefix_is_one_of_every_text) {
  const Value values[] = {text("abc"), text("")};
  const auto prefixes = make_prefixes(values);
  EXPECT_TRUE(inlay_filter_has_prefix_of({}, prefixes.get()));
  EXPECT_TRUE(inlay_filter_has_prefix_of(Text("x", 1), prefixes.get()));
  EXPECT_TRUE(bits("starts_with_any", {text("filter"), text("fil")}));
  EXPECT_FALSE(bits("starts_with_any", {text("fi"), text("fil")}));
}

}  // namespace
}  // namespace inlay::filter
