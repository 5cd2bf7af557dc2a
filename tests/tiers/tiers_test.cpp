// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a handle does when it is called, compiled and invalidated, one step at a time: thresholds are in calls, and the
// thread that passes one compiles.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>
#include <vector>

#include "../closures/test_support.h"
#include "inlay/runtime.h"
#include "runtime.h"

namespace inlay::tiers {
namespace {

using closures::ok;
using hand::Env;
using hand::Int;

Policy by_calls(std::uint64_t quick, std::uint64_t optimized) {
  Policy policy = Policy::hot();
  policy.quick_calls = quick;
  policy.quick_us = 0;
  policy.optimize_calls = optimized;
  policy.optimize_us = 0;
  policy.threads = 0;
  return policy;
}

Function<Int(Env&)> sum(const Jit& jit, Int value, const CompileOptions& options = {}) {
  return ok(jit.optimize(jit.freeze([&] { return hand::add(hand::variable_x(), hand::number(value)); }), options));
}

Int call(const Function<Int(Env&)>& function, Int x) {
  Env env{x};
  return function(env);
}

/// Calls until the handle has this tier; how many calls that took.
unsigned calls_until(const Function<Int(Env&)>& function, Tier tier, Int value) {
  for (unsigned count = 1; count <= 100'000; ++count) {
    EXPECT_EQ(call(function, 5), value + 5);
    if (function.tier() == tier) return count;
  }
  ADD_FAILURE() << "the tier was never reached: " << function.explain().to_text();
  return 0;
}

TEST(Tiers, starts_as_the_original_and_gets_better_at_the_thresholds) {
  const Jit jit = ok(Jit::create({.policy = by_calls(100, 1000)}));
  auto function = sum(jit, 40);
  EXPECT_EQ(function.tier(), Tier::Original);
  EXPECT_FALSE(function.compiled());
  const unsigned quick = calls_until(function, Tier::Quick, 40);
  EXPECT_GE(quick, 100u);
  EXPECT_LE(quick, 100u + 64);
  EXPECT_TRUE(function.explain().compiled);
  const unsigned optimized = quick + calls_until(function, Tier::Optimized, 40);
  EXPECT_GE(optimized, 1000u);
  EXPECT_LE(optimized, 1000u + 128);
  for (Int i = 0; i < 100; ++i) EXPECT_EQ(call(function, i), i + 40);
  const Counters counters = jit.counters();
  EXPECT_EQ(counters.asked, 2u);
  EXPECT_EQ(counters.quick, 1u);
  EXPECT_EQ(counters.optimized, 1u);
  EXPECT_EQ(counters.swaps, 2u);
  EXPECT_EQ(counters.retired, 0u) << "the quick code's memory came back";
}

TEST(Tiers, says_why_it_is_not_compiled_yet) {
  const Jit jit = ok(Jit::create({.policy = by_calls(100, 1000)}));
  auto function = sum(jit, 40);
  call(function, 1);
  const Report report = function.explain();
  EXPECT_FALSE(report.compiled);
  ASSERT_EQ(report.remarks.size(), 1u);
  EXPECT_NE(report.remarks[0].reason.find("not hot enough"), std::string::npos) << report.to_text();
}

TEST(Tiers, the_highest_tier_is_the_last) {
  Policy policy = by_calls(10, 20);
  policy.highest = Tier::Quick;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto function = sum(jit, 7);
  calls_until(function, Tier::Quick, 7);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(function, i), i + 7);
  EXPECT_EQ(function.tier(), Tier::Quick);
  ASSERT_TRUE(function.compile_now(Tier::Optimized));
  EXPECT_EQ(function.tier(), Tier::Optimized);
  EXPECT_EQ(call(function, 1), 8);
}

TEST(Tiers, nothing_is_compiled_when_the_policy_says_so) {
  const Jit jit = ok(Jit::create({.policy = Policy::off()}));
  auto function = sum(jit, 7);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(call(function, i), i + 7);
  EXPECT_EQ(function.tier(), Tier::Original);
  EXPECT_NE(function.explain().to_text().find("policy"), std::string::npos);
  ASSERT_TRUE(function.compile_now()) << "asked for by name";
  EXPECT_EQ(function.tier(), Tier::Optimized);
  EXPECT_EQ(call(function, 1), 8);
  function.invalidate();
  EXPECT_EQ(function.tier(), Tier::Original);
  EXPECT_EQ(call(function, 1), 8);
}

TEST(Tiers, compile_now_does_what_is_missing_only) {
  const Jit jit = ok(Jit::create({.policy = by_calls(1'000'000, 1'000'000)}));
  auto function = sum(jit, 7);
  ASSERT_TRUE(function.compile_now(Tier::Quick));
  EXPECT_EQ(function.tier(), Tier::Quick);
  ASSERT_TRUE(function.compile_now(Tier::Quick));
  ASSERT_TRUE(function.compile_now(Tier::Original));
  EXPECT_EQ(jit.counters().quick, 1u);
  ASSERT_TRUE(function.compile_now());
  ASSERT_TRUE(function.compile_now(Tier::Quick)) << "there is better code";
  EXPECT_EQ(function.tier(), Tier::Optimized);
  EXPECT_EQ(jit.counters().optimized, 1u);
}

TEST(Tiers, what_cannot_be_compiled_is_tried_once) {
  const Jit jit = ok(Jit::create({.policy = by_calls(5, 10)}));
  std::function<Int(Env&)> unknown = [](Env& env) { return env.x; };  // of no runtime
  auto function = ok(jit.optimize(unknown));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(function, i), i);
  EXPECT_EQ(function.tier(), Tier::Original);
  EXPECT_EQ(jit.counters().failed, 1u);
  EXPECT_NE(function.explain().to_text().find("inlay_add_runtime"), std::string::npos) << function.explain().to_text();
  const Result<void> again = function.compile_now();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind(), ErrorKind::NotFound);
}

TEST(Tiers, invalidated_code_is_not_called_again_and_can_be_made_anew) {
  for (Policy policy : {Policy::now(), by_calls(4, 8)}) {
    policy.threads = 0;
    const Jit jit = ok(Jit::create({.policy = policy}));
    auto function = sum(jit, 7);
    for (int round = 0; round < 50; ++round) {
      ASSERT_TRUE(function.compile_now(round % 2 ? Tier::Quick : Tier::Optimized));
      ASSERT_EQ(call(function, round), round + 7);
      function.invalidate();
      ASSERT_EQ(function.tier(), Tier::Original);
      ASSERT_EQ(call(function, round), round + 7);
    }
    EXPECT_EQ(jit.counters().invalidated, 50u);
    EXPECT_EQ(jit.counters().retired, 0u);
    EXPECT_NE(function.explain().to_text().find("invalidate()"), std::string::npos) << function.explain().to_text();
  }
}

TEST(Tiers, thresholds_double_with_each_invalidation) {
  const Jit jit = ok(Jit::create({.policy = by_calls(1000, 1'000'000)}));
  auto function = sum(jit, 3);
  const unsigned first = calls_until(function, Tier::Quick, 3);
  function.invalidate();
  const unsigned second = calls_until(function, Tier::Quick, 3);
  function.invalidate();
  const unsigned third = calls_until(function, Tier::Quick, 3);
  EXPECT_LT(first + 800, second);
  EXPECT_LT(second + 1800, third);
}

TEST(Tiers, back_edges_count_as_calls) {
  const Jit jit = ok(Jit::create({.policy = by_calls(1000, 2000)}));
  auto function = sum(jit, 3);
  function.add_back_edges(999);
  EXPECT_EQ(function.tier(), Tier::Original);
  function.add_back_edges();
  EXPECT_EQ(function.tier(), Tier::Quick);
  function.add_back_edges(1000);
  EXPECT_EQ(function.tier(), Tier::Optimized);
}

TEST(Tiers, who_counts_by_himself_asks_for_code) {
  const Jit jit = ok(Jit::create({.policy = by_calls(1'000'000, 1'000'000)}));
  auto function = sum(jit, 40);
  function.compile_soon(Tier::Quick);
  EXPECT_EQ(function.tier(), Tier::Quick) << "there are no threads, so this one has made it";
  function.compile_soon(Tier::Quick);
  EXPECT_EQ(jit.counters().asked, 1u) << "there is such code";
  function.compile_soon();
  EXPECT_EQ(function.tier(), Tier::Optimized);
  function.compile_soon();
  EXPECT_EQ(jit.counters().asked, 2u);
  EXPECT_EQ(call(function, 2), 42);
  const Jit never = ok(Jit::create({.policy = Policy::off()}));
  auto original = sum(never, 40);
  original.compile_soon();
  EXPECT_EQ(original.tier(), Tier::Original);
}

TEST(Tiers, code_is_made_in_the_background_for_who_asks) {
  Policy policy = by_calls(1'000'000, 1'000'000);
  policy.threads = 1;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto function = sum(jit, 40);
  function.compile_soon();
  jit.wait_for_background();
  EXPECT_EQ(function.tier(), Tier::Optimized);
  EXPECT_EQ(call(function, 2), 42);
}

TEST(Tiers, an_entry_does_what_a_call_does) {
  const Jit jit = ok(Jit::create({.policy = by_calls(1'000'000, 1'000'000)}));
  auto function = sum(jit, 40);
  Env env{2};
  const auto original = function.entry();
  EXPECT_EQ(original.call(original.self, env), 42);
  function.compile_soon();
  const auto compiled = function.entry();
  EXPECT_NE(compiled.call, original.call);
  EXPECT_EQ(compiled.call(compiled.self, env), 42);
  EXPECT_EQ(original.call(original.self, env), 42) << "goes on to do what it did";
  function.invalidate();
  EXPECT_EQ(compiled.call(compiled.self, env), 42) << "is valid as long as the handle lives";
}

extern "C" const char inlay_runtime_tiers_runtime[];

TEST(Tiers, a_runtime_that_is_known_may_be_made_known_again) {
  const std::size_t before = linked_runtimes().size();
  register_runtime(inlay_runtime_tiers_runtime);
  EXPECT_EQ(linked_runtimes().size(), before);
}

TEST(Tiers, time_between_back_edges_counts) {
  Policy policy = by_calls(10, 1'000'000);
  policy.quick_us = 2000;
  const Jit jit = ok(Jit::create({.policy = policy}));
  static std::optional<Function<Int(Env&)>> looping;
  static Tier within;
  looping = ok(jit.optimize(jit.freeze([] {
    return hand::host_call([](Int x) {
      // One call, in a loop of its own; each turn takes a while.
      for (int turn = 0; turn < 10'000 && looping->tier() == Tier::Original; ++turn) {
        const auto began = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - began < std::chrono::microseconds(100)) {
        }
        looping->add_back_edges();
      }
      within = looping->tier();
      return x;
    });
  })));
  call(*looping, 1);
  EXPECT_EQ(within, Tier::Quick) << "before the call has ended";
  looping.reset();
}

TEST(Tiers, time_counts_too) {
  Policy policy = by_calls(2, 2);
  policy.quick_us = 1e12;
  policy.optimize_us = 1e12;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto function = sum(jit, 3);
  for (int i = 0; i < 10'000; ++i) call(function, i);
  EXPECT_EQ(function.tier(), Tier::Original) << "many calls, but no time in them";
}

TEST(Tiers, calls_that_take_long_are_each_looked_at) {
  Policy policy = by_calls(2, 5);
  policy.quick_us = policy.optimize_us = 1000;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto slow = ok(jit.optimize(jit.freeze([] {
    return hand::host_call([](Int x) {
      const auto began = std::chrono::steady_clock::now();
      while (std::chrono::steady_clock::now() - began < std::chrono::milliseconds(1)) {
      }
      return x;
    });
  })));
  EXPECT_EQ(calls_until(slow, Tier::Quick, 0), 2u);
  EXPECT_EQ(calls_until(slow, Tier::Optimized, 0), 3u);
}

TEST(Tiers, a_budget_that_is_used_up_ends_compiling) {
  Policy policy = by_calls(4, 1'000'000);
  policy.budget_ms = 0;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto function = sum(jit, 3);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(function, i), i + 3);
  EXPECT_EQ(function.tier(), Tier::Original);
  EXPECT_NE(function.explain().to_text().find("budget"), std::string::npos) << function.explain().to_text();
  EXPECT_TRUE(function.compile_now());

  policy = by_calls(4, 1'000'000);
  policy.budget_bytes = 1;
  const Jit small = ok(Jit::create({.policy = policy}));
  auto first = sum(small, 1);
  auto second = sum(small, 2);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(first, i), i + 1);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(second, i), i + 2);
  EXPECT_EQ(first.tier(), Tier::Quick);
  EXPECT_EQ(second.tier(), Tier::Original);
  EXPECT_GT(small.counters().code_bytes, 0u);
}

TEST(Tiers, when_the_time_is_used_up_nothing_is_asked_for_again) {
  Policy policy = by_calls(4, 8);
  policy.budget_ms = 0;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto function = sum(jit, 3);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(call(function, i), i + 3);
  EXPECT_EQ(jit.counters().asked, 1u);
  EXPECT_EQ(function.explain().remarks.size(), 1u) << function.explain().to_text();
  ASSERT_TRUE(function.compile_now());
  function.invalidate();
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(call(function, i), i + 3);
  EXPECT_EQ(jit.counters().asked, 1u);
  EXPECT_EQ(function.tier(), Tier::Original);
}

TEST(Tiers, a_budget_holds_for_what_waits_in_the_background) {
  Policy policy = by_calls(4, 1'000'000);
  policy.threads = 1;
  policy.batch = 1;
  policy.budget_bytes = 1;
  const Jit jit = ok(Jit::create({.policy = policy}));
  std::vector<Function<Int(Env&)>> functions;
  for (Int i = 0; i < 20; ++i) functions.push_back(sum(jit, i));
  for (int k = 0; k < 50; ++k)
    for (const auto& function : functions) call(function, k);
  jit.wait_for_background();
  EXPECT_EQ(jit.counters().quick, 1u);
  for (const auto& function : functions)
    EXPECT_TRUE(function.compiled() || function.explain().to_text().find("budget") != std::string::npos)
        << function.explain().to_text();
}

TEST(Tiers, a_budget_of_memory_comes_back_with_the_memory) {
  Policy policy = by_calls(10, 1'000'000);
  policy.budget_bytes = 1;
  const Jit jit = ok(Jit::create({.policy = policy}));
  std::optional<Function<Int(Env&)>> first = sum(jit, 1);
  auto second = sum(jit, 2);
  calls_until(*first, Tier::Quick, 1);
  for (int i = 0; i < 500; ++i) call(second, i);
  EXPECT_EQ(second.tier(), Tier::Original);
  first.reset();
  calls_until(second, Tier::Quick, 2);
}

TEST(Tiers, a_handle_may_be_made_within_a_freeze) {
  const Jit jit = ok(Jit::create({.policy = by_calls(10, 100)}));
  auto tree = jit.freeze([] { return hand::add(hand::variable_x(), hand::number(4)); });
  auto holder = jit.freeze([&] { return ok(jit.optimize(tree)); });
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(*holder, i), i + 4);
  EXPECT_EQ(holder->tier(), Tier::Optimized);
}

TEST(Tiers, a_child_of_fork_goes_on) {
  Policy policy = by_calls(10, 100);
  policy.threads = 1;
  const Jit jit = ok(Jit::create({.policy = policy}));
  auto function = sum(jit, 4);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(function, i), i + 4);
  jit.wait_for_background();
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    bool good = true;
    for (int i = 0; i < 1000; ++i) good &= call(function, i) == i + 4;
    jit.wait_for_background();
    function.invalidate();
    for (int i = 0; i < 1000; ++i) good &= call(function, i) == i + 4;
    good &= static_cast<bool>(function.compile_now());
    good &= call(function, 1) == 5;
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Tiers, in_verify_mode_the_best_code_is_verified_in_the_end) {
  const Jit jit = ok(Jit::create({.policy = by_calls(10, 100)}));
  CompileOptions options;
  options.verify = true;
  auto function = sum(jit, 3, options);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(call(function, i), i + 3);
  EXPECT_EQ(function.tier(), Tier::Optimized);
  EXPECT_EQ(function.mismatches(), 0u);
}

TEST(Tiers, in_verify_mode_calls_are_compared_once_there_is_code) {
  const Jit jit = ok(Jit::create({.policy = by_calls(10, 100)}));
  CompileOptions options;
  options.verify = true;
  auto function = sum(jit, 3, options);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(call(function, i), i + 3);
  EXPECT_GT(function.verified_calls(), 300u);
  EXPECT_EQ(function.mismatches(), 0u);
  function.invalidate();
  const std::uint64_t before = function.verified_calls();
  call(function, 1);
  EXPECT_EQ(function.verified_calls(), before);
}

TEST(Tiers, handles_outlive_their_jit_and_still_get_better) {
  std::optional<Jit> jit = ok(Jit::create({.policy = by_calls(10, 20)}));
  auto function = sum(*jit, 3);
  jit.reset();
  calls_until(function, Tier::Optimized, 3);
}

std::function<void()> callback;
Int thirty(Int) {
  callback();
  return 30;
}

/// Code that calls back: calls within calls, and a function that is invalidated while it runs.
TEST(Tiers, code_that_is_dropped_while_it_runs_runs_to_its_end) {
  for (const Tier tier : {Tier::Quick, Tier::Optimized}) {
    const Jit jit = ok(Jit::create({.policy = by_calls(1'000'000, 1'000'000)}));
    std::optional<Function<Int(Env&)>> function;
    auto tree = jit.freeze([] { return hand::add(hand::variable_x(), hand::host_call(&thirty)); });
    function = ok(jit.optimize(tree));
    for (int round = 0; round < 20; ++round) {
      ASSERT_TRUE(function->compile_now(tier));
      int depth = 0;
      callback = [&] {
        if (++depth == 3) {
          function->invalidate();
          EXPECT_EQ(function->tier(), Tier::Original);
          // Others come and go in the meantime.
          for (int i = 0; i < 3; ++i) {
            auto other = sum(jit, i);
            EXPECT_TRUE(other.compile_now(Tier::Quick));
            other.invalidate();
          }
        } else if (depth < 3) {
          const Int x = depth;
          EXPECT_EQ(call(*function, x), x + 30);
        }
      };
      ASSERT_EQ(call(*function, 100), 130);
      callback = [] {};
    }
    EXPECT_EQ(jit.counters().retired, 0u);
  }
}

TEST(Tiers, code_knows_whether_it_is_compiled) {
  const Jit jit = ok(Jit::create({.policy = by_calls(1'000'000, 1'000'000)}));
  const Function<Int(Int)> function = ok(jit.specialize(&hand::twice_and_count, std::placeholders::_1));
  hand::counted = 0;
  EXPECT_EQ(function(3) + function(-3), 0);
  EXPECT_EQ(hand::counted, 2);
  ASSERT_TRUE(function.compile_now());
  EXPECT_EQ(function(3) + function(-3), 0);
  EXPECT_EQ(hand::counted, 2);
  EXPECT_EQ(hand::twice_and_count(4), 8);
  EXPECT_EQ(hand::counted, 3);
}

TEST(TiersDeath, a_program_may_end_while_functions_are_compiled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto end_after = [](int us) {
    Policy policy = by_calls(2, 4);
    policy.threads = 1;
    const Jit jit = ok(Jit::create({.policy = policy}));
    using namespace std::placeholders;
    std::vector<Function<Int(int, const Int*, Int)>> functions;
    for (int i = 0; i < 20; ++i) functions.push_back(ok(jit.specialize(&hand::reduce, _1, _2, _3)));
    for (const auto& function : functions)
      for (int i = 0; i < 10; ++i) function(i, nullptr, 0);
    usleep(static_cast<useconds_t>(us));
    std::exit(0);
  };
  for (int us = 0; us < 60'000; us += 4'000) EXPECT_EXIT(end_after(us), ::testing::ExitedWithCode(0), "") << us;
}

// The last owner of an engine may be the job that is under way: then its thread destroys the pool that it belongs to.
TEST(TiersDeath, a_program_may_end_when_another_thread_has_dropped_what_is_being_compiled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto end_after = [](int us) {
    std::thread([us] {
      Policy policy = by_calls(2, 4);
      policy.threads = 1;
      const Jit jit = ok(Jit::create({.policy = policy}));
      using namespace std::placeholders;
      const Function<Int(int, const Int*, Int)> function = ok(jit.specialize(&hand::reduce, _1, _2, _3));
      for (int i = 0; i < 10; ++i) function(i, nullptr, 0);
      usleep(static_cast<useconds_t>(us));
    }).join();
    std::exit(0);
  };
  for (int us = 0; us < 30'000; us += 3'000) EXPECT_EXIT(end_after(us), ::testing::ExitedWithCode(0), "") << us;
}

}  // namespace
}  // namespace inlay::tiers
