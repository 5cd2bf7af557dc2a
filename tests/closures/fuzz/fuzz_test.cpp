// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random closure programs: the original against the compiled code, on result, environment, exceptions and globals.
//
// A failure prints the seed; INLAY_FUZZ_SEED=n runs that program alone, and INLAY_FUZZ_SECONDS=n sets how long to
// search: by default a second, or five in a build with INLAY_LONG_TESTS. INLAY_FUZZ_FIRST=n begins at another seed
// than 1.
#include <chrono>
#include <cstdlib>

#include "../../sanitized.h"
#include "outcome.h"
#include "shapes.h"

#include <gtest/gtest.h>

namespace fuzz {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

const inlay::Jit& jit() {
  static const inlay::Jit instance = inlay::Jit::create().value();
  return instance;
}

/// Calls `check` with seeds until the time is over.
template <class Check>
void search(const Check& check) {
  std::uint64_t seconds = setting("INLAY_FUZZ_SECONDS", inlay::Long ? 5 : 1);
  if (std::uint64_t seed = setting("INLAY_FUZZ_SEED", 0)) return check(seed);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::uint64_t first = setting("INLAY_FUZZ_FIRST", 1), seed = first;
  for (; std::chrono::steady_clock::now() < end && !::testing::Test::HasFailure(); ++seed) check(seed);
  ::testing::Test::RecordProperty("programs", static_cast<int>(seed - first));
  std::printf("%llu programs\n", static_cast<unsigned long long>(seed - first));
}

struct NamedShape {
  const char* name;
  Shape shape;
};
void PrintTo(const NamedShape& shape, std::ostream* stream) { *stream << shape.name; }

class RandomClosures : public ::testing::TestWithParam<NamedShape> {
 protected:
  constexpr static unsigned Inputs = 4;
};

TEST_P(RandomClosures, compute_what_the_original_computes) {
  search([&](std::uint64_t seed) {
    Random random(seed);
    Program program = random_program(seed, {.size = random_size(random)});
    SCOPED_TRACE("INLAY_FUZZ_SEED=" + std::to_string(seed) + " " + GetParam().name + "\n" + program.to_string());
    inlay::CompileOptions options = random_options(random);
    inlay::Result<Candidate> candidate = GetParam().shape(
        jit(), program, options,
        {.name = "program", .strength = random.one_in(5) ? inlay::Strength::Checked : inlay::Strength::Pages});
    ASSERT_TRUE(candidate) << candidate.error().to_string();
    ASSERT_TRUE(candidate->compiled.compiled()) << candidate->compiled.explain().to_text();
    for (unsigned i = 0; i < Inputs; ++i) {
      Env start = random_env(random);
      Outcome expected = outcome_of(start, candidate->original), seen = outcome_of(start, candidate->compiled);
      ASSERT_EQ(expected, seen) << "input " << i << " at level " << static_cast<int>(options.level) << ": "
                                << start.to_string() << "\noriginal " << expected.to_string() << "\ncompiled "
                                << seen.to_string() << "\n"
                                << candidate->compiled.explain().to_text();
    }
  });
}

TEST_P(RandomClosures, agree_in_verify_mode) {
  search([&](std::uint64_t seed) {
    Random random(seed);
    Program program = random_program(seed, {.size = random_size(random), .globals = false});
    SCOPED_TRACE("INLAY_FUZZ_SEED=" + std::to_string(seed) + " " + GetParam().name + "\n" + program.to_string());
    inlay::CompileOptions options = random_options(random);
    options.verify = true;
    inlay::Result<Candidate> candidate = GetParam().shape(jit(), program, options, {});
    ASSERT_TRUE(candidate) << candidate.error().to_string();
    for (unsigned i = 0; i < Inputs; ++i) {
      Env start = random_env(random);
      ASSERT_EQ(outcome_of(start, candidate->original), outcome_of(start, candidate->compiled));
    }
    ASSERT_EQ(candidate->compiled.verified_calls(), Inputs);
    ASSERT_EQ(candidate->compiled.mismatches(), 0u);
  });
}

INSTANTIATE_TEST_SUITE_P(Shapes, RandomClosures,
                         ::testing::Values(NamedShape{"std_functions", as_std_functions},
                                           NamedShape{"lambdas", as_lambdas}, NamedShape{"structs", as_structs},
                                           NamedShape{"nodes", as_nodes}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(RandomBindings, compute_what_the_original_computes) {
  search([&](std::uint64_t seed) {
    Random random(seed);
    Program program = random_program(seed, {.size = random_size(random)});
    SCOPED_TRACE("INLAY_FUZZ_SEED=" + std::to_string(seed) + "\n" + program.to_string());
    inlay::Result<BoundCandidate> candidate =
        with_bound_arguments(jit(), program, random_options(random), random.next());
    ASSERT_TRUE(candidate) << candidate.error().to_string();
    ASSERT_TRUE(candidate->compiled.compiled()) << candidate->compiled.explain().to_text();
    for (unsigned i = 0; i < 4; ++i) {
      Env start = random_env(random);
      double real = random.real();
      Outcome expected = outcome_of(start, [&](Env& env) { return candidate->original(real, env); });
      Outcome seen = outcome_of(start, [&](Env& env) { return candidate->compiled(real, env); });
      ASSERT_EQ(expected, seen) << "input " << i << ": " << start.to_string() << "\noriginal " << expected.to_string()
                                << "\ncompiled " << seen.to_string() << "\n"
                                << candidate->compiled.explain().to_text();
    }
  });
}

TEST(RandomPrograms, same_seed_makes_the_same_program) {
  for (std::uint64_t seed = 1; seed < 50; ++seed)
    EXPECT_EQ(random_program(seed, {}).to_string(), random_program(seed, {}).to_string());
  EXPECT_NE(random_program(1, {}).to_string(), random_program(2, {}).to_string());
}

}  // namespace
}  // namespace fuzz
