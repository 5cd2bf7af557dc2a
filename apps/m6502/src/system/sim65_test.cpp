// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/sim65.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace inlay::m6502 {
namespace {

constexpr std::uint8_t StackPointer = 0x20;  // of C, in page 0
constexpr std::uint16_t StackTop = 0x8000, Program = 0x0200, Text = 0x3000;
constexpr std::uint16_t Open = 0xFFF4, Close = 0xFFF5, Read = 0xFFF6, Write = 0xFFF7, Arguments = 0xFFF8, Exit = 0xFFF9;

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { EXPECT_EQ(pipe(ends), 0); }
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) close(end);
  }
  std::string drain() {
    close(ends[1]);
    ends[1] = -1;
    char buffer[256];
    const ssize_t got = read(ends[0], buffer, sizeof buffer);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : "";
  }
};

constexpr std::int64_t JsrCycles = 6, JmpCycles = 3;

/// A machine that makes a call, and then jumps to itself.
struct Caller {
  explicit Caller(Engine engine, Sim65Options options = {}) : machine(Machine::create({.engine = engine}).value()) {
    options.c_stack = StackPointer;
    system = Sim65::attach(machine, std::move(options));
    set_word(StackPointer, StackTop);
  }
  void set_word(std::uint16_t address, unsigned value) {
    machine.poke(address, static_cast<std::uint8_t>(value));
    machine.poke(static_cast<std::uint16_t>(address + 1), static_cast<std::uint8_t>(value >> 8));
  }
  unsigned word_at(std::uint16_t address) {
    return machine.peek(address) | machine.peek(static_cast<std::uint16_t>(address + 1)) << 8u;
  }
  void push(unsigned value) {
    const unsigned stack = word_at(StackPointer) - 2;
    set_word(StackPointer, stack);
    set_word(static_cast<std::uint16_t>(stack), value);
  }
  void set_text(std::uint16_t address, const std::string& text) {
    for (const char c : text) machine.poke(address++, static_cast<std::uint8_t>(c));
    machine.poke(address, 0);
  }
  std::string text_at(std::uint16_t address) {
    std::string text;
    while (const std::uint8_t byte = machine.peek(address++)) text.push_back(static_cast<char>(byte));
    return text;
  }

  /// What it answers in A and X.
  unsigned call(std::uint16_t what, unsigned last, std::uint8_t y = 0) {
    const std::uint8_t code[] = {0x20, static_cast<std::uint8_t>(what), 0xFF, 0x4C, (Program + 3) & 0xFF, Program >> 8};
    machine.load(Program, code).value();
    machine.set_registers({.pc = Program,
                           .a = static_cast<std::uint8_t>(last),
                           .x = static_cast<std::uint8_t>(last >> 8),
                           .y = y,
                           .s = 0xFD,
                           .p = StatusAlways});
    const std::int64_t before = machine.cycle();
    stopped = machine.run(before + JsrCycles + 1);
    if (what != Exit) {
      EXPECT_EQ(machine.cycle(), before + JsrCycles + JmpCycles) << "a call takes no cycles";
      EXPECT_EQ(machine.registers().pc, Program + 3);
      EXPECT_EQ(machine.registers().s, 0xFD);
    }
    const Registers registers = machine.registers();
    return registers.a | registers.x << 8u;
  }

  Machine machine;
  std::unique_ptr<Sim65> system;
  Stopped stopped;
};

class Sim65Calls : public testing::TestWithParam<Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, Sim65Calls, testing::Values(Engine::Step, Engine::Interpreter, Engine::Jit));

TEST_P(Sim65Calls, exit_stops_the_machine_with_its_code) {
  Caller caller(GetParam());
  EXPECT_EQ(caller.system->exit_code(), std::nullopt);
  caller.call(Exit, 0x0142);
  EXPECT_EQ(caller.stopped.reason, StopReason::Asked);
  EXPECT_EQ(caller.system->exit_code(), 0x42);
}

TEST_P(Sim65Calls, write_and_read_go_to_the_descriptors_that_were_given) {
  Pipe input, output;
  ASSERT_EQ(write(input.ends[1], "abc", 3), 3);
  Caller caller(GetParam(),
                {.arguments = {}, .c_stack = 0, .input = input.ends[0], .output = output.ends[1], .error = -1});
  caller.set_text(Text, "hello");
  caller.push(1);
  caller.push(Text);
  EXPECT_EQ(caller.call(Write, 5), 5u);
  EXPECT_EQ(caller.word_at(StackPointer), StackTop) << "arguments are taken from C's stack";
  EXPECT_EQ(output.drain(), "hello");
  caller.push(0);
  caller.push(Text + 0x100);
  EXPECT_EQ(caller.call(Read, 10), 3u);
  EXPECT_EQ(caller.text_at(Text + 0x100), "abc");
  caller.push(2);
  caller.push(Text);
  EXPECT_EQ(caller.call(Write, 5), 0xFFFFu) << "there is no standard error";
  caller.push(77);
  caller.push(Text);
  EXPECT_EQ(caller.call(Read, 5), 0xFFFFu) << "nor a file 77";
}

TEST_P(Sim65Calls, files_are_opened_and_closed_and_their_numbers_used_again) {
  char name[] = "/tmp/inlay-sim65-XXXXXX";
  const int made = mkstemp(name);
  ASSERT_GE(made, 0);
  ASSERT_EQ(write(made, "text", 4), 4);
  close(made);
  Caller caller(GetParam());
  caller.set_text(Text, name);
  constexpr unsigned ReadOnly = 1;
  const auto open = [&] {
    caller.push(Text);
    caller.push(ReadOnly);
    return caller.call(Open, 0, 4);
  };
  EXPECT_EQ(open(), 3u);
  EXPECT_EQ(caller.word_at(StackPointer), StackTop);
  EXPECT_EQ(open(), 4u);
  EXPECT_EQ(caller.call(Close, 3), 0u);
  EXPECT_EQ(open(), 3u);
  EXPECT_EQ(caller.call(Close, 3), 0u);
  EXPECT_EQ(caller.call(Close, 3), 0xFFFFu) << "it was closed";
  caller.push(4);
  caller.push(Text + 0x100);
  EXPECT_EQ(caller.call(Read, 0xFFFF), 4u);
  EXPECT_EQ(caller.text_at(Text + 0x100), "text");
  unlink(name);
  EXPECT_EQ(open(), 0xFFFFu) << "it is not there any more";
}

TEST_P(Sim65Calls, a_program_that_may_not_open_files_opens_none) {
  Caller caller(GetParam(), {.arguments = {}, .c_stack = 0, .input = 0, .output = 1, .error = 2, .files = false});
  caller.set_text(Text, "/dev/null");
  caller.push(Text);
  caller.push(1);
  EXPECT_EQ(caller.call(Open, 0, 4), 0xFFFFu);
}

TEST_P(Sim65Calls, a_path_without_an_end_is_refused) {
  Caller caller(GetParam());
  for (int address = Text; address < Text + 0x2000; ++address)
    caller.machine.poke(static_cast<std::uint16_t>(address), 'x');
  caller.push(Text);
  caller.push(1);
  EXPECT_EQ(caller.call(Open, 0, 4), 0xFFFFu);
}

TEST_P(Sim65Calls, arguments_lie_on_the_stack_of_c) {
  Caller caller(GetParam(), {.arguments = {"program", "", "two words"}});
  EXPECT_EQ(caller.call(Arguments, Text), 3u);
  const auto array = static_cast<std::uint16_t>(caller.word_at(Text));
  EXPECT_EQ(caller.text_at(static_cast<std::uint16_t>(caller.word_at(array))), "program");
  EXPECT_EQ(caller.text_at(static_cast<std::uint16_t>(caller.word_at(array + 2))), "");
  EXPECT_EQ(caller.text_at(static_cast<std::uint16_t>(caller.word_at(array + 4))), "two words");
  EXPECT_EQ(caller.word_at(array + 6), 0u);
  EXPECT_EQ(caller.word_at(StackPointer), StackTop - 4u * 2 - 8 - 1 - 10) << "what is below them is free";
}

}  // namespace
}  // namespace inlay::m6502
