// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Versions for values of promoted arguments: each call gives what the original gives, whatever was compiled, evicted or
// retired meanwhile.
#include <algorithm>
#include <array>
#include <functional>
#include <latch>
#include <optional>
#include <thread>
#include <utility>

#include "../closures/test_support.h"
#include "runtime.h"

namespace inlay::tiers {
namespace {

using closures::ok;
using hand::Int;
using std::placeholders::_1;
using std::placeholders::_2;
using std::placeholders::_3;

constexpr std::array<Int, 5> numbers = {3, -1, 4, 1, -5};

Policy by_calls(std::uint64_t calls) {
  Policy policy = Policy::hot();
  policy.quick_calls = policy.optimize_calls = calls;
  policy.quick_us = policy.optimize_us = 0;
  policy.threads = 0;
  return policy;
}

auto reduce_by_kind(const Jit& jit, const CompileOptions& options = {}) {
  return ok(jit.specialize_with(options, &hand::reduce, promote(_1), _2, _3));
}

template <class Function>
void call_with(const Function& function, int kind, int times = 1) {
  for (int i = 0; i < times; ++i)
    ASSERT_EQ(function(kind, numbers.data(), 5), hand::reduce(kind, numbers.data(), 5)) << kind;
}

bool has_version(const std::vector<FunctionVersion>& versions, Int value) {
  return std::any_of(versions.begin(), versions.end(),
                     [&](const FunctionVersion& version) { return version.values == std::vector<Int>{value}; });
}

TEST(Versions, are_made_for_values_that_calls_pass_often) {
  const Jit jit = ok(Jit::create({.policy = by_calls(100)}));
  auto function = reduce_by_kind(jit);
  call_with(function, 1, 5);
  EXPECT_TRUE(function.versions().empty());
  call_with(function, -2, 2000);
  ASSERT_EQ(function.versions().size(), 1u);
  EXPECT_EQ(function.versions()[0].values, std::vector<Int>{-2});
  EXPECT_TRUE(function.versions()[0].report.compiled);
  call_with(function, 1, 2000);
  call_with(function, -2, 2000);
  ASSERT_EQ(function.versions().size(), 2u);
  EXPECT_GE(function.versions()[0].calls, 2000u) << "calls that fit go there";
  EXPECT_EQ(jit.counters().versions, 2u);
  for (int kind = -10; kind < 10; ++kind) call_with(function, kind, 3);
}

TEST(Versions, are_made_at_once_where_the_policy_is_now) {
  const Jit jit = ok(Jit::create());
  auto function = reduce_by_kind(jit);
  EXPECT_TRUE(function.compiled()) << "for all other values: " << function.explain().to_text();
  call_with(function, 7, 10);
  EXPECT_TRUE(has_version(function.versions(), 7));
}

TEST(Versions, one_that_is_expected_is_the_only_one) {
  const Jit jit = ok(Jit::create());
  auto function = ok(jit.specialize(&hand::reduce, expect(_1, -2), _2, _3));
  for (int round = 0; round < 50; ++round)
    for (int kind : {-2, 0, 1, 2}) call_with(function, kind, 20);
  const std::vector<FunctionVersion> versions = function.versions();
  ASSERT_EQ(versions.size(), 1u);
  EXPECT_EQ(versions[0].values, std::vector<Int>{-2});
  EXPECT_GT(versions[0].calls, 800u);
}

TEST(Versions, the_least_called_makes_place) {
  const Jit jit = ok(Jit::create({.policy = by_calls(50)}));
  CompileOptions options;
  options.max_promoted = 3;
  auto function = reduce_by_kind(jit, options);
  for (int kind = 0; kind < 3; ++kind) call_with(function, kind, 1000);
  for (int round = 0; round < 20; ++round) {
    call_with(function, 0, 500);
    call_with(function, 2, 500);
    call_with(function, 9, 2000);
  }
  const std::vector<FunctionVersion> versions = function.versions();
  EXPECT_EQ(versions.size(), 3u);
  EXPECT_TRUE(has_version(versions, 9));
  EXPECT_FALSE(has_version(versions, 1)) << "nobody called it any more";
  EXPECT_GE(jit.counters().evicted, 1u);
  for (int kind = -3; kind < 12; ++kind) call_with(function, kind, 10);
}

TEST(Versions, values_that_are_all_called_alike_do_not_take_turns) {
  static const Int numbers[] = {1, 2, 3};
  for (const Int values : {12, 40}) {
    const Jit jit = ok(Jit::create());
    auto function = ok(jit.specialize(hand::reduce, promote(_1), _2, _3));
    for (int i = 0; i < 100'000; ++i) {
      const int kind = static_cast<int>(i % values);
      ASSERT_EQ(function(kind, numbers, 3), hand::reduce(kind, numbers, 3));
    }
    EXPECT_EQ(function.versions().size(), CompileOptions().max_promoted);
    EXPECT_LE(jit.counters().evicted, 20u) << "of " << values << " values";
  }
}

TEST(Versions, many_values_do_not_make_many_versions) {
  const Jit jit = ok(Jit::create({.policy = by_calls(200)}));
  auto function = reduce_by_kind(jit);
  for (int round = 0; round < 30; ++round)
    for (int kind = 0; kind < 1000; ++kind) call_with(function, kind);
  EXPECT_LE(function.versions().size(), 8u);
  EXPECT_TRUE(function.compiled()) << "the code for all other values";
}

TEST(Versions, none_if_none_are_allowed) {
  const Jit jit = ok(Jit::create({.policy = by_calls(20)}));
  CompileOptions options;
  options.max_promoted = 0;
  auto function = reduce_by_kind(jit, options);
  call_with(function, 1, 1000);
  EXPECT_TRUE(function.versions().empty());
  const Jit off = ok(Jit::create({.policy = Policy::off()}));
  auto original = reduce_by_kind(off);
  call_with(original, 1, 1000);
  EXPECT_TRUE(original.versions().empty());
  EXPECT_FALSE(original.compiled());
}

TEST(Versions, of_small_types_and_pointers) {
  const Jit jit = ok(Jit::create({.policy = by_calls(30)}));
  static const Int ordinary[4] = {1, 2, 3, 4};
  auto frozen = jit.freeze([] { return std::array<Int, 4>{5, 6, 7, 8}; });
  auto function = ok(jit.specialize(&hand::weigh, promote(_1), promote(_2), promote(_3), std::placeholders::_4));
  for (int round = 0; round < 2000; ++round) {
    const Int* weights = round % 3 ? frozen->data() : ordinary;
    const auto shift = static_cast<signed char>(round % 2 ? -3 : 127 - 120);
    const bool negate = round % 5 == 0;
    ASSERT_EQ(function(weights, shift, negate, round), hand::weigh(weights, shift, negate, round));
  }
  const auto versions = function.versions();
  EXPECT_FALSE(versions.empty());
  for (const FunctionVersion& version : versions) {
    EXPECT_TRUE(version.values[1] == -3 || version.values[1] == 7);
    EXPECT_TRUE(version.values[2] == 0 || version.values[2] == 1);
    EXPECT_GT(version.calls, 0u);
  }
}

TEST(Versions, of_an_expected_and_a_promoted_argument) {
  const Jit jit = ok(Jit::create({.policy = by_calls(30)}));
  static const Int weights[4] = {1, 2, 3, 4};
  auto function = ok(jit.specialize(&hand::weigh, _1, promote(_2), expect(_3, true), std::placeholders::_4));
  // More values than are noted, before those that count.
  for (int round = 0; round < 40; ++round)
    for (int shift = 0; shift < 60; ++shift)
      for (bool negate : {false, true}) {
        const auto by = static_cast<signed char>(shift);
        ASSERT_EQ(function(weights, by, negate, round), hand::weigh(weights, by, negate, round));
      }
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(function(weights, -2, true, i), hand::weigh(weights, -2, true, i));
  ASSERT_FALSE(function.versions().empty());
  for (const FunctionVersion& version : function.versions()) EXPECT_EQ(version.values[1], 1) << "true was expected";
}

TEST(Versions, are_compared_with_the_original_in_verify_mode) {
  const Jit jit = ok(Jit::create({.policy = by_calls(30)}));
  CompileOptions options;
  options.verify = true;
  auto function = ok(jit.specialize_with(options, &hand::weigh, _1, promote(_2), _3, std::placeholders::_4));
  static const Int weights[4] = {1, 2, 3, 4};
  for (int i = 0; i < 1000; ++i) function(weights, static_cast<signed char>(i % 3), false, i);
  EXPECT_EQ(function.mismatches(), 0u);
  EXPECT_FALSE(function.versions().empty());
}

TEST(Versions, go_with_invalidate_and_come_again) {
  const Jit jit = ok(Jit::create({.policy = by_calls(30)}));
  auto function = reduce_by_kind(jit);
  for (int round = 0; round < 5; ++round) {
    call_with(function, 1, 500);
    EXPECT_TRUE(has_version(function.versions(), 1));
    function.invalidate();
    EXPECT_TRUE(function.versions().empty());
    call_with(function, 1);
  }
  EXPECT_EQ(jit.counters().retired, 0u);
}

TEST(Versions, are_never_more_than_allowed_be_they_asked_for_together) {
  Policy policy = by_calls(30);
  policy.threads = 1;
  const Jit jit = ok(Jit::create({.policy = policy}));
  std::latch asked(1);
  std::function<void()> look;  // on the Jit's thread, within each compilation
  CompileOptions options;
  options.max_promoted = 1;
  options.inline_policy = [&](const CallSite&) {
    asked.wait();
    look();
    return InlineChoice::Default;
  };
  auto function = reduce_by_kind(jit, options);
  // The first one is called a lot while the second one is being made.
  Int first = 0;
  look = [&] {
    if (function.versions().empty()) return;
    first = function.versions()[0].values[0];
    call_with(function, static_cast<int>(first), 20'000);
  };
  call_with(function, 1, 100);
  call_with(function, 2, 100);
  asked.count_down();
  jit.wait_for_background();
  ASSERT_NE(first, 0);
  EXPECT_EQ(function.versions().size(), 1u);
  EXPECT_TRUE(has_version(function.versions(), first));
  // The second one was not refused for good.
  const Int second = 3 - first;
  look = [] {};
  call_with(function, static_cast<int>(second), 100'000);
  jit.wait_for_background();
  EXPECT_TRUE(has_version(function.versions(), second));
  EXPECT_EQ(function.versions().size(), 1u);
}

TEST(Versions, begun_before_an_invalidation_are_not_used) {
  Policy policy = by_calls(30);
  policy.threads = 1;
  const Jit jit = ok(Jit::create({.policy = policy}));
  std::optional<decltype(reduce_by_kind(jit))> function;
  bool invalidated = false;
  CompileOptions options;
  options.inline_policy = [&](const CallSite&) {
    if (function->compiled() && !std::exchange(invalidated, true)) {
      function->invalidate();
      call_with(*function, 1, 2000);  // asks for it again
    }
    return InlineChoice::Default;
  };
  function = reduce_by_kind(jit, options);
  ASSERT_TRUE(function->compile_now());
  call_with(*function, 1, 2000);
  jit.wait_for_background();
  ASSERT_TRUE(invalidated);
  EXPECT_EQ(function->versions().size(), 1u);
  EXPECT_EQ(jit.counters().versions, 1u);
  EXPECT_EQ(jit.counters().discarded, 1u);
}

TEST(VersionsThreads, come_and_go_under_calls) {
  Policy policy = by_calls(100);
  policy.threads = 2;
  const Jit jit = ok(Jit::create({.policy = policy}));
  CompileOptions options;
  options.max_promoted = 2;
  auto function = reduce_by_kind(jit, options);
  std::vector<std::thread> threads;
  for (int id = 0; id < 8; ++id)
    threads.emplace_back([&, id] {
      for (int round = 0; round < 60; ++round) {
        const int kind = (id + round / 20) % 5;
        call_with(function, kind, 300);
        if (id == 7 && round % 10 == 9) function.invalidate();
        if (id == 6) static_cast<void>(function.versions());
      }
    });
  for (std::thread& thread : threads) thread.join();
  jit.wait_for_background();
  EXPECT_LE(function.versions().size(), 2u);
}

}  // namespace
}  // namespace inlay::tiers
