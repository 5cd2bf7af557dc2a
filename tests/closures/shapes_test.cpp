// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each shape of closures by hand: what is called, what is folded, and that nothing is left to call.
#include "runtime/shapes.h"

#include "test_support.h"

namespace inlay::closures {
namespace {

using hand::Code;
using hand::Env;
using hand::Int;

Function<Int(Env&)> optimized(const std::function<Code()>& build, const CompileOptions& options = {}) {
  return compiled(jit().optimize(jit().freeze([&] { return build(); }), options));
}

TEST(StdFunctions, tree_becomes_one_piece_of_code) {
  auto function = optimized([] {
    return hand::if_else(hand::variable_x(), hand::add(hand::number(40), hand::variable_x()), hand::number(7));
  });
  expect_no_call_left(function.explain());
  EXPECT_GE(function.explain().inlined, 4u);
  EXPECT_GE(function.explain().folded_loads, 4u);
  Env env{2};
  EXPECT_EQ(function(env), 42);
  env.x = 0;
  EXPECT_EQ(function(env), 7);
}

TEST(StdFunctions, list_of_children_is_unrolled) {
  std::vector<Code> items;
  auto function = optimized(
      [] { return hand::sum_of({hand::number(1), hand::variable_x(), hand::number(3), hand::variable_x()}); });
  expect_no_call_left(function.explain());
  Env env{10};
  EXPECT_EQ(function(env), 24);
}

TEST(StdFunctions, list_is_walked_backwards) {
  // The end of one frozen array may be where the next frozen object begins.
  for (int count : {1, 2, 3, 4, 8, 16}) {
    auto build = [&] {
      std::vector<Code> items;
      for (int i = 0; i < count; ++i) items.push_back(hand::number(i % 10));
      return hand::sum_backwards(std::move(items));
    };
    auto function = optimized(build);
    Env env, same;
    EXPECT_EQ(function(env), build()(same)) << count;
  }
}

TEST(StdFunctions, grid_too_large_to_unroll_keeps_its_meaning) {
  for (int side : {3, 40, 60}) {  // 60 by 60 is beyond the limit on copies of a block
    auto build = [&] {
      std::vector<std::vector<Code>> rows;
      for (int i = 0; i < side; ++i) {
        rows.emplace_back();
        for (int j = 0; j < side; ++j)
          rows.back().push_back((i + j) % 7 == 0 ? hand::variable_x() : hand::number(i * 31 + j));
      }
      return hand::sum_of_grid(std::move(rows));
    };
    CompileOptions options;
    options.level = Level::O0;
    auto function = optimized(build, options);
    Code original = build();
    for (Int x : {5, 77}) {
      Env env{x}, same{x};
      EXPECT_EQ(function(env), original(same)) << side;
    }
  }
}

TEST(StdFunctions, empty_list_and_empty_text) {
  Env env;
  EXPECT_EQ(optimized([] { return hand::sum_of({}); })(env), 0);
  EXPECT_EQ(optimized([] { return hand::character_of(""); })(env), 0);
}

TEST(StdFunctions, item_chosen_at_run_time_is_called) {
  auto function = optimized([] { return hand::one_of({hand::number(5), hand::variable_x(), hand::number(9)}); });
  for (Int x : {0, 1, 2}) {
    Env env{x};
    EXPECT_EQ(function(env), std::vector<Int>({5, 1, 9})[static_cast<std::size_t>(x)]);
  }
}

TEST(StdFunctions, captured_strings_short_and_long) {
  for (const char* text : {"short", "a text that is too long to lie inside of the string object"}) {
    auto function = optimized([&] { return hand::character_of(text); });
    Env env{3};
    EXPECT_EQ(function(env), text[3]);
  }
}

TEST(StdFunctions, mutable_part_keeps_its_value_between_calls) {
  auto tree = jit().freeze([] { return hand::count_up(Int{10}); });
  auto function = compiled(jit().optimize(tree));
  Env env{5};
  EXPECT_EQ(function(env), 15);
  EXPECT_EQ((*tree)(env), 20);
  EXPECT_EQ(function(env), 25);
}

TEST(StdFunctions, shared_pointers_are_counted_inside_frozen_memory) {
  auto shared = [] { return std::make_shared<Code>(hand::add(hand::number(1), hand::variable_x())); };
  auto function = optimized([&] { return hand::call_shared(shared()); });
  Env env{41};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(function(env), 42);
  auto tree = jit().freeze([&] { return hand::references_of(shared()); });
  auto count = compiled(jit().optimize(tree));
  EXPECT_EQ(count(env), (*tree)(env));
  EXPECT_EQ(count(env), (*tree)(env));
}

TEST(StdFunctions, many_signatures) {
  auto scale = compiled(jit().optimize(jit().freeze([] { return hand::scale(2.5); })));
  EXPECT_EQ(scale(4, 0.5f), 10.5);
  expect_no_call_left(scale.explain());
  auto set = compiled(jit().optimize(jit().freeze([] { return hand::set_y(hand::variable_x()); })));
  Env env{6};
  set(env);
  EXPECT_EQ(env.y, 6);
  auto join = compiled(jit().optimize(jit().freeze([] { return hand::join(" and also, in the same breath, "); })));
  EXPECT_EQ(join("this", "that"), "this and also, in the same breath, that");
  auto place = compiled(jit().optimize(jit().freeze([] { return hand::choose_place(false); })));
  EXPECT_EQ(&place(env), &env.y);
}

TEST(StdFunctions, promised_instead_of_frozen) {
  Code tree = hand::add(hand::variable_x(), hand::number(2));
  auto promise = ok(constant_graph(&tree, "tree"));
  auto function = compiled(jit().optimize(tree));
  Env env{40};
  EXPECT_EQ(function(env), 42);
}

TEST(StdFunctions, not_frozen_at_all_still_works) {
  Code tree = hand::add(hand::variable_x(), hand::number(2));
  auto function = ok(jit().optimize(tree));
  Env env{40};
  EXPECT_EQ(function(env), 42);
}

TEST(Lambdas, nested_by_type) {
  auto function = compiled(hand::compile_polynomial(jit(), 3, -4, 5));
  expect_no_call_left(function.explain());
  for (Int x = -5; x < 6; ++x) EXPECT_EQ(function(x), 3 * x * x - 4 * x + 5);
}

TEST(Lambdas, with_a_mutable_part) {
  auto function = compiled(hand::compile_counting_lambda(jit()));
  EXPECT_EQ(function(3), 3);
  EXPECT_EQ(function(4), 7);
}

TEST(Structs, function_pointers_become_one_piece_of_code) {
  std::unique_ptr<const hand::Node> x, six, product;  // they outlive what is compiled
  auto tree = jit().freeze([&] {
    x.reset(new hand::Node{hand::run_x});
    six.reset(new hand::Node{hand::run_number, nullptr, nullptr, 6});
    product.reset(new hand::Node{hand::run_multiply, x.get(), six.get()});
    return hand::Node{hand::run_multiply, product.get(), x.get()};
  });
  auto function = compiled(jit().optimize(hand::run_multiply, tree));
  expect_no_call_left(function.explain());
  Env env{7};
  EXPECT_EQ(function(env), 7 * 6 * 7);
}

TEST(Structs, cycle_of_states_ends_in_recursion) {
  std::unique_ptr<hand::State> a, b;  // they outlive what is compiled
  auto ring = jit().freeze([&] {
    b.reset(new hand::State{hand::run_state, nullptr, 10});
    a.reset(new hand::State{hand::run_state, b.get(), 1});
    b->next = a.get();
    return *a;
  });
  for (Level level : {Level::O0, Level::O2}) {
    CompileOptions options;
    options.level = level;
    auto function = compiled(jit().optimize(hand::run_state, ring, options));
    for (Int count : {0, 1, 2, 7, 1000}) EXPECT_EQ(function(count, 5), hand::run_state(ring.get(), count, 5)) << count;
    EXPECT_LT(function.explain().specialized, 20u);
  }
}

TEST(Nodes, virtual_calls_become_one_piece_of_code) {
  auto tree = jit().freeze([] {
    std::vector<std::unique_ptr<hand::Shape>> inner, outer;
    inner.push_back(hand::square(2));
    inner.push_back(hand::with_second_base(3));
    outer.push_back(hand::group(std::move(inner)));
    outer.push_back(hand::square(5));
    return hand::group(std::move(outer));
  });
  auto function = compiled(jit().optimize(tree, &hand::Shape::area));
  expect_no_call_left(function.explain());
  EXPECT_EQ(function(10), (*tree)->area(10));
}

TEST(Nodes, root_behind_another_base_or_a_virtual_one) {
  auto second = jit().freeze([] { return hand::with_second_base(3); });
  EXPECT_EQ(compiled(jit().optimize(second, &hand::Shape::area))(7), (*second)->area(7));
  auto diamond = jit().freeze([] { return hand::with_virtual_base(4); });
  EXPECT_EQ(ok(jit().optimize(diamond, &hand::Shape::area))(7), (*diamond)->area(7));
}

TEST(Nodes, method_that_is_not_const) {
  auto tree = jit().freeze([] { return hand::square(6); });
  EXPECT_EQ(compiled(jit().optimize(tree, &hand::Shape::touch))(), 6);
}

}  // namespace
}  // namespace inlay::closures
