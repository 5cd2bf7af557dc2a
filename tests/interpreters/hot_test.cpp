// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Interpreters that go on in compiled code while they run: the same outcome, wherever they are entered and left.
//
// A failure prints the seed; INLAY_FUZZ_SEED=n runs that program alone, INLAY_FUZZ_SECONDS=n sets how long to search.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "../sanitized.h"
#include "subject.h"
#include "vm_register/assembler.h"
#include "vm_register/interpreter.h"
#include "vm_register/run.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

/// Warms up and compares; what was compiled.
std::vector<HotEntry> check(const Subject& subject, const HotOptions& options, unsigned runs = 3) {
  Result<Warmed> warmed = subject.warm(jit(), options, runs);
  EXPECT_TRUE(warmed) << subject.name << ": " << warmed.error().to_string();
  if (!warmed) return {};
  EXPECT_EQ(warmed->difference, "") << subject.name << " with threshold " << options.threshold << ", max_versions "
                                    << options.max_versions << ", level " << static_cast<int>(options.compile.level)
                                    << ", max_contexts " << options.compile.max_contexts << ", leave_at_context "
                                    << options.compile.leave_at_context << "\n"
                                    << subject.text;
  for (const HotEntry& entry : warmed->entries)
    EXPECT_TRUE(entry.report.compiled) << subject.name << "\n" << entry.report.to_text();
  return warmed->entries;
}

std::uint64_t entered(const std::vector<HotEntry>& entries) {
  std::uint64_t sum = 0;
  for (const HotEntry& entry : entries) sum += entry.entered;
  return sum;
}

class Hot : public ::testing::TestWithParam<const Machine*> {};

TEST_P(Hot, shipped_programs) {
  for (const Subject& subject : GetParam()->shipped()) {
    HotOptions options;
    options.threshold = 10;
    EXPECT_GT(entered(check(subject, options)), 0u) << subject.name;
    if (HasFailure()) return;
  }
}

TEST_P(Hot, shipped_programs_from_the_first_pass_on) {
  for (const Subject& subject : GetParam()->shipped()) {
    HotOptions options;
    options.threshold = 1;
    options.compile.level = Level::O0;
    EXPECT_GT(entered(check(subject, options)), 0u) << subject.name;
    if (HasFailure()) return;
  }
}

TEST_P(Hot, left_and_entered_again) {
  std::vector<unsigned> places = {0, 1, 2, 3, 5, 8, 13, 21};
  if (Sanitized) places = {0, 3, 13};
  for (const Subject& subject : GetParam()->shipped()) {
    for (unsigned at : places) {
      HotOptions options;
      options.threshold = 2 + at;
      options.compile.level = Level::O0;
      options.compile.leave_at_context = at;
      check(subject, options);
      if (HasFailure()) return;
    }
  }
}

TEST_P(Hot, random_programs) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(setting("INLAY_FUZZ_SECONDS", 2));
  const std::uint64_t only = setting("INLAY_FUZZ_SEED", 0);
  for (std::uint64_t seed = only ? only : 1; std::chrono::steady_clock::now() < end && !HasFailure(); ++seed) {
    std::mt19937_64 random(seed);
    HotOptions options;
    options.threshold = static_cast<unsigned>(1 + random() % 6);
    options.max_versions = static_cast<unsigned>(random() % 5);
    options.compile.level = random() % 3 ? Level::O0 : Level::O2;
    if (random() % 3 == 0) options.compile.leave_at_context = static_cast<unsigned>(random() % 8);
    if (random() % 3 == 0) options.compile.max_contexts = static_cast<unsigned>(1 + random() % 8);
    check(GetParam()->random(seed), options);
    if (only) return;
  }
}

std::vector<const Machine*> machines_to_enter() {
  std::vector<const Machine*> found;
  for (const Machine* machine : machines())
    if (machine->shipped().front().warm) found.push_back(machine);
  return found;
}

INSTANTIATE_TEST_SUITE_P(Machines, Hot, ::testing::ValuesIn(machines_to_enter()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(HotProgram, comes_back_after_each_exit) {
  // Every round of its loop jumps to where it was computed, which nobody guesses.
  vm_register::Assembled assembled =
      vm_register::assemble(read_text(std::string(EXAMPLES) + "/vm_register/programs/states.asm"));
  Frozen<vm_register::Program> program = jit().freeze([&] { return assembled.program.value(); });
  auto run = [&] {
    return vm_register::run(*program, {20'000}, UINT64_MAX,
                            [&](vm_register::Machine& machine, const std::int64_t* given) {
                              return vm_register::interpret(*program, 0, machine, given);
                            });
  };
  const vm_register::Outcome expected = run();
  HotCode hot = jit().compile_hot(vm_register::interpret, {.threshold = 50}).value();
  EXPECT_EQ(run(), expected);
  EXPECT_GT(entered(hot.entries()), 10u);
}

TEST(HotProgram, must_be_frozen) {
  vm_register::Assembled assembled =
      vm_register::assemble(read_text(std::string(EXAMPLES) + "/vm_register/programs/collatz.asm"));
  const vm_register::Program& program = assembled.program.value();
  HotCode hot = jit().compile_hot(vm_register::interpret, {.threshold = 2}).value();
  vm_register::run(program, {50}, UINT64_MAX, [&](vm_register::Machine& machine, const std::int64_t* given) {
    return vm_register::interpret(program, 0, machine, given);
  });
  ASSERT_FALSE(hot.entries().empty());
  for (const HotEntry& entry : hot.entries()) {
    EXPECT_EQ(entry.entered, 0u);
    EXPECT_FALSE(entry.report.compiled);
    EXPECT_NE(entry.report.to_text().find("frozen memory"), std::string::npos) << entry.report.to_text();
  }
}

TEST(HotProgram, is_watched_by_one) {
  {
    HotCode first = jit().compile_hot(vm_register::interpret).value();
    Result<HotCode> second = jit().compile_hot(vm_register::interpret);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message().find("watched already"), std::string::npos) << second.error().message();
  }
  EXPECT_TRUE(jit().compile_hot(vm_register::interpret));
}

TEST(HotProgram, of_a_runtime_without_entries) {
  Result<HotCode> hot = jit().compile_hot(vm_register::to_text);
  EXPECT_TRUE(hot);  // the same runtime
  hot = jit().compile_hot(+[](int x) { return x; });
  ASSERT_FALSE(hot);
  EXPECT_NE(hot.error().message().find("inlay_add_runtime"), std::string::npos) << hot.error().message();
}

class HotThreads : public ::testing::TestWithParam<bool> {};

TEST_P(HotThreads, share_what_was_compiled) {
  vm_register::Assembled assembled =
      vm_register::assemble(read_text(std::string(EXAMPLES) + "/vm_register/programs/sort.asm"));
  Frozen<vm_register::Program> program = jit().freeze([&] { return assembled.program.value(); });
  auto run = [&] {
    return vm_register::run(*program, {60}, UINT64_MAX, [&](vm_register::Machine& machine, const std::int64_t* given) {
      return vm_register::interpret(*program, 0, machine, given);
    });
  };
  const vm_register::Outcome expected = run();
  HotCode hot = jit().compile_hot(vm_register::interpret, {.threshold = 7, .background = GetParam()}).value();
  std::atomic<unsigned> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 50 || (entered(hot.entries()) == 0 && round < 100'000); ++round)
        wrong += !(run() == expected);
    });
  for (int i = 0; i < 100; ++i) hot.entries();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0u);
  EXPECT_GT(entered(hot.entries()), 0u);
}

TEST_P(HotThreads, stop_in_the_middle) {
  vm_register::Assembled assembled =
      vm_register::assemble(read_text(std::string(EXAMPLES) + "/vm_register/programs/matmul.asm"));
  Frozen<vm_register::Program> program = jit().freeze([&] { return assembled.program.value(); });
  for (int i = 0; i < 20; ++i) {
    HotCode hot = jit().compile_hot(vm_register::interpret, {.threshold = 3, .background = GetParam()}).value();
    vm_register::run(*program, {5}, UINT64_MAX, [&](vm_register::Machine& machine, const std::int64_t* given) {
      return vm_register::interpret(*program, 0, machine, given);
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Compiling, HotThreads, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "in_the_background" : "where_it_is_hot"; });

}  // namespace
}  // namespace inlay::interpreters
