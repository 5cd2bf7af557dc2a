// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calling, compiling and dropping from eight threads at once.
#include <atomic>
#include <mutex>
#include <thread>

#include "runtime/shapes.h"
#include "test_support.h"

namespace inlay::closures {
namespace {

using hand::Env;
using hand::Int;

constexpr int ThreadCount = 8;
constexpr int Rounds = 12;

template <class Body>
void in_threads(const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < ThreadCount; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& thread : threads) thread.join();
}

Function<Int(Env&)> compile_sum(const Jit& from, Int value) {
  CompileOptions options;
  options.level = value % 2 ? Level::O0 : Level::O1;
  return ok(from.optimize(from.freeze([&] { return hand::add(hand::variable_x(), hand::number(value)); }), options));
}

TEST(ClosuresThreads, each_compiles_calls_and_drops_its_own) {
  in_threads([](int id) {
    for (int round = 0; round < Rounds; ++round) {
      auto function = compile_sum(jit(), 100 * id + round);
      Env env{1};
      ASSERT_TRUE(function.compiled()) << function.explain().to_text();
      ASSERT_EQ(function(env), 100 * id + round + 1);
    }
  });
}

TEST(ClosuresThreads, all_call_one_function) {
  auto function = compile_sum(jit(), 40);
  std::atomic<int> wrong = 0;
  in_threads([&](int id) {
    Function<Int(Env&)> mine = function;
    for (int i = 0; i < 2000; ++i) {
      Env env{id};
      wrong += mine(env) != 40 + id;
    }
  });
  EXPECT_EQ(wrong, 0);
}

TEST(ClosuresThreads, functions_are_handed_on_and_dropped_elsewhere) {
  std::mutex mutex;
  std::vector<std::pair<Int, Function<Int(Env&)>>> shelf;
  in_threads([&](int id) {
    for (int round = 0; round < Rounds; ++round) {
      Int value = 100 * id + round;
      auto made = compile_sum(jit(), value);
      std::optional<std::pair<Int, Function<Int(Env&)>>> taken;
      {
        std::lock_guard lock(mutex);
        shelf.emplace_back(value, std::move(made));
        if (shelf.size() > 4) {
          taken = std::move(shelf.front());
          shelf.erase(shelf.begin());
        }
      }
      Env env{7};
      if (taken) {
        ASSERT_EQ(taken->second(env), taken->first + 7);
      }
    }
  });
}

TEST(ClosuresThreads, each_with_a_jit_of_its_own) {
  in_threads([](int id) {
    for (int round = 0; round < 3; ++round) {
      std::optional<Function<Int(Env&)>> function;
      {
        Jit own = ok(Jit::create());
        function = compile_sum(own, id);
      }
      Env env{1};
      ASSERT_EQ((*function)(env), id + 1);
    }
  });
}

TEST(ClosuresThreads, in_verify_mode) {
  CompileOptions options;
  options.verify = true;
  auto function =
      compiled(jit().optimize(jit().freeze([] { return hand::add(hand::variable_x(), hand::number(2)); }), options));
  in_threads([&](int id) {
    for (int i = 0; i < 100; ++i) {
      Env env{id};
      ASSERT_EQ(function(env), id + 2);
    }
  });
  EXPECT_EQ(function.verified_calls(), 100u * ThreadCount);
  EXPECT_EQ(function.mismatches(), 0u);
}

}  // namespace
}  // namespace inlay::closures
