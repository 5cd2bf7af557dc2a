// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of the example machines: the interpreter against its specialized form, on all that can be seen of a run.
//
// A failure prints the seed; INLAY_FUZZ_SEED=n runs that program alone, INLAY_FUZZ_SECONDS=n sets how long to search,
// and INLAY_FUZZ_FIRST=n begins at another seed than 1.
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "../sanitized.h"
#include "subject.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

bool leaves(const Report& report) {
  for (const Remark& remark : report.remarks)
    if (remark.kind == Remark::Kind::LeavesCode) return true;
  return false;
}

/// Compiles and compares; what was compiled.
Compiled check(const Subject& subject, const CompileOptions& options) {
  Result<Compiled> compiled = subject.compile(jit(), options);
  EXPECT_TRUE(compiled) << subject.name << ": " << compiled.error().to_string();
  if (!compiled) return {};
  EXPECT_TRUE(compiled->compiled) << subject.name << "\n" << compiled->report.to_text() << "\n" << subject.text;
  EXPECT_EQ(compiled->difference(), "") << subject.name << " with level " << static_cast<int>(options.level)
                                        << ", max_contexts " << options.max_contexts << ", max_instructions "
                                        << options.max_instructions << ", max_versions " << options.max_versions
                                        << ", leave_at_context " << options.leave_at_context << "\n"
                                        << subject.text;
  return *std::move(compiled);
}

template <class Check>
void search(const Check& each) {
  if (std::uint64_t seed = setting("INLAY_FUZZ_SEED", 0)) return each(seed);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(setting("INLAY_FUZZ_SECONDS", 1));
  for (std::uint64_t seed = setting("INLAY_FUZZ_FIRST", 1);
       std::chrono::steady_clock::now() < end && !::testing::Test::HasFailure(); ++seed)
    each(seed);
}

class Programs : public ::testing::TestWithParam<const Machine*> {};

TEST_P(Programs, by_default) {
  search([](std::uint64_t seed) { check(GetParam()->random(seed), {}); });
}

TEST_P(Programs, unoptimized) {
  CompileOptions options;
  options.level = Level::O0;
  search([&](std::uint64_t seed) { check(GetParam()->random(seed), options); });
}

TEST_P(Programs, with_limits_that_are_too_small) {
  search([](std::uint64_t seed) {
    std::mt19937_64 random(seed);
    CompileOptions options;
    options.level = random() % 2 ? Level::O0 : Level::O1;
    if (random() % 2) options.max_contexts = static_cast<unsigned>(1 + random() % 20);
    if (random() % 2) options.max_instructions = static_cast<unsigned>(random() % 3000);
    options.max_versions = static_cast<unsigned>(1 + random() % 4);
    check(GetParam()->random(seed), options);
  });
}

/// As long as there is a context to leave at, and at most so often.
void leave_everywhere(const Subject& subject, unsigned step, unsigned limit) {
  CompileOptions options;
  options.level = Level::O0;
  if (leaves(check(subject, options).report)) limit = std::min(limit, 40u);
  for (options.leave_at_context = 0; options.leave_at_context < limit; options.leave_at_context += step)
    if (!leaves(check(subject, options).report)) return;
}

TEST_P(Programs, left_at_each_context) {
  for (const Subject& subject : GetParam()->shipped()) {
    leave_everywhere(subject, static_cast<unsigned>(setting("INLAY_FUZZ_STEP", Sanitized ? 29 : 7)), 1000);
    if (HasFailure()) return;
  }
}

TEST_P(Programs, of_any_content) {
  for (const Subject& subject : GetParam()->malformed()) {
    CompileOptions options;
    options.level = Level::O1;
    check(subject, options);
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, Programs, ::testing::ValuesIn(machines()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(ProgramsThreads, compile_and_run_with_one_jit) {
  std::vector<std::thread> threads;
  for (unsigned id = 0; id < 4; ++id)
    threads.emplace_back([id] {
      for (std::uint64_t seed = 1; seed < 6; ++seed) {
        CompileOptions options;
        options.level = Level::O0;
        options.max_instructions = 2000;
        check(machines()[(id + seed) % machines().size()]->random(10 * id + seed), options);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace inlay::interpreters
