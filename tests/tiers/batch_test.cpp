// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that are compiled into one object. While the only thread is kept busy the others are asked for, so that
// they wait together.
#include <deque>
#include <latch>
#include <optional>
#include <utility>

#include "../closures/test_support.h"
#include "runtime.h"

namespace inlay::tiers {
namespace {

using closures::ok;
using hand::Env;
using hand::Int;
using Handle = Function<Int(Env&)>;

Policy in_batches(unsigned batch) {
  Policy policy = Policy::hot();
  policy.highest = Tier::Quick;
  policy.quick_calls = 2;
  policy.quick_us = 0;
  policy.threads = 1;
  policy.batch = batch;
  return policy;
}

Int call(const Handle& function, Int x) {
  Env env{x};
  return function(env);
}

Handle sum(const Jit& jit, Int value, const CompileOptions& options = {}) {
  return ok(jit.optimize(jit.freeze([&] { return hand::add(hand::variable_x(), hand::number(value)); }), options));
}

/// The second call is the first one that is looked at.
void call_until_asked(const Handle& function, Int x) {
  call(function, x);
  call(function, x);
}

/// Keeps the Jit's only thread busy with a function, until go_on().
struct Blocker {
  explicit Blocker(const Jit& jit) {
    CompileOptions slow;
    slow.inline_policy = [this](const CallSite&) {
      if (std::exchange(first, false)) busy.count_down(), free.wait();
      return InlineChoice::Default;
    };
    function = sum(jit, 1, slow);
    call_until_asked(*function, 1);
    busy.wait();
  }
  void go_on() { free.count_down(); }

  std::latch busy{1}, free{1};
  bool first = true;
  std::optional<Handle> function;
};

/// Asks for all of them while the Jit's thread is busy; when this returns, it is done with them.
void ask_together(const Jit& jit, const std::vector<Handle>& functions) {
  Blocker blocker(jit);
  for (std::size_t i = 0; i < functions.size(); ++i) call_until_asked(functions[i], static_cast<Int>(i));
  blocker.go_on();
  jit.wait_for_background();
  EXPECT_EQ(call(*blocker.function, 1), 2);
}

std::vector<Handle> sums(const Jit& jit, Int count) {
  std::vector<Handle> functions;
  for (Int i = 0; i < count; ++i) functions.push_back(sum(jit, 1000 * i));
  return functions;
}

TEST(Batch, each_function_is_itself) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  const std::vector<Handle> functions = sums(jit, 64);
  ask_together(jit, functions);
  const Counters counters = jit.counters();
  // 16, and then a quarter of what waits: 12, 9, 6, 5, 4, 3, 2; the last ones go alone.
  EXPECT_EQ(counters.batches, 8u);
  EXPECT_EQ(counters.quick, 65u);
  EXPECT_EQ(counters.asked, 65u);
  EXPECT_EQ(counters.swaps, 65u);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    EXPECT_EQ(functions[i].tier(), Tier::Quick) << functions[i].explain().to_text();
    EXPECT_EQ(call(functions[i], 7), 1000 * static_cast<Int>(i) + 7);
    const Report report = functions[i].explain();
    EXPECT_TRUE(report.compiled);
    EXPECT_GT(report.emit_us, 0);
    EXPECT_GT(report.link_us, 0);
    bytes += report.code_bytes;
  }
  EXPECT_LE(bytes, counters.code_bytes) << "reports tell shares";
}

TEST(Batch, one_by_one_if_the_policy_says_so) {
  const Jit jit = ok(Jit::create({.policy = in_batches(1)}));
  const std::vector<Handle> functions = sums(jit, 32);
  ask_together(jit, functions);
  EXPECT_EQ(jit.counters().batches, 0u);
  EXPECT_EQ(jit.counters().quick, 33u);
}

TEST(Batch, equal_trees_and_shared_memory_do_not_clash) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  const Frozen<hand::Code> shared =
      jit.freeze([] { return hand::add(hand::variable_x(), hand::add(hand::variable_x(), hand::number(5))); });
  std::vector<Handle> functions;
  for (int i = 0; i < 32; ++i) functions.push_back(ok(jit.optimize(shared)));
  ask_together(jit, functions);
  EXPECT_GE(jit.counters().batches, 1u);
  for (const Handle& function : functions) {
    EXPECT_EQ(function.tier(), Tier::Quick);
    EXPECT_EQ(call(function, 10), 25);
  }
}

TEST(Batch, a_member_that_fails_fails_alone) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  std::deque<std::function<Int(Env&)>> unknown;  // of no runtime
  std::vector<Handle> functions;
  for (Int i = 0; i < 64; ++i) {
    if (i % 8 == 3) {
      functions.push_back(ok(jit.optimize(unknown.emplace_back([i](Env& env) { return env.x + i; }))));
    } else {
      functions.push_back(sum(jit, i));
    }
  }
  ask_together(jit, functions);
  EXPECT_GE(jit.counters().batches, 1u);
  EXPECT_EQ(jit.counters().failed, 8u);
  EXPECT_EQ(jit.counters().quick, 57u);
  for (Int i = 0; i < 64; ++i) {
    const Handle& function = functions[static_cast<std::size_t>(i)];
    EXPECT_EQ(call(function, 100), 100 + i);
    EXPECT_EQ(function.compiled(), i % 8 != 3) << function.explain().to_text();
    const std::string text = function.explain().to_text();
    EXPECT_EQ(text.find("inlay_add_runtime") != std::string::npos, i % 8 == 3) << text;
  }
}

TEST(Batch, options_of_each_member_hold) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  CompileOptions none, explained;
  none.inline_policy = [](const CallSite&) { return InlineChoice::Call; };
  explained.explain_code = true;
  std::vector<Handle> functions;
  for (Int i = 0; i < 60; ++i)
    functions.push_back(sum(jit, i, i % 3 == 0 ? none : i % 3 == 1 ? explained : CompileOptions()));
  ask_together(jit, functions);
  EXPECT_GE(jit.counters().batches, 1u);
  for (Int i = 0; i < 60; ++i) {
    const Handle& function = functions[static_cast<std::size_t>(i)];
    EXPECT_EQ(call(function, 100), 100 + i);
    const Report report = function.explain();
    EXPECT_TRUE(report.compiled) << report.to_text();
    EXPECT_EQ(report.explains_code(), i % 3 == 1);
    EXPECT_EQ(report.remarks.empty(), i % 3 != 0) << report.to_text();
  }
}

TEST(Batch, members_come_and_go_by_themselves) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  std::vector<Handle> functions = sums(jit, 64);
  ask_together(jit, functions);
  ASSERT_GE(jit.counters().batches, 1u);
  functions[60].invalidate();
  EXPECT_EQ(functions[60].tier(), Tier::Original);
  EXPECT_EQ(call(functions[60], 1), 60'001);
  EXPECT_EQ(functions[59].tier(), Tier::Quick);
  ASSERT_TRUE(functions[61].compile_now(Tier::Optimized));
  // All but two of them go; these still have their code.
  std::vector<Handle> left = {functions[62], functions[61]};
  functions.clear();
  EXPECT_EQ(jit.counters().retired, 0u);
  EXPECT_EQ(left[0].tier(), Tier::Quick);
  EXPECT_EQ(call(left[0], 2), 62'002);
  EXPECT_EQ(call(left[1], 2), 61'002);
  EXPECT_GT(jit.counters().code_bytes, 0u);
  left.clear();
  EXPECT_EQ(jit.counters().code_bytes, 0u);
}

TEST(Batch, a_member_does_not_hold_the_memory_of_others) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  std::vector<Handle> functions;
  std::optional<Frozen<hand::Code>> tree = jit.freeze([] { return hand::add(hand::variable_x(), hand::number(123)); });
  std::optional<Handle> other = ok(jit.optimize(*tree));
  const std::weak_ptr<frozen::Region> watch = tree->region();
  functions.push_back(*other);
  for (Int i = 0; i < 31; ++i) functions.push_back(sum(jit, i));
  ask_together(jit, functions);
  ASSERT_GE(jit.counters().batches, 1u);
  EXPECT_EQ(other->tier(), Tier::Quick);
  functions.erase(functions.begin());
  other.reset();
  tree.reset();
  EXPECT_TRUE(watch.expired());
  EXPECT_EQ(call(functions[5], 1), 6);
}

TEST(Batch, dropped_while_they_wait) {
  const Jit jit = ok(Jit::create({.policy = in_batches(16)}));
  Blocker blocker(jit);
  std::vector<Handle> functions = sums(jit, 64);
  for (const Handle& function : functions) call_until_asked(function, 1);
  EXPECT_EQ(jit.counters().waiting, 64u);
  const std::string text = functions[1].explain().to_text();
  EXPECT_NE(text.find("waits"), std::string::npos) << text;
  EXPECT_EQ(text.find("not hot enough"), std::string::npos) << text;
  for (std::size_t i = 0; i < functions.size(); i += 2) functions[i].invalidate();
  functions.resize(48, functions[0]);
  blocker.go_on();
  jit.wait_for_background();
  EXPECT_EQ(jit.counters().cancelled, 40u) << "32 invalidated, 8 dropped";
  for (std::size_t i = 0; i < functions.size(); ++i) {
    EXPECT_EQ(call(functions[i], 1), 1000 * static_cast<Int>(i) + 1);
    EXPECT_EQ(functions[i].compiled(), i % 2 == 1) << i << ": " << functions[i].explain().to_text();
  }
}

}  // namespace
}  // namespace inlay::tiers
