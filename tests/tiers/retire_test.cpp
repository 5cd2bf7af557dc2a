// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code goes when what it was made from changes, and only then.
#include <array>
#include <atomic>
#include <thread>

#include "../closures/test_support.h"
#include "inlay/changing.h"
#include "runtime.h"

namespace inlay::tiers {
namespace {

using closures::ok;
using hand::Int;
using std::placeholders::_1;
using std::placeholders::_2;

using Weigh = Function<Int(Int)>;

Weigh weigh_by(const Jit& jit, const Int* weights) {
  const signed char shift = 1;
  const bool negate = false;
  return ok(jit.specialize(&hand::weigh, constant(weights), constant(shift), constant(negate), _1));
}

Int expected(const Int* weights, Int x) { return hand::weigh(weights, 1, false, x); }

TEST(Retire, a_change_retires_exactly_who_read_it) {
  const Jit jit = ok(Jit::create());
  alignas(64) static std::array<Int, 8> table = {1, 2, 3, 4, 5, 6, 7, 8};
  const Changing changing = ok(promise_rarely_changed(table.data(), sizeof table, "weights"));
  const Weigh low = weigh_by(jit, table.data());
  const Weigh high = weigh_by(jit, table.data() + 4);
  ASSERT_TRUE(low.compiled() && high.compiled());
  EXPECT_GT(low.explain().folded_loads, 0u);
  EXPECT_EQ(low(10), expected(table.data(), 10));

  ASSERT_TRUE(changing.change(&table[5], sizeof(Int), [] { table[5] = 600; }));
  EXPECT_EQ(low.tier(), Tier::Optimized);
  EXPECT_EQ(high.tier(), Tier::Original);
  EXPECT_NE(high.explain().to_text().find("'weights' has changed"), std::string::npos) << high.explain().to_text();
  EXPECT_EQ(high(10), expected(table.data() + 4, 10));
  ASSERT_TRUE(high.compile_now());
  EXPECT_EQ(high(10), expected(table.data() + 4, 10));
  EXPECT_EQ(low(10), expected(table.data(), 10));

  ASSERT_TRUE(changing.change([] { table = {8, 7, 6, 5, 4, 3, 2, 1}; }));
  EXPECT_EQ(low.tier(), Tier::Original);
  EXPECT_EQ(high.tier(), Tier::Original);
  EXPECT_EQ(low(10), expected(table.data(), 10));
  EXPECT_EQ(jit.counters().invalidated, 3u);
}

TEST(Retire, who_reads_it_anew_each_time_stays) {
  const Jit jit = ok(Jit::create());
  alignas(64) static std::array<Int, 8> table = {1, 2, 3, 4, 5, 6, 7, 8};
  const Changing changing = ok(promise_rarely_changed(table.data(), sizeof table, "numbers"));
  const Int* numbers = table.data();
  auto function = ok(jit.specialize(&hand::reduce, constant(1), constant(numbers), _1));
  ASSERT_TRUE(function.compiled());
  EXPECT_EQ(function(8), hand::reduce(1, numbers, 8));
  ASSERT_TRUE(changing.change(&table[3], sizeof(Int), [] { table[3] = 99; }));
  EXPECT_TRUE(function.compiled());
  EXPECT_EQ(function(8), hand::reduce(1, numbers, 8));
}

TEST(Retire, within_a_change_the_bytes_are_read_when_the_code_runs) {
  const Jit jit = ok(Jit::create());
  alignas(64) static std::array<Int, 4> table = {1, 2, 3, 4};
  const Changing changing = ok(promise_rarely_changed(table.data(), sizeof table, "weights"));
  std::optional<Weigh> function;
  ASSERT_TRUE(changing.change([&] {
    function = weigh_by(jit, table.data());
    table[0] = 50;
  }));
  EXPECT_EQ((*function)(3), expected(table.data(), 3));
}

TEST(Retire, a_promise_that_is_withdrawn_retires_its_code) {
  const Jit jit = ok(Jit::create());
  alignas(64) static std::array<Int, 4> table = {1, 2, 3, 4};
  const Promise promise = ok(promise_constant(table.data(), sizeof table, "weights", Strength::Checked));
  const Weigh function = weigh_by(jit, table.data());
  ASSERT_TRUE(function.compiled());
  promise.withdraw();
  EXPECT_EQ(function.tier(), Tier::Original);
  table[2] = 77;
  EXPECT_EQ(function(3), expected(table.data(), 3));
  ASSERT_TRUE(function.compile_now()) << "reading the memory when it runs";
  table[2] = 78;
  EXPECT_EQ(function(3), expected(table.data(), 3));
}

TEST(Retire, versions_go_too_and_the_others_stay) {
  const Jit jit = ok(Jit::create());
  alignas(64) static std::array<Int, 8> table = {1, 2, 3, 4, 5, 6, 7, 8};
  const Changing changing = ok(promise_rarely_changed(table.data(), sizeof table, "weights"));
  const signed char shift = 1;
  const bool negate = false;
  auto function = ok(jit.specialize(&hand::weigh, promote(_1), constant(shift), constant(negate), _2));
  auto call_both = [&](int times) {
    for (int i = 0; i < times; ++i)
      for (int half : {0, 4}) {
        const Int* weights = table.data() + half;
        ASSERT_EQ(function(weights, i), expected(weights, i));
      }
  };
  call_both(500);
  ASSERT_EQ(function.versions().size(), 2u);
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(changing.change(&table[0], sizeof(Int), [&] { table[0] = 100 + round; }));
    EXPECT_EQ(function.versions().size(), 1u);
    call_both(1);
    call_both(500);
    ASSERT_EQ(function.versions().size(), 2u);
    const std::uint64_t before = function.versions()[0].calls + function.versions()[1].calls;
    call_both(100);
    EXPECT_GE(function.versions()[0].calls + function.versions()[1].calls, before + 200) << "there is a way to both";
  }
}

TEST(Retire, what_changes_each_time_that_it_is_compiled_says_so_and_may_be_compiled_later) {
  const Jit jit = ok(Jit::create({.policy = Policy::off()}));
  alignas(64) static hand::Node nodes[3];
  nodes[0] = {&hand::run_multiply, &nodes[1], &nodes[2], 0};
  nodes[1] = {&hand::run_x, nullptr, nullptr, 0};
  nodes[2] = {&hand::run_number, nullptr, nullptr, 5};
  const Changing changing = ok(promise_rarely_changed(nodes, sizeof nodes, "nodes"));
  bool changes = true;
  int asked = 0;
  CompileOptions options;
  options.inline_policy = [&](const CallSite& site) {
    if (site.depth > 0 && ++asked && changes) {
      EXPECT_TRUE(changing.change(&nodes[0], sizeof nodes[0], [] {}));  // what led here
    }
    return InlineChoice::Default;
  };
  const hand::Node* root = nodes;
  auto function = ok(jit.specialize_with(options, &hand::run_multiply, constant(root), _1));
  const Result<void> result = function.compile_now();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::Changed) << result.error().to_string();
  EXPECT_GE(asked, 3);
  changes = false;
  EXPECT_TRUE(function.compile_now());
  hand::Env env{4};
  EXPECT_EQ(function(env), 20);
}

TEST(Retire, what_ceases_to_be_constant_while_it_is_compiled_is_read_when_the_code_runs) {
  const Jit jit = ok(Jit::create({.policy = Policy::off()}));
  alignas(64) static hand::Node nodes[3];
  nodes[0] = {&hand::run_multiply, &nodes[1], &nodes[2], 0};
  nodes[1] = {&hand::run_x, nullptr, nullptr, 0};
  nodes[2] = {&hand::run_number, nullptr, nullptr, 5};
  const Promise promise = ok(promise_constant(nodes, sizeof nodes, "nodes"));
  int asked = 0;
  CompileOptions options;
  options.inline_policy = [&](const CallSite& site) {
    if (site.depth > 0 && ++asked == 1) promise.withdraw();  // its children are known; what they hold is not read yet
    return InlineChoice::Default;
  };
  const hand::Node* root = nodes;
  auto function = ok(jit.specialize_with(options, &hand::run_multiply, constant(root), _1));
  EXPECT_TRUE(function.compile_now()) << function.explain().to_text();
  hand::Env env{4};
  EXPECT_EQ(function(env), 20);
  nodes[2].value = 6;
  EXPECT_EQ(function(env), 24);
}

TEST(Retire, what_is_invalidated_while_it_is_compiled_says_so) {
  const Jit jit = ok(Jit::create({.policy = Policy::off()}));
  std::optional<Function<Int(hand::Env&)>> function;
  CompileOptions options;
  options.inline_policy = [&](const CallSite&) {
    function->invalidate();
    return InlineChoice::Default;
  };
  function = ok(jit.optimize(jit.freeze([] { return hand::add(hand::number(1), hand::variable_x()); }), options));
  const Result<void> result = function->compile_now();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::Changed) << result.error().to_string();
}

TEST(RetireThreads, calls_that_begin_after_a_change_see_it) {
  Policy policy = Policy::hot();
  policy.quick_calls = 20;
  policy.optimize_calls = 200;
  policy.quick_us = policy.optimize_us = 0;
  policy.threads = 2;
  const Jit jit = ok(Jit::create({.policy = policy}));
  alignas(64) static std::array<std::atomic<Int>, 4> table;
  static_assert(sizeof table == 4 * sizeof(Int));
  for (auto& weight : table) weight = 1;
  const Changing changing = ok(promise_rarely_changed(table.data(), sizeof table, "weights"));
  const auto* weights = reinterpret_cast<const Int*>(table.data());
  const signed char shift = 1;
  const bool negate = false;
  const Weigh function = weigh_by(jit, weights);
  auto versioned = ok(jit.specialize(&hand::weigh, promote(_1), constant(shift), constant(negate), _2));
  // Each change makes the sum of the weights one more; nobody may see less than what was there when the call began.
  std::atomic<Int> total = 4;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int id = 0; id < 6; ++id)
    threads.emplace_back([&, id] {
      while (!stop) {
        const Int before = total.load();
        const Int sum = id % 2 ? function(1) - 2 : versioned(weights, 1) - 2;
        ASSERT_GE(sum, before);
        ASSERT_LE(sum, total.load() + 1);
      }
    });
  threads.emplace_back([&] {
    while (!stop) static_cast<void>(function.compile_now());
  });
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(changing.change(&table[static_cast<unsigned>(i) % 4], sizeof(Int),
                                [&] { ++table[static_cast<unsigned>(i) % 4]; }));
    ++total;
    if (i % 3 == 0) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(function(1) - 2, total);
  EXPECT_EQ(versioned(weights, 1) - 2, total);
}

}  // namespace
}  // namespace inlay::tiers
