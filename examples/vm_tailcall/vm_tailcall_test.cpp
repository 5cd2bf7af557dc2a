// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program text in; status, position and output, or the assembler's error, out.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "assembler.h"
#include "handwritten.h"
#include "interpreter.h"
#include "random_program.h"
#include "session.h"
#include "threaded.h"

namespace vm_tailcall {
namespace {

enum class Engine { Bytes, Threaded };
constexpr Engine Engines[] = {Engine::Bytes, Engine::Threaded};

const char* to_string(Engine engine) { return engine == Engine::Bytes ? "bytes" : "threaded"; }

Status run(const Program& program, Session& session, Engine engine) {
  const Code code(program.bytes, program.metered);
  switch (engine) {
    case Engine::Bytes:
      return run(code, session.vm());
    case Engine::Threaded:
      return run_threaded(ThreadedCode(code), session.vm());
  }
  return Status::BadOpcode;
}

Program assembled(const std::string& text) {
  inlay::Result<Program> program = assemble(text, "test.vm");
  EXPECT_TRUE(program) << program.error().to_string();
  return program ? *std::move(program) : Program{};
}

/// Runs it in every engine, metered. What it prints, or that and how it ended, with the position.
std::string result(Program program, std::int64_t fuel = 1'000'000) {
  program.metered = true;
  std::optional<Session> expected;
  Status expected_status{};
  for (const Engine engine : Engines) {
    std::optional<Session> other;
    Session& session = expected ? other.emplace(program) : expected.emplace(program);
    session.vm().fuel = fuel;
    const Status status = run(program, session, engine);
    if (!other) {
      expected_status = status;
      continue;
    }
    EXPECT_STREQ(to_string(status), to_string(expected_status)) << to_string(engine);
    EXPECT_EQ(expected->difference(session), "") << to_string(engine);
  }
  if (expected_status == Status::Halted) return expected->output();
  return expected->output() + to_string(expected_status) + " at " + std::to_string(expected->vm().position);
}
std::string result(const std::string& text, std::int64_t fuel = 1'000'000) { return result(assembled(text), fuel); }

Program read_program(const std::string& name) {
  std::ifstream file(std::string(VM_TAILCALL_PROGRAMS) + "/" + name + ".vm");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return assembled(text);
}

TEST(VmTailcall, computes_with_integers_that_wrap) {
  EXPECT_EQ(result("immediate 7\n store r1\n immediate -20\n divide r1\n print\n halt"), "-2\n");
  EXPECT_EQ(result("immediate 7\n store r1\n immediate -20\n remainder r1\n print\n halt"), "-6\n");
  EXPECT_EQ(
      result("immediate -1\n store r1\n constant -9223372036854775808\n divide r1\n print\n remainder r1\n print\n"
             "halt"),
      "-9223372036854775808\n0\n");
  EXPECT_EQ(result("constant 9223372036854775807\n add_immediate 1\n print\n negate\n print\n bit_not\n print\n halt"),
            "-9223372036854775808\n-9223372036854775808\n9223372036854775807\n");
  EXPECT_EQ(result("immediate 65\n store r1\n immediate -8\n shift_left r1\n print\n shift_arithmetic r1\n print\n"
                   "shift_right r1\n print\n halt"),
            "-16\n-8\n9223372036854775804\n");
  EXPECT_EQ(result("constant 0xff\n store r1\n immediate 300\n bit_and r1\n print\n bit_or r1\n print\n bit_xor r1\n"
                   "print\n halt"),
            "44\n255\n0\n");
}

TEST(VmTailcall, computes_with_doubles) {
  EXPECT_EQ(result("f_constant 0.1\n f_store r1\n f_constant 0.2\n f_add r1\n f_print\n halt"),
            "0.30000000000000004\n");
  EXPECT_EQ(result("f_constant -2\n f_absolute\n f_square_root\n f_print\n f_store r9\n f_multiply r9\n f_negate\n"
                   "f_print\n halt"),
            "1.4142135623730951\n-2.0000000000000004\n");
  EXPECT_EQ(result("f_constant 1\n f_divide r1\n f_print\n to_integer\n print\n f_subtract r1\n f_negate\n to_integer\n"
                   "print\n halt"),
            "inf\n9223372036854775807\n-9223372036854775808\n");
  EXPECT_EQ(result("f_constant nan\n to_integer\n print\n f_jump_less r1, on\n f_jump_greater_equal r1, on\n"
                   "immediate 5\n print\n on: halt"),
            "0\n5\n");
}

TEST(VmTailcall, jumps_through_tables_and_registers) {
  const std::string table =
      "jump_table one, two\n immediate 9\n jump out\n one: immediate 11\n jump out\n"
      "two: immediate 12\n out: print\n halt";
  EXPECT_EQ(result("immediate 0\n" + table), "11\n");
  EXPECT_EQ(result("immediate 1\n" + table), "12\n");
  EXPECT_EQ(result("immediate 2\n" + table), "9\n");
  EXPECT_EQ(result("immediate -1\n" + table), "9\n");
  EXPECT_EQ(result("constant there\n jump_to\n halt\n there: immediate 4\n print\n halt"), "4\n");
  EXPECT_EQ(result("constant there\n call_to\n print\n halt\n there: immediate 4\n ret"), "4\n");
}

TEST(VmTailcall, widens_what_does_not_fit_a_byte) {
  std::string far = "immediate 3\n store r1\n again: load r1\n print\n jump over\n";
  for (int i = 0; i < 100; ++i) far += "add_immediate 1000\n";
  EXPECT_EQ(result(far + "over: repeat r1, again\n halt"), "3\n2\n1\n");
  EXPECT_EQ(result(".memory 301\n immediate 5\n write r1, 300\n immediate 0\n read r1, 300\n print\n halt"), "5\n");
}

TEST(VmTailcall, ends_with_a_status_and_the_place) {
  EXPECT_EQ(result(""), "ran past the end of the code at 0");
  EXPECT_EQ(result("immediate 1\n print"), "1\nran past the end of the code at 3");
  EXPECT_EQ(result(".byte 0\n halt"), "bad opcode at 0");
  EXPECT_EQ(result("print\n .byte 255"), "0\nbad opcode at 1");
  EXPECT_EQ(result("load r1\n divide r1"), "division by zero at 2");
  EXPECT_EQ(result("load r1\n remainder r1"), "division by zero at 2");
  EXPECT_EQ(result("ret"), "stack underflow at 0");
  EXPECT_EQ(result("pop r1"), "stack underflow at 0");
  EXPECT_EQ(result("again: push r1\n jump again"), "stack overflow at 0");
  EXPECT_EQ(result("again: call again"), "stack overflow at 0");
  EXPECT_EQ(result("immediate 99\n jump_to"), "jump out of the code at 2");
  EXPECT_EQ(result("immediate -1\n call_to"), "jump out of the code at 2");
  EXPECT_EQ(result("read r1, 0"), "address out of the memory at 0");
  EXPECT_EQ(result(".memory 8\n write r1, 7\n write r1, 8"), "address out of the memory at 3");
  EXPECT_EQ(result(".memory 8\n immediate -200\n store r1\n f_read r1, 199"), "address out of the memory at 6");
  EXPECT_EQ(result("print\n again: jump again", 10), "0\nout of fuel at 1");
  EXPECT_EQ(result("jump end\n end:"), "jump out of the code at 0");
}

TEST(VmTailcall, spends_no_fuel_without_metering) {
  Program program = read_program("fib");
  for (const Engine engine : Engines) {
    Session session(program);
    session.vm().fuel = 3;
    EXPECT_EQ(run(program, session, engine), Status::Halted) << to_string(engine);
    EXPECT_EQ(session.vm().fuel, 3) << to_string(engine);
  }
}

TEST(VmTailcall, takes_bytes_of_any_content) {
  const auto code = [](Op op) { return static_cast<std::uint8_t>(op); };
  const auto of = [](std::vector<std::uint8_t> bytes) { return Program{std::move(bytes), 0, {}, false, {}}; };
  EXPECT_EQ(result(of({code(Op::Wide)})), "bad opcode at 0");
  EXPECT_EQ(result(of({code(Op::Wide), code(Op::Load), 0})), "bad opcode at 0");
  EXPECT_EQ(result(of({code(Op::Wide), code(Op::Wide), code(Op::Jump), 0})), "bad opcode at 0");
  EXPECT_EQ(result(of({code(Op::Wide), code(Op::Jump), 0, 128})), "jump out of the code at 0");
  EXPECT_EQ(result(of({code(Op::Constant), 1})), "ran past the end of the code at 9");
  EXPECT_EQ(result(of({code(Op::JumpTable), 255})), "jump out of the code at 0");
  EXPECT_EQ(result(of({code(Op::Jump)})), "jump out of the code at 0");
}

struct ErrorCase {
  const char* text;
  const char* expected;
};

TEST(VmTailcallErrors, name_the_place_and_what_would_do) {
  const ErrorCase cases[] = {
      {"halt\n  lead r1", "2:3: error: there is no operation 'lead'; operations.def has them all"},
      {"wide", "1:1: error: there is no operation 'wide'; operations.def has them all"},
      {"load", "1:1: error: 'load' with 0 operands; 1 would do"},
      {"add r1, r2", "1:1: error: 'add' with 2 operands; 1 would do"},
      {"jump_table", "1:1: error: 'jump_table' with 0 operands; 1 to 255 labels would do"},
      {"move r1, r256", "1:10: error: 'r256' is no register; r0 to r255 or a name that .register gave would do"},
      {"immediate 40000", "1:11: error: '40000'; a number from -32768 to 32767 would do, or `constant`"},
      {"f_constant x", "1:12: error: 'x'; a number would do"},
      {"constant 1x", "1:10: error: '1x'; a number of 64 bits or a label would do"},
      {"constant x", "1:10: error: there is no label 'x' in this program"},
      {"jump x", "1:6: error: there is no label 'x' in this program"},
      {"x: halt\nx: halt", "2:1: error: there is a label 'x' already; another name would do"},
      {"1x: halt", "1:1: error: '1x' is no label; a name of letters, digits and _ would do"},
      {".argument n", "1:1: error: '.argument' with 1 operands; a name and a number would do"},
      {".argument n m", "1:13: error: 'm'; a number would do"},
      {".register n r1\n.argument n 1", "2:11: error: 'n' names a register already; another name would do"},
      {".memory -1", "1:9: error: '-1'; a number from 0 to 16777216 would do"},
      {".byte 256", "1:7: error: '256'; a number from 0 to 255 would do"},
      {".bite 1", "1:1: error: there is no directive '.bite'; there are .argument, .byte, .memory, .register"},
  };
  for (const ErrorCase& test : cases) {
    const inlay::Result<Program> program = assemble(test.text, "test.vm");
    ASSERT_FALSE(program) << test.text;
    EXPECT_EQ(program.error().to_string(), "test.vm:" + std::string(test.expected) + " [invalid-argument]");
  }
  std::string far = "begin:\n";
  for (int i = 0; i < 4000; ++i) far += "constant 1\n";
  const inlay::Result<Program> program = assemble(far + "jump begin", "test.vm");
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().message(), "'begin' is -36004 bytes away; at most 32767 would do");
}

TEST(VmTailcallPrograms, give_what_hand_written_code_gives) {
  for (const char* name : {"lcg", "collatz", "mandelbrot", "fib", "sieve", "sort", "dispatch"}) {
    const Program program = read_program(name);
    std::string expected;
    find_handwritten(name)(arguments_of(program, {}).data(), expected);
    EXPECT_NE(expected, "") << name;
    EXPECT_EQ(result(program, INT64_MAX), expected) << name;
  }
}

TEST(VmTailcallPrograms, know_their_lines) {
  const Program program = assembled("halt\n\nx: load r1\n jump x\n");
  EXPECT_EQ(program.line_of(0), 1u);
  EXPECT_EQ(program.line_of(2), 3u);
  EXPECT_EQ(program.line_of(3), 4u);
  EXPECT_EQ(Program{}.line_of(0), 0u);
}

/// As bytes and as cells; the latter only if no jump leads into an instruction.
TEST(VmTailcallRandom, programs_end_the_same_way_in_every_engine) {
  unsigned ended[9] = {};
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const RandomProgram random = random_program(seed);
    Session expected(random.program);
    expected.vm().fuel = random.fuel;
    const Status status = run(random.program, expected, Engine::Bytes);
    ++ended[static_cast<unsigned>(status)];
    if (random.damaged) continue;
    Session session(random.program);
    session.vm().fuel = random.fuel;
    EXPECT_STREQ(to_string(run(random.program, session, Engine::Threaded)), to_string(status)) << "seed " << seed;
    ASSERT_EQ(expected.difference(session), "") << "seed " << seed;
  }
  for (unsigned status = 0; status < 9; ++status)
    EXPECT_GT(ended[status], 0u) << "no program ended with: " << to_string(static_cast<Status>(status));
}

}  // namespace
}  // namespace vm_tailcall
