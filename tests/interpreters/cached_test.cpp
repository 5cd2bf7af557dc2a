// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of interpreters that are compiled, loaded anew, and found in a cache: the same outcome, and code that is
// entered as often as when it was compiled.
#include "subject.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

class CachedPrograms : public ::testing::TestWithParam<const Machine*> {};

TEST_P(CachedPrograms, compute_what_the_interpreter_computes) {
  const Cache cache = Cache::memory();
  const Jit jit = Jit::create({.cache = cache}).value();
  for (const Subject& subject : GetParam()->shipped()) {
    for (int round = 0; round < 2; ++round) {
      const CacheStatistics before = cache.statistics();
      Result<Compiled> compiled = subject.compile(jit, {.level = Level::O1});
      ASSERT_TRUE(compiled) << subject.name << ": " << compiled.error().to_string();
      EXPECT_EQ(compiled->difference(), "") << subject.name;
      if (round == 1) {
        EXPECT_EQ(cache.statistics().misses, before.misses) << subject.name;
        EXPECT_GT(cache.statistics().hits, before.hits) << subject.name;
      }
    }
  }
}

TEST_P(CachedPrograms, are_entered_while_they_run) {
  const Cache cache = Cache::memory();
  const Jit jit = Jit::create({.cache = cache}).value();
  HotOptions options;
  options.threshold = 10;
  options.compile.level = Level::O1;
  bool any = false;
  for (const Subject& subject : GetParam()->shipped()) {
    if (!subject.warm) continue;
    for (int round = 0; round < 2; ++round) {
      Result<Warmed> warmed = subject.warm(jit, options, 3);
      ASSERT_TRUE(warmed) << subject.name << ": " << warmed.error().to_string();
      EXPECT_EQ(warmed->difference, "") << subject.name;
      any = any || !warmed->entries.empty();
    }
  }
  // Not each entry: what an interpreter has at hand by chance, the lowest byte of an address say, counts as well.
  EXPECT_EQ(cache.statistics().hits > 0, any);
}

INSTANTIATE_TEST_SUITE_P(Machines, CachedPrograms, ::testing::ValuesIn(machines()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace inlay::interpreters
