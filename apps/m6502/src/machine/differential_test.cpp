// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All engines are in the same state in the same cycle, whatever a program does.
//
// INLAY_6502_PROGRAMS=n runs n programs in each engine, and INLAY_6502_FIRST=n begins at that one: for searches.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "machine/random_program.h"
#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

struct DifferentialCase {
  std::string name;
  MachineOptions options;
  int programs;
  std::int64_t cycles;
  std::chrono::microseconds pause{};
};

void PrintTo(const DifferentialCase& differential, std::ostream* out) { *out << differential.name; }

class Differential : public ::testing::TestWithParam<DifferentialCase> {};

int asked(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

/// Empty if all is the same; else the first thing that is not.
std::string difference(RandomProgram& expected, RandomProgram& seen) {
  const auto [first, second] =
      std::mismatch(expected.log().begin(), expected.log().end(), seen.log().begin(), seen.log().end());
  std::string text;
  if (first != expected.log().end() || second != seen.log().end()) {
    for (auto before = first - std::min<std::ptrdiff_t>(3, first - expected.log().begin()); before != first; ++before)
      text += to_string(*before) + ", ";
    text += "then " + (first == expected.log().end() ? "nothing" : to_string(*first)) + ", but here " +
            (second == seen.log().end() ? "nothing" : to_string(*second));
    return text;
  }
  if (expected.machine().cycle() != seen.machine().cycle()) return "the cycle at the end";
  if (expected.machine().registers() != seen.machine().registers()) return "the registers at the end";
  for (int address = 0; address != 0x10000; ++address)
    if (const auto at = static_cast<std::uint16_t>(address); expected.machine().peek(at) != seen.machine().peek(at))
      return "memory at " + std::to_string(address);
  return text;
}

void check(const DifferentialCase& given) {
  MachineOptions by_steps = given.options;
  by_steps.engine = Engine::Step;
  std::size_t interrupts = 0, entries = 0;
  std::int64_t instructions = 0, regions = 0, entered = 0;
  const int first = asked("INLAY_6502_FIRST", 0), programs = asked("INLAY_6502_PROGRAMS", given.programs);
  // What is compiled in the background depends on the time there is: programs are tried until something was.
  const bool background = given.options.engine == Engine::Jit && !given.options.compile_at_once;
  const int most = background ? 100 : programs;
  for (int program = first; program < first + programs || (entered == 0 && program < first + most); ++program) {
    const auto seed = static_cast<std::uint32_t>(program * 7919 + 1);
    RandomProgram expected(seed, by_steps), seen(seed, given.options);
    expected.run(given.cycles, 0);
    seen.run(given.cycles, seed, given.pause);
    regions += seen.machine().statistics().regions;
    entered += seen.machine().statistics().entered;
    const std::string what = difference(expected, seen);
    ASSERT_EQ(what, "") << "seed " << seed;
    interrupts += static_cast<std::size_t>(expected.machine().statistics().interrupts);
    instructions += expected.machine().statistics().instructions;
    entries += expected.log().size();
  }
  // That the programs live.
  EXPECT_GT(interrupts, static_cast<std::size_t>(programs));
  EXPECT_GT(entries, static_cast<std::size_t>(programs) * 100);
  if (given.options.compile_at_once) {
    EXPECT_GT(regions, programs / 2);
    EXPECT_GT(entered, regions);
  } else if (background) {
    EXPECT_GT(entered, 0);
  }
  ::testing::Test::RecordProperty("instructions", std::to_string(instructions));
  ::testing::Test::RecordProperty("interrupts", std::to_string(interrupts));
}

#ifdef INLAY_SANITIZED
constexpr int CompiledPrograms = 4, LargePrograms = 1, BackgroundPrograms = 1;
constexpr std::int64_t BackgroundCycles = 2'000'000;
#else
constexpr int CompiledPrograms = 10, LargePrograms = 3, BackgroundPrograms = 3;
constexpr std::int64_t BackgroundCycles = 10'000'000;
#endif

TEST_P(Differential, random_programs_do_the_same_in_the_same_cycle) { check(GetParam()); }

class DifferentialThreads : public ::testing::TestWithParam<DifferentialCase> {};
TEST_P(DifferentialThreads, random_programs_do_the_same_in_the_same_cycle_while_they_are_compiled) {
  check(GetParam());
}

std::string suffix_of(Variant variant) {
  return variant == Variant::Cmos ? "_65c02" : variant == Variant::Nmos ? "_6502" : "_2a03";
}

std::vector<DifferentialCase> cases() {
  std::vector<DifferentialCase> all;
  for (const Variant variant : {Variant::Nmos, Variant::Ricoh2A03, Variant::Cmos}) {
    const std::string suffix = suffix_of(variant);
    for (const EngineCase& engine : engine_cases(variant))
      if (engine.options.engine != Engine::Jit) all.push_back({engine.name + suffix, engine.options, 300, 50'000});
    MachineOptions jit;
    jit.variant = variant;
    jit.heat = 6;
    jit.compile_at_once = true;
    all.push_back({"jit" + suffix, jit, CompiledPrograms, 50'000});
    jit.region_instructions = 600;
    jit.heat = 30;
    all.push_back({"jit_of_large_regions" + suffix, jit, LargePrograms, 100'000});
    jit.region_instructions = 10;
    all.push_back({"jit_of_small_regions" + suffix, jit, LargePrograms, 50'000});
  }
  return all;
}

std::vector<DifferentialCase> background_cases() {
  std::vector<DifferentialCase> all;
  for (const Variant variant : {Variant::Nmos, Variant::Ricoh2A03, Variant::Cmos}) {
    MachineOptions jit;
    jit.variant = variant;
    jit.heat = 100;
    jit.patience = 0;
    all.push_back(
        {"jit" + suffix_of(variant), jit, BackgroundPrograms, BackgroundCycles, std::chrono::microseconds(200)});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Engines, Differential, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(Background, DifferentialThreads, ::testing::ValuesIn(background_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(MachineThreads, machines_end_while_their_code_is_compiled) {
  MachineOptions jit;
  jit.heat = 20;
  jit.patience = 0;
  for (std::uint32_t seed = 1; seed != 6; ++seed) {
    RandomProgram program(seed, jit);
    program.run(20'000, 0);
  }
}

}  // namespace
}  // namespace inlay::m6502
