// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random closure programs, compiled, and then frozen anew elsewhere and found in a cache: the same outcome as the
// original's, and the report of the compilation.
//
// INLAY_FUZZ_SEED=n runs one program alone, INLAY_FUZZ_PROGRAMS=n that many.
#include <cstdlib>

#include "../closures/fuzz/outcome.h"
#include "../closures/fuzz/shapes.h"
#include "../sanitized.h"

#include <gtest/gtest.h>

namespace fuzz {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string without_times(inlay::Report report) {
  report.load_us = report.specialize_us = report.optimize_us = report.emit_us = report.link_us = 0;
  report.cached = false;
  return report.to_json();
}

/// `surely`: no bytes are read that nobody wrote, as in the variants of lambdas, which are copied word by word.
template <class Make>
void compile_and_find(const inlay::Cache& cache, const inlay::CompileOptions& options, bool surely, Random& random,
                      const Make& make) {
  const auto first = make(), second = make();
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(first->compiled.compiled() && second->compiled.compiled());
  if (inlay::Sanitized) surely = false;  // what lies in padding is another one each time
  const bool found = second->compiled.explain().cached;
  const bool kept = !options.inline_policy;
  EXPECT_TRUE(found == kept || (!surely && !found))
      << (cache.statistics().failures.empty() ? "" : cache.statistics().failures.front().reason);
  if (found) {
    EXPECT_EQ(without_times(first->compiled.explain()), without_times(second->compiled.explain()));
  }
  for (unsigned i = 0; i < 3; ++i) {
    const Env start = random_env(random);
    const double real = random.real();
    const auto outcome = [&](const auto& function) {
      return outcome_of(start, [&](Env& env) {
        if constexpr (std::is_invocable_v<decltype(function), double, Env&>)
          return function(real, env);
        else
          return function(env);
      });
    };
    const Outcome expected = outcome(second->original), seen = outcome(second->compiled);
    ASSERT_EQ(expected, seen) << "original " << expected.to_string() << "\nfound    " << seen.to_string();
  }
}

class CachedClosures : public ::testing::TestWithParam<int> {};

TEST_P(CachedClosures, compute_what_the_original_computes) {
  constexpr Shape shapes[] = {as_std_functions, as_lambdas, as_structs, as_nodes};
  const inlay::Cache cache = inlay::Cache::memory();
  const inlay::Jit jit = inlay::Jit::create({.cache = cache}).value();
  const std::uint64_t only = setting("INLAY_FUZZ_SEED", 0), count = setting("INLAY_FUZZ_PROGRAMS", 25);
  for (std::uint64_t seed = only ? only : 1; seed <= (only ? only : count) && !HasFailure(); ++seed) {
    Random random(seed);
    const Program program = random_program(seed, {.size = random_size(random)});
    SCOPED_TRACE("INLAY_FUZZ_SEED=" + std::to_string(seed) + "\n" + program.to_string());
    const inlay::CompileOptions options = random_options(random);
    const int shape = GetParam();
    if (shape < 4)
      compile_and_find(cache, options, shape != 1, random, [&] { return shapes[shape](jit, program, options, {}); });
    else
      compile_and_find(cache, options, true, random, [&] { return with_bound_arguments(jit, program, options, seed); });
  }
  EXPECT_GT(cache.statistics().hits, 0u);
  EXPECT_EQ(cache.statistics().damaged, 0u);
}

INSTANTIATE_TEST_SUITE_P(Shapes, CachedClosures, ::testing::Range(0, 5));

}  // namespace
}  // namespace fuzz
