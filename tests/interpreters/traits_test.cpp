// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Interpreters of runtime/, each with a trait of its own: the interpreter against its specialized form, on programs
// that are made for the trait and on random ones.
//
// A failure prints the seed; INLAY_FUZZ_SEED=n runs that program alone, INLAY_FUZZ_SECONDS=n sets how long to search,
// and INLAY_FUZZ_FIRST=n begins at another seed than 1.
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "../sanitized.h"
#include "traits_support.h"

#include <gtest/gtest.h>

namespace traits {
namespace {

using inlay::CompileOptions;
using inlay::Level;
using inlay::Remark;
using inlay::Sanitized;
using std::placeholders::_1;

template <class Element>
using Entry = std::int64_t(const Element* code, Vm* vm);

bool leaves(const inlay::Report& report) {
  for (const Remark& remark : report.remarks)
    if (remark.kind == Remark::Kind::LeavesCode) return true;
  return false;
}

/// What compiles longer, in seconds, is shown.
const double slow = std::getenv("INLAY_FUZZ_SLOW") ? std::atof(std::getenv("INLAY_FUZZ_SLOW")) : 1e9;

/// Compiles and compares; whether the specialized form leaves for the interpreter somewhere.
template <class Element>
bool compare(Entry<Element>* function, const inlay::Frozen<std::vector<Element>>& program, const std::string& text,
             const CompileOptions& options, std::int32_t fuel = Fuel) {
  const Element* code = program->data();
  auto begin = std::chrono::steady_clock::now();
  auto specialized = jit().specialize_with(options, function, inlay::constant(code), _1);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (seconds > slow)
    std::printf("compiled in %.1f s: %s\n%s%s\n", seconds, show(options).c_str(), text.c_str(),
                specialized ? specialized->explain().to_text().c_str() : "");
  EXPECT_TRUE(specialized) << text;
  if (!specialized) return false;
  EXPECT_TRUE(specialized->compiled()) << specialized->explain().to_text() << "\n" << text;
  for (std::int64_t input : {0, 1, 5}) {
    const Insn* places = reinterpret_cast<const Insn*>(code);
    std::string expected = outcome([&](Vm* vm) { return function(code, vm); }, places, program->size(), input, fuel);
    std::string seen = outcome([&](Vm* vm) { return (*specialized)(vm); }, places, program->size(), input, fuel);
    EXPECT_EQ(expected, seen) << "input " << input << ", " << show(options) << "\n" << text;
    if (expected != seen) break;
  }
  return leaves(specialized->explain());
}

/// With each context to leave at in turn, at most so many and for two seconds.
template <class Element>
void compare_everywhere(Entry<Element>* function, const inlay::Frozen<std::vector<Element>>& program,
                        const std::string& text, unsigned most = 40) {
  for (Level level : {Level::O0, Level::O2}) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    CompileOptions options;
    options.level = level;
    if (compare(function, program, text, options)) most = std::min(most, 10u);
    for (unsigned k = 0; k < most && !::testing::Test::HasFailure(); ++k) {
      options.leave_at_context = k;
      if (!compare(function, program, text, options) || std::chrono::steady_clock::now() > end) break;
    }
  }
}

void compare_everywhere(Interpreter* function, const Program& program, unsigned most = 40) {
  compare_everywhere<Insn>(function, freeze(program), show(program), most);
}

class Traits : public ::testing::TestWithParam<Trait> {};

TEST_P(Traits, random_programs) {
  auto each = [](std::uint64_t seed) {
    SCOPED_TRACE(std::string(GetParam().name) + " seed " + std::to_string(seed));
    const Program program = random_program(seed, Basic | GetParam().ops, GetParam().hosts);
    if (seed % 2) return compare_everywhere(GetParam().function, program);
    std::mt19937_64 random(seed);
    CompileOptions options;
    options.level = random() % 2 ? Level::O1 : Level::O2;
    if (random() % 4 == 0) options.max_contexts = static_cast<unsigned>(1 + random() % 10);
    if (random() % 4 == 0) options.max_instructions = static_cast<unsigned>(random() % 3000);
    if (random() % 4 == 0) options.max_versions = static_cast<unsigned>(1 + random() % 4);
    compare<Insn>(GetParam().function, freeze(program), show(program), options);
  };
  search(each);
}

const Program Sum = {{OP_SET, 1, 0, 0},       // 0
                     {OP_SET, 2, 0, 9},       // 1
                     {OP_ADD, 1, 2, 0},       // 2
                     {OP_SET, 3, 0, -1},      // 3
                     {OP_ADD, 2, 3, 0},       // 4
                     {OP_JUMP_IF, 2, 0, -3},  // 5
                     {OP_STOP, 1, 0, 0}};

TEST_P(Traits, a_loop_is_native_code) {
  CompileOptions options;
  EXPECT_EQ(compare<Insn>(GetParam().function, freeze(Sum), show(Sum), options), GetParam().enters_anywhere);
}

TEST_P(Traits, tiny_and_endless_programs) {
  CompileOptions options;
  for (const Program& program : {Program{{OP_STOP, 0, 0, 0}}, Program{{OP_JUMP, 0, 0, 0}, {OP_STOP, 0, 0, 0}},
                                 Program{{OP_JUMP_IF, 0, 0, 0}, {OP_STOP, 1, 0, 0}},
                                 Program{{OP_ADD, 0, 0, 0}, {OP_JUMP, 0, 0, 1}, {OP_JUMP, 0, 0, -2}}})
    compare<Insn>(GetParam().function, freeze(program), show(program), options);
}

INSTANTIATE_TEST_SUITE_P(All, Traits, ::testing::ValuesIn(all_traits()),
                         [](const auto& info) { return std::string(info.param.name); });

// ---- one trait, one program ----

TEST(TraitOf, threaded_code) {
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program program =
        seed == 1 ? Sum : random_program(seed, Basic | bit(OP_HOST), Calm | bit(Throws) | bit(Jumps));
    auto frozen = jit().freeze([&] {
      std::vector<Cell> cells;
      for (const Insn& insn : program) cells.push_back({threaded_handler(insn.op), insn});
      return cells;
    });
    compare_everywhere<Cell>(call_threaded, frozen, show(program), 8);
    if (HasFailure()) return;
  }
}

/// Fails in the last of many rounds.
TEST(TraitOf, an_expectation_that_fails_late) {
  const Program program = {{OP_SET, 1, 0, 3000},    // 0
                           {OP_SET, 2, 0, 0},       // 1
                           {OP_SET, 3, 0, -1},      // 2
                           {OP_EXPECT, 0, 0, 0},    // 3: holds as long as nothing is added
                           {OP_ADD, 1, 3, 0},       // 4
                           {OP_SET, 3, 0, 2000},    // 5
                           {OP_LESS, 3, 1, 0},      // 6
                           {OP_ADD, 0, 3, 0},       // 7: from the thousandth round on
                           {OP_SET, 3, 0, 900},     // 8
                           {OP_LESS, 3, 1, 0},      // 9
                           {OP_ADD, 2, 3, 0},       // 10
                           {OP_SET, 3, 0, -1},      // 11
                           {OP_JUMP_IF, 1, 0, -9},  // 12
                           {OP_STOP, 2, 0, 0}};
  for (Interpreter* function : {expecting, expecting_in_locals})
    for (Level level : {Level::O0, Level::O2})
      for (std::int32_t fuel : {100, 9'000, 15'000, 100'000}) {
        CompileOptions options;
        options.level = level;
        compare<Insn>(function, freeze(program), show(program), options, fuel);
      }
}

/// A value that comes from nowhere known has a version for each constant that it is compared with.
TEST(TraitOf, promoted_values_are_those_they_are_compared_with) {
  const Program program = {{OP_SWITCH, 0, 1, 0}, {OP_SWITCH, 0, 1, 0}, {OP_STOP, 1, 0, 0}};
  const auto frozen = freeze(program);
  const Insn* code = frozen->data();
  auto specialized = jit().specialize(promoting, inlay::constant(code), _1);
  ASSERT_TRUE(specialized);
  const std::vector<inlay::GuestInstruction>& guest = specialized->explain().guest;
  ASSERT_EQ(guest.size(), 3u);
  EXPECT_GE(guest[0].copies, 3u) << specialized->explain().to_text();
  compare_everywhere(promoting, program);
}

/// Bytes of one word, of which only the first two lie side by side.
TEST(TraitOf, state_of_many_sizes) {
  compare_everywhere(virtual_of_many_sizes, {{OP_PUSH, 0, 0, 1},
                                             {OP_PUSH, 0, 0, 2},
                                             {OP_PUSH, 0, 0, 4},
                                             {OP_POP, 1, 0, 0},
                                             {OP_ADD, 0, 1, 0},
                                             {OP_JUMP_IF, 0, 0, -5},
                                             {OP_STOP, 1, 0, 0}});
  compare_everywhere(virtual_boxes, {{OP_PUSH, 0, 0, 1},
                                     {OP_POP, 1, 0, 0},
                                     {OP_PUSH, 0, 0, 0},
                                     {OP_ADD, 0, 1, 0},
                                     {OP_JUMP_IF, 0, 0, -4},
                                     {OP_STOP, 1, 0, 0}});
}

TEST(TraitOf, statics_are_one_and_the_same) {
  const Program program = {{OP_PUSH, 0, 0, 0}, {OP_POP, 1, 0, 0}, {OP_STOP, 1, 0, 0}};
  compare_everywhere(with_statics, program);
  EXPECT_LE(counters(), 2);  // one of the process, one of this thread
}

/// Where a place is an integer and not known, each number that was stored might be one. Those that lie outside of the
/// program are none, and what follows a guess is no source of others.
TEST(TraitOf, guesses_stay_inside_of_the_program) {
  for (Interpreter* function : {index_in_struct, index_unsigned, index_int, index_size_t})
    for (std::uint64_t seed = 1; seed < 40; ++seed) {
      const Program program = random_program(seed, Basic | Usual, Calm);
      SCOPED_TRACE("seed " + std::to_string(seed));
      CompileOptions options;
      options.level = Level::O0;
      auto frozen = freeze(program);
      const Insn* code = frozen->data();
      auto specialized = jit().specialize_with(options, function, inlay::constant(code), _1);
      ASSERT_TRUE(specialized);
      EXPECT_LE(specialized->explain().guest.size(), program.size());
      EXPECT_LT(specialized->explain().work, 2'000'000u);
    }
}

/// What programs of this size take.
void compare_large(const char* what, Interpreter* function, const Program& program) {
  auto begin = std::chrono::steady_clock::now();
  CompileOptions options;
  options.level = Level::O1;
  compare<Insn>(function, freeze(program), "a large program", options, 20'000);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  ::testing::Test::RecordProperty(what, std::to_string(seconds));
  if (setting("INLAY_FUZZ_TIMES", 0)) std::printf("%s: %.1f s\n", what, seconds);
}

Program straight_line(int size) {
  std::mt19937_64 random(1);
  Program program;
  for (int i = 0; i < size; ++i)
    program.push_back({static_cast<std::uint8_t>(OP_SET + random() % 4), static_cast<std::uint8_t>(random() % 4),
                       static_cast<std::uint8_t>(random() % 4), static_cast<std::int32_t>(random() % 100)});
  program.push_back({OP_STOP, 0, 0, 0});
  return program;
}

Program branches(int count) {
  std::mt19937_64 random(2);
  Program program;
  for (int i = 0; i < count; ++i) {
    program.push_back({OP_ADD, static_cast<std::uint8_t>(i % 4), static_cast<std::uint8_t>(random() % 4), 0});
    auto to = static_cast<int>(random() % static_cast<unsigned>(2 * count));
    program.push_back({OP_JUMP_IF, static_cast<std::uint8_t>(random() % 4), 0, to - static_cast<int>(program.size())});
  }
  program.push_back({OP_STOP, 0, 0, 0});
  return program;
}

constexpr int Slowdown = Sanitized ? 5 : 1;

TEST(TraitOf, long_programs) {
  compare_large("plain", c_plain, straight_line(5000 / Slowdown));
  compare_large("index", index_unsigned, straight_line(5000 / Slowdown));
  compare_large("table of handlers", handlers_by_table, straight_line(5000 / Slowdown));
  compare_large("virtual state", virtual_registers, straight_line(1000 / Slowdown));
  compare_large("tail calls", tail_handlers, straight_line(1000 / Slowdown));
}

TEST(TraitOf, programs_of_many_branches) {
  compare_large("labels", c_labels, branches(3000 / Slowdown));
  compare_large("plain", c_plain, branches(600 / Slowdown));
  compare_large("struct", pc_in_struct, branches(300 / Slowdown));
  compare_large("virtual state", virtual_registers, branches(600 / Slowdown));
  compare_large("tail calls", tail_handlers, branches(300 / Slowdown));
}

}  // namespace
}  // namespace traits
