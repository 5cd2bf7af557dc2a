// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What specializing costs: Report::work, which time goes with, of programs that once had no end, and of long ones.
#include "subject.h"
#include "vm_register/assembler.h"
#include "vm_register/interpreter.h"
#include "vm_stack/assembler.h"
#include "vm_stack/interpreter.h"
#include "vm_stack/program.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

/// About a third of a second.
constexpr std::uint64_t MostWork = 6'000'000;

CompileOptions for_long_programs() {
  CompileOptions options;
  options.level = Level::O0;
  options.max_instructions = 10'000'000;
  return options;
}

void check(const Machine& machine, std::uint64_t seed) {
  CompileOptions options;
  options.level = Level::O0;
  const Subject subject = machine.random(seed);
  Result<Compiled> compiled = subject.compile(jit(), options);
  ASSERT_TRUE(compiled) << subject.name;
  EXPECT_TRUE(compiled->compiled) << subject.name;
  EXPECT_LT(compiled->report.work, MostWork) << subject.name;
  EXPECT_EQ(compiled->difference(), "") << subject.name << "\n" << subject.text;
}

// Guests whose recursion was followed call by call; whose pins were taken back one at a time; whose jumps were guessed
// from each value that guesses had stored.
TEST(Bounds, programs_that_had_no_end) {
  for (std::uint64_t seed : {7231, 50131, 7206, 7222, 7226, 7234, 7246, 7258}) check(stack_machine(), seed);
  for (std::uint64_t seed : {102, 124, 7253}) check(byte_machine(), seed);
  for (std::uint64_t seed : {7220, 7230, 7240}) check(tree_machine(), seed);
}

TEST(Bounds, random_programs) {
  for (const Machine* machine : machines())
    for (std::uint64_t seed = 900; seed < 903; ++seed) check(*machine, seed);
}

Report of_registers(const std::string& text) {
  vm_register::Assembled assembled = vm_register::assemble(text);
  EXPECT_TRUE(assembled) << assembled.error;
  const auto program = jit().freeze([&] { return *assembled.program; });
  using namespace std::placeholders;
  const std::uint32_t first = 0;
  auto run =
      jit().specialize_with(for_long_programs(), vm_register::interpret, constant(program), constant(first), _1, _2);
  return run.value().explain();
}

Report of_stack(const std::string& text) {
  vm_stack::Assembled assembled = vm_stack::assemble(text);
  EXPECT_TRUE(assembled) << assembled.error;
  const auto program = jit().freeze([&] { return vm_stack::LoadedProgram(*assembled.program); });
  const VmProgram* const view = &program->view();
  return jit()
      .specialize_with(for_long_programs(), vm_interpret, constant(view), std::placeholders::_1)
      .value()
      .explain();
}

/// `text` makes a program of so many instructions, give or take a few.
template <class Make, class Text>
void grows_with_the_program(const Make& make, const Text& text, unsigned size = 400) {
  const Report small = make(text(size)), large = make(text(4 * size));
  EXPECT_GE(small.guest.size(), size);
  EXPECT_GE(large.guest.size(), 4 * size);
  EXPECT_LT(large.work, small.work * 5);
}

TEST(Bounds, work_grows_with_a_straight_line) {
  grows_with_the_program(of_registers, [](unsigned size) {
    std::string text = ".function main 1\n";
    for (unsigned i = 0; i < size; ++i)
      text += "  add r" + std::to_string(i % 7) + ", r" + std::to_string(i % 5) + ", r1\n";
    return text + "  ret r1\n";
  });
  grows_with_the_program(of_stack, [](unsigned size) {
    std::string text = ".function main n | a b\n";
    for (unsigned i = 0; i < size; i += 4) text += "  load a\n  push " + std::to_string(i) + "\n  add\n  store b\n";
    return text + "  push 1\n  ret\n";
  });
}

TEST(Bounds, work_grows_with_branches) {
  grows_with_the_program(of_stack, [](unsigned size) {
    std::string text = ".function main n\n";
    for (unsigned i = 0; i < size / 2; ++i)
      text += "l" + std::to_string(i) + ":\n  load n\n  jnz l" + std::to_string(i * 7919 % (size / 2)) + "\n";
    return text + "  push 1\n  ret\n";
  });
}

/// Each constant that a guest stores is known as long as nothing may overwrite it: that has a limit.
TEST(Bounds, work_grows_with_what_is_known) {
  auto up_and_down = [](unsigned size) {
    std::string text = ".function main n\n";
    for (unsigned i = 0; i < size; ++i) text += i / 500 % 2 ? "  drop\n" : "  push " + std::to_string(i) + "\n";
    return text + "  push 1\n  ret\n";
  };
  grows_with_the_program(of_stack, up_and_down, 1000);
}

}  // namespace
}  // namespace inlay::interpreters
