// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Interpreters of runtime/, each with a trait of its own, that go on in compiled code while they run.
//
// A failure prints the seed; INLAY_FUZZ_SEED=n runs that program alone, INLAY_FUZZ_SECONDS=n sets how long to search,
// and INLAY_FUZZ_FIRST=n begins at another seed than 1.
#include <random>
#include <string>
#include <vector>

#include "traits_support.h"

#include <gtest/gtest.h>

namespace traits {
namespace {

using inlay::Level;

class Traits : public ::testing::TestWithParam<Trait> {};

/// The interpreter that is watched, on frozen code, against itself: wherever it goes on in compiled code, and wherever
/// that leaves.
void compare_while_running(Interpreter* function, const inlay::Frozen<Program>& program,
                           const inlay::HotOptions& options) {
  constexpr std::int64_t Inputs[] = {0, 1, 5};
  auto run = [&](std::int64_t input) {
    return outcome([&](Vm* vm) { return function(program->data(), vm); }, program->data(), program->size(), input);
  };
  std::vector<std::string> expected;
  for (std::int64_t input : Inputs) expected.push_back(run(input));
  auto hot = jit().compile_hot(function, options);
  ASSERT_TRUE(hot) << hot.error().to_string();
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < std::size(Inputs); ++i)
      ASSERT_EQ(expected[i], run(Inputs[i]))
          << "input " << Inputs[i] << ", threshold " << options.threshold << ", max_versions " << options.max_versions
          << ", " << show(options.compile) << "\n"
          << show(*program);
}

TEST_P(Traits, while_they_run) {
  auto each = [](std::uint64_t seed) {
    SCOPED_TRACE(std::string(GetParam().name) + " seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    inlay::HotOptions options;
    options.threshold = static_cast<unsigned>(1 + random() % 5);
    options.max_entries = static_cast<unsigned>(1 + random() % 20);
    options.max_versions = static_cast<unsigned>(random() % 5);
    options.compile.level = random() % 8 ? Level::O0 : Level::O2;
    if (random() % 2) options.compile.leave_at_context = static_cast<unsigned>(random() % 8);
    if (random() % 4 == 0) options.compile.max_contexts = static_cast<unsigned>(1 + random() % 10);
    compare_while_running(GetParam().function, freeze(random_program(seed, Basic | GetParam().ops, GetParam().hosts)),
                          options);
  };
  search(each);
}

INSTANTIATE_TEST_SUITE_P(All, Traits, ::testing::ValuesIn(all_traits()),
                         [](const auto& info) { return std::string(info.param.name); });

/// Handlers that tail-call one another do not know how often that was, nor does code in which nothing was compiled.
TEST(TraitOf, entered_and_left_any_number_of_times) {
  const Program program = {{OP_SET, 1, 0, 1}, {OP_ADD, 0, 1, 0}, {OP_GO, 0, 0, 0},
                           {OP_SET, 1, 0, 3}, {OP_GO, 0, 0, 0},  {OP_STOP, 1, 0, 0}};
  auto frozen = freeze(program);
  for (Interpreter* function : {c_plain, tail_handlers})
    for (unsigned max_instructions : {1u, 100'000u}) {
      auto run = [&] {
        return outcome([&](Vm* vm) { return function(frozen->data(), vm); }, frozen->data(), 5, 1, 2'000'000);
      };
      const std::string expected = run();
      inlay::HotOptions options;
      options.threshold = 2;
      options.compile.leave_at_context = 2;
      options.compile.max_instructions = max_instructions;
      options.compile.level = Level::O0;
      inlay::HotCode hot = jit().compile_hot(function, options).value();
      EXPECT_EQ(expected, run());
    }
}

/// Each time that it is left and entered again, it is deeper in the stack.
TEST(TraitOf, large_locals_that_are_left_often) {
  const Program program = {{OP_PUSH, 0, 1, 0}, {OP_POP, 0, 1, 0}, {OP_ADD, 0, 1, 0}, {OP_GO, 0, 0, 0},
                           {OP_SET, 1, 0, 3},  {OP_GO, 0, 0, 0},  {OP_STOP, 1, 0, 0}};
  auto frozen = freeze(program);
  auto run = [&] {
    return outcome([&](Vm* vm) { return large_locals(frozen->data(), vm); }, frozen->data(), 6, 1, 20'000);
  };
  const std::string expected = run();
  inlay::HotOptions options;
  options.threshold = 2;
  options.compile.leave_at_context = 2;
  inlay::HotCode hot = jit().compile_hot(large_locals, options).value();
  for (int round = 0; round < 3; ++round) EXPECT_EQ(expected, run());
}

}  // namespace
}  // namespace traits
