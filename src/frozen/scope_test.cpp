// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scopes in a program that does not link inlay::recorder; those with it are tested in tests/frozen.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "frozen/recording.h"
#include "frozen/region.h"
#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

TEST(Scope, freezes_the_result_and_says_what_is_missing_without_a_recorder) {
  ASSERT_FALSE(inlay_recorder_is_linked);
  const Frozen<std::string> text = freeze([] { return std::string(100, 'x'); }, {.name = "text"});
  EXPECT_EQ(*text, std::string(100, 'x'));
  EXPECT_TRUE(is_constant(text.get(), sizeof *text.get()));
  EXPECT_FALSE(find(text->data()));
  ASSERT_FALSE(text.status());
  EXPECT_NE(text.status().error().message().find("link inlay::recorder"), std::string::npos);
}

TEST(Scope, needs_no_move_of_what_it_freezes) {
  struct Pinned {
    explicit Pinned(int number) : number(number) {}
    Pinned(Pinned&&) = delete;
    int number;
  };
  EXPECT_EQ(freeze([] { return Pinned(3); })->number, 3);
}

TEST(Scope, copies_what_a_function_returns_by_reference) {
  const int original = 5;
  const Frozen<int> copy = freeze([&]() -> const int& { return original; });
  EXPECT_NE(copy.get(), &original);
  EXPECT_EQ(*copy, 5);
}

TEST(Scope, copies_share_one_value_which_dies_with_the_last) {
  struct Counted {
    explicit Counted(int& deaths) : deaths(deaths) {}
    ~Counted() {
      ++deaths;
      number = 0;  // writes into what was frozen
    }
    int& deaths;
    int number = 5;
  };
  int deaths = 0;
  {
    std::optional<Frozen<Counted>> first = freeze([&] { return Counted(deaths); });
    EXPECT_EQ(deaths, 0);
    const Frozen<Counted> second = *first;
    EXPECT_EQ(second.get(), first->get());
    std::shared_ptr<Region> code = first->region();
    first.reset();
    EXPECT_EQ(second->number, 5);
    EXPECT_EQ(deaths, 0);
  }
  EXPECT_EQ(deaths, 1);
}

TEST(Scope, an_exception_leaves_nothing_behind) {
  const Arena* before = recording_arena;
  EXPECT_THROW(freeze([]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(recording_arena, before);
}

TEST(Scope, that_is_empty_freezes_to_an_empty_region) {
  FreezeScope scope;
  const auto region = scope.freeze();
  ASSERT_TRUE(region);
  EXPECT_FALSE(scope.freeze());
}

TEST(Scope, may_end_before_the_one_nested_in_it) {
  auto outer = std::make_unique<FreezeScope>();
  Arena* outer_arena = recording_arena;
  auto inner = std::make_unique<FreezeScope>();
  Arena* inner_arena = recording_arena;
  EXPECT_NE(outer_arena, inner_arena);
  outer.reset();
  EXPECT_EQ(recording_arena, inner_arena);
  inner.reset();
  EXPECT_EQ(recording_arena, nullptr);
}

}  // namespace
}  // namespace inlay::frozen
