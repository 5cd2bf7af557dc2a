// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/free_runs.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace inlay::jit {
namespace {

TEST(FreeRuns, serve_the_best_fit_and_merge_what_comes_back) {
  FreeRuns runs;
  runs.add_all({1000, 2000});
  EXPECT_EQ(runs.take(100, 1), 1000u);
  EXPECT_EQ(runs.take(10, 1), 1100u);
  EXPECT_EQ(runs.take(200, 1), 1110u);
  EXPECT_EQ(runs.give({1100, 1110}).end, 1110u);
  EXPECT_EQ(runs.take(8, 1), 1100u) << "the smallest that is large enough";
  EXPECT_EQ(runs.give({1100, 1108}).end, 1110u);
  const FreeRuns::Run left = runs.give({1000, 1100});
  EXPECT_EQ(left.begin, 1000u);
  EXPECT_EQ(left.end, 1110u);
  EXPECT_FALSE(runs.is_whole({1000, 2000}));
  runs.give({1110, 1310});
  EXPECT_TRUE(runs.is_whole({1000, 2000}));
  EXPECT_EQ(runs.bytes(), 1000u);
  EXPECT_EQ(runs.count(), 1u);
}

TEST(FreeRuns, honour_alignments) {
  FreeRuns runs;
  runs.add_all({1001, 1200});
  EXPECT_EQ(runs.take(10, 64), 1024u);
  EXPECT_EQ(runs.take(23, 1), 1001u) << "what lies before is not lost";
  EXPECT_EQ(runs.take(100, 128), std::nullopt);
  EXPECT_EQ(runs.take(48, 128), 1152u);
  EXPECT_EQ(runs.take(1000, 1), std::nullopt);
}

TEST(FreeRuns, agree_with_a_model_that_keeps_each_byte) {
  constexpr std::size_t Size = 2000, First = 4096;
  std::mt19937 random(3);
  FreeRuns runs;
  runs.add_all({First, First + Size});
  std::vector<bool> used(Size);
  std::vector<FreeRuns::Run> taken;
  for (int step = 0; step < 20000; ++step) {
    if (random() % 5 < 3) {
      const std::size_t size = random() % 80 + 1, alignment = std::size_t{1} << random() % 6;
      const std::optional<std::uintptr_t> begin = runs.take(size, alignment);
      bool fits = false;
      for (std::size_t at = 0; at + size <= Size && !fits; at += alignment) {
        fits = true;
        for (std::size_t i = at; i < at + size && fits; ++i) fits = !used[i];
      }
      ASSERT_EQ(begin.has_value(), fits) << step;
      if (!begin) continue;
      ASSERT_EQ(*begin % alignment, 0u);
      for (std::size_t i = *begin - First; i < *begin - First + size; ++i) {
        ASSERT_FALSE(used[i]) << step;
        used[i] = true;
      }
      taken.push_back({*begin, *begin + size});
    } else if (!taken.empty()) {
      const std::size_t which = random() % taken.size();
      const FreeRuns::Run run = taken[which];
      taken.erase(taken.begin() + static_cast<std::ptrdiff_t>(which));
      for (std::size_t i = run.begin - First; i < run.end - First; ++i) used[i] = false;
      const FreeRuns::Run merged = runs.give(run);
      ASSERT_LE(merged.begin, run.begin);
      ASSERT_GE(merged.end, run.end);
      for (std::size_t i = merged.begin - First; i < merged.end - First; ++i) ASSERT_FALSE(used[i]);
      ASSERT_TRUE(merged.begin == First || used[merged.begin - First - 1]);
      ASSERT_TRUE(merged.end == First + Size || used[merged.end - First]);
    }
  }
}

}  // namespace
}  // namespace inlay::jit
