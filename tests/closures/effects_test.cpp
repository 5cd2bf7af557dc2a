// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exceptions through compiled frames, and the variables that compiled code shares with the host.
#include "runtime/effects.h"

#include <thread>

#include "test_support.h"

namespace inlay::closures {
namespace {

using effects::Code;
using effects::Failure;
using effects::Int;

class Effects : public ::testing::TestWithParam<Level> {
 protected:
  Function<Int(Int)> optimized(const std::function<Code()>& build) {
    CompileOptions options;
    options.level = GetParam();
    return compiled(jit().optimize(jit().freeze([&] { return build(); }), options));
  }
};

TEST_P(Effects, exception_leaves_compiled_code_for_the_host) {
  auto function = optimized(effects::throw_if_negative);
  EXPECT_EQ(function(3), 3);
  for (int i = 0; i < 3; ++i) {
    try {
      function(-4);
      FAIL() << "did not throw";
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code, -4);
      EXPECT_STREQ(failure.what(), "negative: -4");
    }
  }
}

TEST_P(Effects, exception_is_caught_inside) {
  auto function = optimized([] { return effects::catch_failure(effects::throw_if_negative(), 100); });
  EXPECT_EQ(function(3), 3);
  EXPECT_EQ(function(-4), 96);
}

TEST_P(Effects, exception_is_thrown_again_and_cleans_up) {
  Int cleaned = 0;
  auto function = optimized([&] {
    return effects::catch_failure(effects::rethrow(effects::clean_up(effects::throw_if_negative(), &cleaned)), 1);
  });
  EXPECT_EQ(function(3), 4);
  EXPECT_EQ(cleaned, 1);
  EXPECT_EQ(function(-4), -7);
  EXPECT_EQ(cleaned, 2);
}

Int host_throws(Int x) {
  if (x == 1) throw std::logic_error("host");
  if (x == 2) throw 42;
  return x * 2;
}

TEST_P(Effects, exception_of_the_host_passes_through_compiled_frames) {
  auto function = optimized([] { return effects::call_host(host_throws); });
  EXPECT_EQ(function(5), 11);
  EXPECT_THROW(function(1), std::logic_error);
  EXPECT_THROW(function(2), int);
  auto catches = optimized([] { return effects::throw_through(host_throws); });
  EXPECT_EQ(catches(1), 4);
  EXPECT_EQ(catches(5), 10);
  EXPECT_THROW(catches(2), int);
}

const Function<Int(Int)>* inner_function = nullptr;
Int host_calls_compiled_code(Int x) {
  try {
    return (*inner_function)(x);
  } catch (const Failure& failure) {
    if (failure.code < -10) throw;
    return failure.code * 100;
  }
}

TEST_P(Effects, exception_passes_from_compiled_code_through_the_host_into_compiled_code) {
  auto inner = optimized(effects::throw_if_negative);
  inner_function = &inner;
  auto outer = optimized([] { return effects::catch_failure(effects::call_host(host_calls_compiled_code), 7); });
  EXPECT_EQ(outer(3), 4);
  EXPECT_EQ(outer(-4), -399);
  EXPECT_EQ(outer(-11), -4);
}

TEST_P(Effects, globals_and_statics_are_those_of_the_host) {
  auto global = optimized(effects::count_global);
  auto counter = optimized(effects::count_static);
  effects::global = 5;
  EXPECT_EQ(global(2), 7);
  effects::global = 50;
  EXPECT_EQ(global(1), 51);
  EXPECT_EQ(effects::global, 51);
  Int before = effects::static_counter();
  EXPECT_EQ(counter(3), before + 3);
  EXPECT_EQ(effects::static_counter(), before + 3);
}

TEST_P(Effects, thread_locals_are_those_of_the_calling_thread) {
  auto function = optimized(effects::count_per_thread);
  effects::per_thread = 1;
  EXPECT_EQ(function(2), 3);
  std::thread([&] { EXPECT_EQ(function(2), 102); }).join();
  EXPECT_EQ(function(0), 3);
  EXPECT_EQ(effects::per_thread, 3);
}

TEST_P(Effects, function_static_is_constructed_once) {
  auto tree = jit().freeze(effects::construct_static);
  CompileOptions options;
  options.level = GetParam();
  auto function = compiled(jit().optimize(tree, options));
  EXPECT_EQ(function(1), 9);
  EXPECT_EQ((*tree)(2), 10);
  EXPECT_EQ(function(3), 11);
  EXPECT_EQ(effects::constructed(), 1);
}

TEST_P(Effects, shared_subtree_runs_its_effects_each_time) {
  effects::global = 0;
  auto function = optimized([] { return effects::call_twice(effects::count_global()); });
  EXPECT_EQ(function(1), 2);
  EXPECT_EQ(effects::global, 2);
}

using EffectsDeathTest = Effects;
TEST_P(EffectsDeathTest, exception_out_of_noexcept_code_ends_the_process) {
  auto function = optimized([] { return effects::not_throwing(effects::throw_if_negative()); });
  EXPECT_EQ(function(1), 1);
  EXPECT_DEATH(function(-1), "");
}

auto level_name = [](const auto& info) { return "O" + std::to_string(static_cast<int>(info.param)); };
INSTANTIATE_TEST_SUITE_P(Levels, Effects, ::testing::Values(Level::O0, Level::O2), level_name);
INSTANTIATE_TEST_SUITE_P(Levels, EffectsDeathTest, ::testing::Values(Level::O0, Level::O2), level_name);

}  // namespace
}  // namespace inlay::closures
