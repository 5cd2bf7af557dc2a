// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/inlay.h"
#include "runtime.h"

#include <gtest/gtest.h>

namespace regressions {

int replaced() { return 80; }

namespace {

using std::placeholders::_1;

const inlay::Jit& jit() {
  static const inlay::Jit engine = inlay::Jit::create().value();
  return engine;
}

void expect_agreement(const std::function<Closure()>& make) {
  auto tree = jit().freeze(make);
  auto fast = jit().optimize(tree).value();
  ASSERT_TRUE(fast.compiled()) << fast.explain().to_text();
  for (int x : {0, 1, 7, -3}) EXPECT_EQ(fast(x), (*tree)(x)) << x;
}

TEST(Regressions, an_internal_function_whose_address_is_stored) {
  expect_agreement([] { return copies_to_heap(literal(4)); });
}

TEST(Regressions, a_thread_local_with_a_guard) { expect_agreement(dynamic_thread_local); }

TEST(Regressions, a_weak_function_that_the_host_replaces) {
  expect_agreement(calls_weak);
  auto fast = jit().optimize(jit().freeze(calls_weak)).value();
  EXPECT_EQ(fast(1), 81);
}

TEST(Regressions, thread_locals_of_one_name_in_two_runtimes) {
  auto here = jit().freeze(counts_here), there = jit().freeze(counts_there);
  auto fast_here = jit().optimize(here).value(), fast_there = jit().optimize(there).value();
  EXPECT_EQ((*here)(1), 101);
  EXPECT_EQ((*there)(1), 2);
  EXPECT_EQ(fast_here(1), 102);
  EXPECT_EQ(fast_there(1), 3);
}

TEST(Regressions, classes_that_travel_in_registers_or_not) {
  int factor = 6;
  auto move_only = jit().specialize(take_move_only, inlay::constant(factor), _1).value();
  ASSERT_TRUE(move_only.compiled()) << move_only.explain().to_text();
  EXPECT_EQ(move_only(MoveOnly(7)), 42);
  auto own_move = jit().specialize(take_own_move, inlay::constant(factor), _1).value();
  ASSERT_TRUE(own_move.compiled()) << own_move.explain().to_text();
  EXPECT_EQ(own_move(OwnMove(7)), 42);
}

TEST(Regressions, powers_to_the_last_bit) {
  for (double known : {-1.0, 2.0, 0.5, 4.0}) {
    auto base = jit().specialize(power, inlay::constant(known), _1).value();
    auto exponent = jit().specialize(power, _1, inlay::constant(known)).value();
    ASSERT_TRUE(base.compiled() && exponent.compiled());
    for (double x = 0.25; x < 30; x = x * 1.0037 + 0.0037) {
      if (known > 0) {
        EXPECT_EQ(base(x), power(known, x)) << known << " ^ " << x;
      }
      EXPECT_EQ(exponent(x), power(x, known)) << x << " ^ " << known;
    }
  }
}

TEST(Regressions, one_variable_under_two_names) {
  // The factor alone is promised; the counter beside it changes through both names.
  auto promise =
      inlay::promise_constant(&configuration.factor, sizeof(int), "factor", inlay::Strength::Checked).value();
  Configuration* pointer = &configuration;
  auto fast = jit().specialize(through_two_names, inlay::constant(pointer), _1).value();
  ASSERT_TRUE(fast.compiled()) << fast.explain().to_text();
  EXPECT_EQ(fast(4), 27);
}

TEST(Regressions, expectation_of_a_function_that_is_copied_in) {
  static const ExpectingInstruction code[] = {{0, 1}, {1, 1}, {0, 1}, {2, 0}};
  auto promise = inlay::promise_constant(code, sizeof code, "code").value();
  const ExpectingInstruction* program = code;
  auto fast = jit().specialize(interpret_expecting, inlay::constant(program), _1).value();
  ASSERT_TRUE(fast.compiled()) << fast.explain().to_text();
  for (long value : {5L, 7L}) {  // as expected, and not
    Expecting left{0, value, 0}, right = left;
    EXPECT_EQ(fast(&right), interpret_expecting(program, &left));
    EXPECT_EQ(right.sum, left.sum);
    EXPECT_EQ(right.pc, left.pc);
  }
}

TEST(Regressions, optimizing_inside_of_freeze) {
  auto inner = jit().freeze([] { return literal(7); });
  auto outer = jit().freeze([&] {
    auto fast = jit().optimize(inner).value();
    return literal(fast(1));
  });
  auto fast = jit().optimize(outer).value();
  ASSERT_TRUE(fast.compiled()) << fast.explain().to_text();
  EXPECT_EQ(fast(2), 10);
}

}  // namespace
}  // namespace regressions
