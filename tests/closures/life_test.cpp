// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long things live, how deep calls go, and what happens to what cannot be compiled.
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "../sanitized.h"
#include "runtime/shapes.h"
#include "test_support.h"

namespace inlay::closures {
namespace {

using hand::Code;
using hand::Env;
using hand::Int;

TEST(Lifetime, function_outlives_the_jit_and_the_frozen_tree) {
  std::optional<Function<Int(Env&)>> function;
  {
    Jit own = ok(Jit::create());
    auto tree = own.freeze([] { return hand::sum_of({hand::variable_x(), hand::character_of("a long enough text")}); });
    function = compiled(own.optimize(tree));
  }
  Env env{2};
  EXPECT_EQ((*function)(env), 2 + 'l');
  Function<Int(Env&)> copy = *function;
  function.reset();
  EXPECT_EQ(copy(env), 2 + 'l');
}

TEST(Lifetime, fallback_outlives_the_frozen_tree_too) {
  std::optional<Function<Int(Int)>> function;
  {
    auto tree = jit().freeze([] {
      return std::function<Int(Int)>(
          [text = std::string(50, 'x')](Int x) { return static_cast<Int>(text.size()) + x; });
    });
    function = ok(jit().optimize(tree));
  }
  EXPECT_EQ((*function)(1), 51);
}

TEST(Lifetime, parts_bound_as_constants_are_kept) {
  std::optional<Function<Int(Env&)>> function;
  {
    auto node = jit().freeze([] { return hand::Node{hand::run_number, nullptr, nullptr, 33}; });
    function = compiled(jit().optimize(hand::run_number, node));
  }
  Env env;
  EXPECT_EQ((*function)(env), 33);
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

constexpr int Many = Sanitized ? 300 : Long ? 10'000 : 3000;
constexpr bool CountMemory = !Sanitized;

TEST(Lifetime, thousands_of_functions_come_and_go) {
  Jit own = ok(Jit::create());
  CompileOptions options;
  options.level = Level::O0;
  std::uint64_t early = 0;
  for (int i = 0; i < Many; ++i) {
    if (i == Many / 5) early = resident_bytes();
    auto function =
        ok(own.optimize(own.freeze([&] { return hand::add(hand::variable_x(), hand::number(i)); }), options));
    Env env{1};
    ASSERT_TRUE(function.compiled());
    ASSERT_EQ(function(env), i + 1);
  }
  std::uint64_t grown = resident_bytes() - std::min(early, resident_bytes());
  if (CountMemory) {
    EXPECT_LT(grown / (Many * 4 / 5), 1000u) << "bytes kept for each function that is gone";
  }
}

TEST(Lifetime, many_functions_at_once) {
  std::vector<Function<Int(Env&)>> all;
  CompileOptions options;
  options.level = Level::O0;
  for (int i = 0; i < 300; ++i)
    all.push_back(compiled(jit().optimize(jit().freeze([&] { return hand::number(i); }), options)));
  Env env;
  for (int i = 0; i < 300; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)](env), i);
}

TEST(Fallback, lambda_of_the_host_runs_and_says_what_would_do) {
  auto tree = jit().freeze([] { return std::function<Int(Int)>([](Int x) { return x * 2; }); });
  auto function = ok(jit().optimize(tree));
  EXPECT_FALSE(function.compiled());
  EXPECT_EQ(function(21), 42);
  const std::optional<Remark> remark = find(function.explain(), Remark::Kind::NotCompiled);
  ASSERT_TRUE(remark) << function.explain().to_text();
  EXPECT_NE(remark->reason.find("inlay_add_runtime"), std::string::npos) << remark->reason;
}

TEST(Fallback, lambda_of_the_host_inside_a_compiled_tree_stays_a_call) {
  int calls = 0;
  auto tree =
      jit().freeze([&] { return hand::add(hand::variable_x(), [&calls](Env& env) { return ++calls + env.x; }); });
  auto function = compiled(jit().optimize(tree));
  Env env{10};
  EXPECT_EQ(function(env), 21);
  EXPECT_EQ(function(env), 22);
  EXPECT_FALSE(function.explain().remarks.empty());
}

TEST(Fallback, empty_function_throws_as_ever) {
  auto tree = jit().freeze([] { return Code(); });
  auto function = ok(jit().optimize(tree));
  EXPECT_FALSE(function.compiled());
  ASSERT_TRUE(find(function.explain(), Remark::Kind::NotCompiled));
  EXPECT_NE(find(function.explain(), Remark::Kind::NotCompiled)->reason.find("empty"), std::string::npos);
  Env env;
  EXPECT_THROW(function(env), std::bad_function_call);
  auto inside = compiled(jit().optimize(jit().freeze(hand::empty_call)));
  EXPECT_THROW(inside(env), std::bad_function_call);
}

TEST(Fallback, empty_node) {
  auto tree = jit().freeze([] { return std::unique_ptr<hand::Shape>(); });
  auto function = ok(jit().optimize(tree, &hand::Shape::area));
  EXPECT_FALSE(function.compiled());
}

/// How far below this frame the stack reaches while `call` counts down from `depth`.
template <class Call>
std::uintptr_t stack_of(const Call& call, Int depth) {
  Env env{depth};
  hand::forget_lowest_stack();
  auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  EXPECT_EQ(call(env), depth);
  return here - hand::lowest_stack();
}

TEST(Recursion, goes_as_deep_as_the_original) {
  auto graph = hand::countdown();
  auto promise = ok(constant_graph(graph.get(), "countdown"));
  for (Level level : {Level::O0, Level::O1, Level::O2, Level::O3}) {
    CompileOptions options;
    options.level = level;
    auto function = compiled(jit().optimize(graph->body, options));
    std::uintptr_t original = stack_of(graph->body, 2000) - stack_of(graph->body, 1000);
    std::uintptr_t compiled_code = stack_of(function, 2000) - stack_of(function, 1000);
    EXPECT_LE(compiled_code, original) << "bytes for 1000 levels at O" << static_cast<int>(level);
  }
}

TEST(Recursion, of_a_frozen_graph) {
  auto graph = jit().freeze([] { return hand::countdown(); });
  auto function = compiled(jit().optimize((*graph)->body));
  Env env{5000};
  EXPECT_EQ(function(env), 5000);
}

TEST(Recursion, deeper_than_the_limit_is_compiled_up_to_it) {
  auto tree = jit().freeze([] { return hand::add(hand::add(hand::variable_x(), hand::number(1)), hand::number(2)); });
  for (unsigned depth : {1, 2, 3, 4}) {
    CompileOptions options;
    options.max_depth = depth;
    auto function = compiled(jit().optimize(tree, options));
    Env env{1};
    EXPECT_EQ(function(env), 4) << depth;
  }
}

TEST(Recursion, deep_tree_compiles) {
  // Deeper than any limit of ours; what lies beyond stays a call.
  for (int depth : {100, 3000}) {
    auto tree = jit().freeze([&] {
      Code code = hand::variable_x();
      for (int i = 0; i < depth; ++i) code = hand::add(std::move(code), hand::number(1));
      return code;
    });
    CompileOptions options;
    options.level = Level::O1;
    auto function = compiled(jit().optimize(tree, options));
    Env env{1};
    EXPECT_EQ(function(env), depth + 1);
  }
}

}  // namespace
}  // namespace inlay::closures
