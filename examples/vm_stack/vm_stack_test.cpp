// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs in, outcomes out; for every engine there is.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "assembler.h"
#include "handwritten.h"
#include "random_program.h"
#include "run.h"

namespace vm_stack {

/// How a test shows an outcome that it did not expect.
void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << vm_status_text(outcome.status) << " at " << outcome.at << ", result " << outcome.result << ", fuel "
       << outcome.fuel << ", " << outcome.frames << " frames, stack";
  for (const std::int64_t value : outcome.stack) *out << ' ' << value;
  *out << ", printed\n" << outcome.output;
}

namespace {

constexpr std::uint64_t Plenty = 1'000'000'000;

enum class How { Interpreted };
constexpr How Ways[] = {How::Interpreted};

/// Metered, whatever the program says: it has an end.
Outcome run(Program program, How how, const std::vector<std::int64_t>& arguments = {}, std::uint64_t fuel = Plenty) {
  program.metered = true;
  switch (how) {
    case How::Interpreted:
      return interpret(program, arguments, fuel);
  }
  return {};
}

/// The outcome on which all engines agree.
Outcome run_all(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel) {
  const Outcome outcome = run(program, How::Interpreted, arguments, fuel);
  for (const How how : Ways) EXPECT_EQ(run(program, how, arguments, fuel), outcome) << disassemble(program);
  return outcome;
}

Program assembled(std::string_view text) {
  Assembled result = assemble(text);
  EXPECT_EQ(result.error, "") << text;
  return result.program.value_or(Program{});
}

Outcome run(std::string_view text, const std::vector<std::int64_t>& arguments = {}, std::uint64_t fuel = Plenty) {
  return run_all(assembled(text), arguments, fuel);
}

/// The same for the instructions of a main function.
Outcome run_main(const std::string& text, const std::vector<std::int64_t>& arguments = {},
                 std::uint64_t fuel = Plenty) {
  return run(".memory 64\n.function main a b | c d\n" + text, arguments, fuel);
}

std::string read_program(const std::string& name) {
  std::ifstream stream(VM_STACK_PROGRAMS "/" + name + ".asm");
  EXPECT_TRUE(stream) << name;
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Example {
  const char* name;
  std::vector<std::int64_t> sizes;
};

const Example Examples[] = {
    {"collatz", {0, 1, 2000}}, {"fib", {0, 1, 2, 17}},       {"mandelbrot", {1, 2, 33}},     {"queens", {1, 2, 6}},
    {"sieve", {2, 3, 10000}},  {"sort", {0, 1, 2, 3, 1000}}, {"states", {0, 1, 2, 5, 3000}},
};

std::string output_by_hand(const char* name, std::int64_t n) {
  std::string output;
  const Handwritten run = find_handwritten(name);
  if (run == nullptr) return "no such program";
  run(n, output);
  return output;
}

TEST(VmStack, programs_print_what_their_counterparts_print) {
  for (const Example& example : Examples) {
    const std::string text = read_program(example.name);
    for (const std::int64_t size : example.sizes) {
      const Outcome outcome = run(text, {size});
      EXPECT_EQ(outcome.status, VmReturned) << example.name;
      EXPECT_EQ(outcome.output, output_by_hand(example.name, size)) << example.name << ' ' << size;
      EXPECT_EQ(outcome.stack.size(), 1u);
      EXPECT_EQ(outcome.frames, 0u);
    }
  }
}

std::int64_t binary(const char* instruction, std::int64_t a, std::int64_t b) {
  return run_main("load2 a b\n" + std::string(instruction) + "\n ret", {a, b}).result;
}

TEST(VmStack, computes_with_integers_that_wrap_around) {
  EXPECT_EQ(binary("add", INT64_MAX, 1), INT64_MIN);
  EXPECT_EQ(binary("sub", INT64_MIN, 1), INT64_MAX);
  EXPECT_EQ(binary("mul", INT64_MAX, 2), -2);
  EXPECT_EQ(binary("div", INT64_MIN, -1), INT64_MIN);
  EXPECT_EQ(binary("rem", INT64_MIN, -1), 0);
  EXPECT_EQ(binary("div", -7, 2), -3);
  EXPECT_EQ(binary("rem", -7, 2), -1);
  EXPECT_EQ(binary("shl", 1, 65), 2);
  EXPECT_EQ(binary("shr", -1, 63), 1);
  EXPECT_EQ(binary("sar", -8, 1), -4);
  EXPECT_EQ(binary("lt", -1, 1), 1);
  EXPECT_EQ(binary("ltu", -1, 1), 0);
  EXPECT_EQ(binary("swap\n sub", 1, 10), 9);
  EXPECT_EQ(binary("over\n sub\n sub", 1, 10), -8);
}

TEST(VmStack, converts_every_double_to_some_integer) {
  EXPECT_EQ(run_main("push 1e300\n ftoi\n ret").result, INT64_MAX);
  EXPECT_EQ(run_main("push -1e300\n ftoi\n ret").result, INT64_MIN);
  EXPECT_EQ(run_main("push nan\n ftoi\n ret").result, 0);
  EXPECT_EQ(run_main("push -2.9\n ftoi\n ret").result, -2);
}

TEST(VmStack, prints_numbers_in_lines) {
  EXPECT_EQ(run_main("push 0.5\n fprint\n push -0.0\n fprint\n push -3\n dup\n print\n itof\n fsqrt\n fprint\n push 0\n"
                     "ret")
                .output,
            "0.5\n-0\n-3\nnan\n");
}

TEST(VmStack, widens_operands) {
  EXPECT_EQ(run_main("load.w a\n ret", {7}).result, 7);
  EXPECT_EQ(run_main("push 5\n tee.w a\n drop\n inc.w a, -3000\n load a\n ret", {7}).result, -2995);
  EXPECT_EQ(run_main("jmp.w over\n push 1\n ret\nover: push 7\n ret").result, 7);
  EXPECT_EQ(run_main("load a\n jz.w zero\n push 1\n ret\nzero: push 7\n ret", {0}).result, 7);
  EXPECT_EQ(run_main("load a\n jnz.w zero\n push 1\n ret\nzero: push 7\n ret", {0}).result, 1);
  EXPECT_EQ(run_main("push 5\n store.w c\nagain: inc d 2\n loop.w c again\n load d\n ret").result, 10);
  EXPECT_EQ(run(".function main | x[300] y\n push 5\n store.w y\n load.w y\n ret").result, 5);
}

TEST(VmStack, jumps_by_table) {
  const std::string text = "load a\n table zero one\n push 9\n ret\nzero: push 100\n ret\none: push 101\n ret\n";
  EXPECT_EQ(run_main(text, {0}).result, 100);
  EXPECT_EQ(run_main(text, {1}).result, 101);
  EXPECT_EQ(run_main(text, {2}).result, 9);
  EXPECT_EQ(run_main(text, {-1}).result, 9);
}

TEST(VmStack, calls_and_halts_at_any_depth) {
  const Outcome halted = run(".function main\n push 1\n call f\n print\n .function f\n push 2\n push 5\n halt");
  EXPECT_EQ(halted.status, VmHalted);
  EXPECT_EQ(halted.result, 5);
  EXPECT_EQ(halted.output, "");
  EXPECT_EQ(halted.stack, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(halted.frames, 2u);
  EXPECT_EQ(run(".function main\n push 1\n push 2\n push f\n calli\n ret\n.function f a b | c\n load2 a c\n sub\n ret")
                .result,
            1);
}

TEST(VmStack, gives_each_call_fresh_locals) {
  EXPECT_EQ(run(".function main\n call f\n drop\n call f\n ret\n.function f | x\n inc x 1\n load x\n ret").result, 1);
}

struct Fault {
  const char* text;
  VmStatus status;
  std::uint64_t at;
};

TEST(VmStack, stops_at_what_is_malformed) {
  const Fault faults[] = {
      {"nop\n .byte 255", VmBadOpcode, 1},
      {"nop\n end", VmBadOpcode, 1},
      {"wide\n add", VmBadOpcode, 0},
      {"wide", VmBadOpcode, 0},
      {"nop", VmPastEnd, 1},
      {".byte 19", VmPastEnd, 9},  // push8 without its operand: it is zero
      {"push 0\n table", VmPastEnd, 4},
      {"push 0\n .byte 9\n .byte 200", VmPastEnd, 2},
      {"push 5\n .byte 9\n .byte 1", VmPastEnd, 2},
      {"jmp -1", VmBadJump, 0},
      {"jmp +3", VmBadJump, 0},
      {"jmp.w +1000000", VmBadJump, 0},
      {"push -1\n jmpi", VmBadJump, 2},
      {"push 100\n jmpi", VmBadJump, 2},
      {"load 4", VmBadLocal, 0},
      {"store 4", VmBadLocal, 0},
      {"tee.w 65535", VmBadLocal, 0},
      {"inc 4 1", VmBadLocal, 0},
      {"loop 4 +0", VmBadLocal, 0},
      {"load2 0 4", VmBadLocal, 0},
      {"load2 4 0", VmBadLocal, 0},
      {"call 1", VmBadFunction, 0},
      {"push -1\n calli", VmBadFunction, 2},
      {"push 64\n ldb 0", VmBadAddress, 2},
      {"push 0\n ld 57", VmBadAddress, 2},
      {"push -1\n push 1\n stb 0", VmBadAddress, 4},
      {"push -8\n push 1\n st 7", VmBadAddress, 4},
      {"push 1\n load a\n div", VmDivisionByZero, 4},
      {"push 1\n load a\n rem", VmDivisionByZero, 4},
      {"add", VmUnderflow, 0},
      {"push 1\n add", VmUnderflow, 2},
      {"ret", VmUnderflow, 0},
      {"halt", VmUnderflow, 0},
      {"jz +0", VmUnderflow, 0},
      {"jlt +0", VmUnderflow, 0},
      {"drop", VmUnderflow, 0},
      {"over", VmUnderflow, 0},
      {"swap", VmUnderflow, 0},
      {"calli", VmUnderflow, 0},
      {"table +0", VmUnderflow, 0},
      {"fprint", VmUnderflow, 0},
      {"fadd", VmUnderflow, 0},
      {"call main", VmUnderflow, 0},
      {"again: push 1\n jmp again", VmOverflow, 0},
      {"again: load2 a b\n jmp again", VmOverflow, 0},
      {"push 1\nagain: dup\n jmp again", VmOverflow, 2},
      {"load2 a b\n call main", VmTooDeep, 3},
  };
  for (const Fault& fault : faults) {
    const Outcome outcome = run_main(fault.text);
    EXPECT_EQ(outcome.status, fault.status) << fault.text << ": " << vm_status_text(outcome.status);
    EXPECT_EQ(outcome.at, fault.at) << fault.text;
  }
}

TEST(VmStack, needs_a_first_function_in_the_code) {
  EXPECT_EQ(run(Program{}, How::Interpreted).status, VmBadFunction);
  Program program;
  program.functions.push_back({"main", 0, 0, 0});
  EXPECT_EQ(run(program, How::Interpreted).status, VmBadFunction);
  program.code = {VmNop};
  program.functions[0].entry = 1;
  EXPECT_EQ(run(program, How::Interpreted).status, VmBadFunction);
  program.functions[0] = {"main", 0, 0, VmStackSize};
  EXPECT_EQ(run(program, How::Interpreted).status, VmPastEnd);
  program.functions[0] = {"main", 0, 0, VmStackSize + 1};
  EXPECT_EQ(run(program, How::Interpreted).status, VmOverflow);
}

TEST(VmStack, spends_fuel_on_jumps_backward_and_calls) {
  const Outcome outcome = run_main("again: inc a 1\n jmp again", {}, 10);
  EXPECT_EQ(outcome.status, VmOutOfFuel);
  EXPECT_EQ(outcome.at, 3u);
  EXPECT_EQ(outcome.fuel, 0u);
  EXPECT_EQ(outcome.stack, (std::vector<std::int64_t>{11, 0, 0, 0}));
  EXPECT_EQ(run_main("push 10\n store a\nagain: loop a again\n push 0\n ret", {}, 9).status, VmReturned);
  EXPECT_EQ(run_main("push 10\n store a\nagain: loop a again\n push 0\n ret", {}, 8).status, VmOutOfFuel);
  EXPECT_EQ(run(".function main\n call f\n call f\n ret\n.function f\n push 1\n ret", {}, 5).fuel, 3u);
}

TEST(VmStack, spends_no_fuel_without_metering) {
  Program program = assembled(read_program("fib"));
  const Outcome outcome = interpret(program, {10}, 3);
  EXPECT_EQ(outcome.output, "55\n");
  EXPECT_EQ(outcome.fuel, 3u);
  program.metered = true;
  EXPECT_EQ(interpret(program, {10}, 3).status, VmOutOfFuel);
}

TEST(VmStackAssembler, names_the_line_and_what_would_do) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1: the program has no function; begin one with '.function name'"},
      {"nop", "line 1: this stands in no function; begin one with '.function name'"},
      {".byte 1", "line 1: this stands in no function; begin one with '.function name'"},
      {"\n.function", "line 2: expected '.function name argument ... | local ...'"},
      {".function f\n.function f", "line 2: there is already a function 'f'"},
      {".function f a | a", "line 1: there is already a local 'a' in this function"},
      {".function f a[2", "line 1: 'a[2' lacks a ']'"},
      {".function f a[x]", "line 1: 'x' is no integer of 64 bits"},
      {".function f a[65535] | b", "line 1: a function has at most 65535 arguments and locals"},
      {".function f\na:\na:", "line 3: there is already a label 'a' in this function"},
      {".function f\n: nop", "line 2: a label without a name"},
      {".memory -1", "line 1: -1 does not fit, it can be 0 to 1073741824"},
      {".memory", "line 1: expected '.memory bytes'"},
      {".what 1", "line 1: unknown directive '.what'; there are .function, .memory, .arguments, .metered and .byte"},
      {".function f\n.byte 256", "line 2: 256 does not fit, it can be 0 to 255"},
      {".function f\nfoo", "line 2: unknown instruction 'foo'; opcodes.def has all there are"},
      {".function f\nadd 1", "line 2: 'add' has 1 operands, and needs 0"},
      {".function f\nadd.w", "line 2: 'add' has no wide form; write it without '.w'"},
      {".function f\nload x", "line 2: there is no local 'x' in this function"},
      {".function f | y[300] x\nload x",
       "line 2: local 300 does not fit, it can be 0 to 255; '.w' behind the mnemonic widens it"},
      {".function f\nload.w 65536", "line 2: local 65536 does not fit, it can be 0 to 65535"},
      {".function f\ninc 0 128", "line 2: 128 does not fit, it can be -128 to 127"},
      {".function f\njmp +32768",
       "line 2: 32768 does not fit, it can be -32768 to 32767; '.w' behind the mnemonic widens it"},
      {".function f\njmp away", "line 2: there is no label 'away' in this function"},
      {".function f\na: nop\n.function g\njmp a", "line 4: there is no label 'a' in this function"},
      {".function f\ncall g", "line 2: 'g' is neither a number nor the name of something here"},
      {".function f\ncall -1", "line 2: -1 does not fit, it can be 0 to 65535"},
      {".function f\npush x", "line 2: 'x' is neither a number nor the name of something here"},
      {".function f\npush", "line 2: 'push' has 1 operand: a number, a label or a function"},
      {".function f\npush8 x", "line 2: 'x' is no number"},
      {".function f\nld 65536", "line 2: 65536 does not fit, it can be 0 to 65535"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(assemble(text).error, error) << text;
}

TEST(VmStackAssembler, pushes_by_the_shortest_instruction) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"push 127", 2},   {"push -128", 2}, {"push 128", 3}, {"push -32768", 3},
      {"push 32768", 9}, {"push 0.5", 9},  {"push f", 3},
  };
  for (const auto& [text, bytes] : cases)
    EXPECT_EQ(assembled(std::string(".function f\n") + text).code.size(), bytes) << text;
}

TEST(VmStackDisassembler, gives_text_of_the_same_program) {
  for (const Example& example : Examples) {
    const Program program = assembled(read_program(example.name));
    EXPECT_EQ(assembled(disassemble(program)), program) << example.name;
  }
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = random_program(seed);
    EXPECT_EQ(assembled(disassemble(program)), program) << "seed " << seed;
  }
}

TEST(VmStackRandom, engines_agree) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Program program = random_program(seed);
    const Outcome expected = run(program, How::Interpreted, {}, 300);
    for (const How how : Ways) EXPECT_EQ(run(program, how, {}, 300), expected) << "seed " << seed;
  }
}

TEST(VmStackRandom, covers_instructions_and_statuses) {
  std::set<unsigned> opcodes;
  std::array<int, VmStatusCount> statuses = {};
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Program program = random_program(seed);
    for (std::size_t at = 0, bytes = 0; at < program.code.size(); at += bytes) {
      opcodes.insert(program.code[at]);
      if (program.code[at] == VmWide && at + 1 < program.code.size()) opcodes.insert(256u + program.code[at + 1]);
      disassemble(program, at, bytes);
    }
    ++statuses[run(program, How::Interpreted, {}, 300).status];
  }
  for (unsigned i = 0; i < VmOpcodeCount; ++i) {
    EXPECT_TRUE(opcodes.contains(i)) << "no " << Operations[i].text;
    EXPECT_TRUE(opcodes.contains(256 + i) || !has_wide_form(static_cast<VmOpcode>(i))) << Operations[i].text;
  }
  for (unsigned i = 0; i < VmStatusCount; ++i) {
    const auto status = static_cast<VmStatus>(i);
    RecordProperty(vm_status_text(status), statuses[i]);
    EXPECT_TRUE(statuses[i] > 0 || status == VmTooDeep) << vm_status_text(status);  // that takes more fuel
  }
  EXPECT_GT(statuses[VmReturned] + statuses[VmHalted], 300);
}

}  // namespace
}  // namespace vm_stack
