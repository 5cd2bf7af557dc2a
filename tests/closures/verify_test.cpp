// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verify mode sees what differs, and only that.
#include "runtime/effects.h"
#include "runtime/shapes.h"
#include "test_support.h"

namespace inlay::closures {
namespace {

using hand::Env;
using hand::Int;

CompileOptions verified() {
  CompileOptions options;
  options.verify = true;
  return options;
}

TEST(Verify, counts_calls_that_agree) {
  auto function =
      compiled(jit().optimize(jit().freeze([] { return hand::add(hand::variable_x(), hand::number(2)); }), verified()));
  Env env{5};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(function(env), 7);
  EXPECT_EQ(function.verified_calls(), 4u);
  EXPECT_EQ(function.mismatches(), 0u);
}

TEST(Verify, effects_of_a_call_happen_once) {
  auto function = compiled(jit().optimize(jit().freeze([] { return hand::set_y(hand::variable_x()); }), verified()));
  Env env{5};
  function(env);
  EXPECT_EQ(env.y, 5);
  EXPECT_EQ(function.mismatches(), 0u);
}

TEST(Verify, exceptions_agree_and_come_out) {
  auto function = compiled(jit().optimize(jit().freeze(effects::throw_if_negative), verified()));
  EXPECT_THROW(function(-3), effects::Failure);
  EXPECT_EQ(function(3), 3);
  EXPECT_EQ(function.verified_calls(), 2u);
  EXPECT_EQ(function.mismatches(), 0u);
}

TEST(Verify, broken_promise_is_a_mismatch) {
  Int values[2] = {30, 12};
  hand::Node node{hand::run_number, nullptr, nullptr, 42};
  auto promise = ok(promise_constant(&node, sizeof node, "node", Strength::Checked));
  ASSERT_TRUE(promise.status()) << promise.status().error().to_string();
  const hand::Node* address = &node;
  auto function =
      compiled(jit().specialize_with(verified(), hand::run_number, constant(address), std::placeholders::_1));
  Env env;
  EXPECT_EQ(function(env), 42);
  EXPECT_EQ(function.mismatches(), 0u);
  EXPECT_TRUE(verify_frozen());
  node.value = values[0];
  EXPECT_EQ(function(env), 30) << "the original's answer counts";
  EXPECT_EQ(function.verified_calls(), 2u);
  EXPECT_EQ(function.mismatches(), 1u);
  Result<void> broken = verify_frozen();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind(), ErrorKind::BrokenPromise);
  EXPECT_NE(broken.error().to_string().find("node"), std::string::npos);
  node.value = 42;
}

TEST(Verify, state_outside_of_the_arguments_is_seen_to_differ) {
  auto function = compiled(jit().optimize(jit().freeze(effects::count_global), verified()));
  function(1);  // runs twice, and each run counts
  EXPECT_EQ(function.verified_calls(), 1u);
  EXPECT_EQ(function.mismatches(), 1u);
}

}  // namespace
}  // namespace inlay::closures
