// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calling, compiling, invalidating and dropping from eight threads at once, with compilation in the background.
#include <atomic>
#include <thread>

#include "../closures/test_support.h"
#include "runtime.h"

namespace inlay::tiers {
namespace {

using closures::ok;
using hand::Env;
using hand::Int;

constexpr int ThreadCount = 8;

template <class Body>
void in_threads(const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < ThreadCount; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

Policy eager(unsigned threads) {
  Policy policy = Policy::hot();
  policy.quick_calls = 50;
  policy.optimize_calls = 500;
  policy.quick_us = policy.optimize_us = 0;
  policy.threads = threads;
  return policy;
}

Function<Int(Env&)> sum(const Jit& jit, Int value) {
  return ok(jit.optimize(jit.freeze([&] { return hand::add(hand::variable_x(), hand::number(value)); })));
}

Int call(const Function<Int(Env&)>& function, Int x) {
  Env env{x};
  return function(env);
}

TEST(TiersThreads, functions_get_better_in_the_background) {
  for (unsigned threads : {1u, 2u}) {
    const Jit jit = ok(Jit::create({.policy = eager(threads)}));
    std::vector<Function<Int(Env&)>> functions;
    for (Int i = 0; i < 24; ++i) functions.push_back(sum(jit, i));
    in_threads([&](int id) {
      for (int round = 0; round < 3000; ++round)
        for (std::size_t i = static_cast<std::size_t>(id) % 3; i < functions.size(); i += 3)
          ASSERT_EQ(call(functions[i], round), round + static_cast<Int>(i));
    });
    // Whoever was asked for comes to an end, and what is asked for then as well.
    for (int i = 0; i < 3; ++i) {
      for (auto& function : functions)
        for (int k = 0; k < 1000; ++k) call(function, k);
      jit.wait_for_background();
    }
    for (auto& function : functions) EXPECT_EQ(function.tier(), Tier::Optimized) << function.explain().to_text();
    EXPECT_EQ(jit.counters().waiting, 0u);
  }
}

TEST(TiersThreads, call_compile_invalidate_and_drop) {
  const Jit jit = ok(Jit::create({.policy = eager(2)}));
  constexpr std::size_t Places = 6;
  struct Place {
    std::mutex mutex;
    Int value = 0;
    std::optional<Function<Int(Env&)>> function;
  };
  std::vector<Place> shelf(Places);
  std::atomic<int> calls = 0;
  in_threads([&](int id) {
    std::uint32_t random = static_cast<std::uint32_t>(id) * 7919 + 1;
    auto next = [&](std::uint32_t bound) { return (random = random * 1664525 + 1013904223) / 65536 % bound; };
    for (int round = 0; round < 250; ++round) {
      Place& place = shelf[next(Places)];
      Int value;
      std::optional<Function<Int(Env&)>> function;
      {
        std::lock_guard lock(place.mutex);
        if (!place.function || next(12) == 0) {
          place.value = static_cast<Int>(next(1000));
          place.function = sum(jit, place.value);
        }
        value = place.value;
        function = place.function;
      }
      switch (next(8)) {
        case 0:
          function->invalidate();
          break;
        case 1:
          static_cast<void>(function->compile_now(next(2) ? Tier::Quick : Tier::Optimized));
          break;
        case 2:
          static_cast<void>(function->explain().to_text());
          static_cast<void>(jit.counters());
          break;
        default:
          break;
      }
      for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(call(*function, i), i + value);
        ++calls;
      }
    }
  });
  EXPECT_EQ(calls, ThreadCount * 250 * 200);
  jit.wait_for_background();
  shelf = std::vector<Place>(0);
  EXPECT_EQ(jit.counters().code_bytes, 0u) << "all code is gone";
}

TEST(TiersThreads, the_jit_goes_while_it_compiles) {
  for (int round = 0; round < 10; ++round) {
    std::vector<Function<Int(Env&)>> functions;
    {
      const Jit jit = ok(Jit::create({.policy = eager(2)}));
      for (Int i = 0; i < 10; ++i) functions.push_back(sum(jit, i));
      for (auto& function : functions)
        for (int k = 0; k < 100; ++k) call(function, k);
    }
    if (round % 2) functions.resize(3, functions[0]);
    for (std::size_t i = 0; i < functions.size(); ++i)
      for (int k = 0; k < 600; ++k) ASSERT_EQ(call(functions[i], k), k + static_cast<Int>(i));
  }
}

TEST(TiersThreads, threads_come_and_go_while_code_is_replaced) {
  const Jit jit = ok(Jit::create({.policy = eager(1)}));
  auto function = sum(jit, 5);
  std::atomic<bool> stop = false;
  std::thread replacer([&] {
    while (!stop) {
      ASSERT_TRUE(function.compile_now(Tier::Quick));
      function.invalidate();
    }
  });
  for (int i = 0; i < 200; ++i)
    std::thread([&] {
      for (int k = 0; k < 50; ++k) ASSERT_EQ(call(function, k), k + 5);
    }).join();
  stop = true;
  replacer.join();
  EXPECT_EQ(jit.counters().retired, 0u);
}

}  // namespace
}  // namespace inlay::tiers
