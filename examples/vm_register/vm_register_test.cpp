// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs in, outcomes out; for every engine there is.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "assembler.h"
#include "handwritten.h"
#include "random_program.h"
#include "run.h"

namespace vm_register {
namespace {

enum class How { Interpreted };
constexpr How Ways[] = {How::Interpreted};

/// Metered, whatever the program says: it has an end.
Outcome run(Program program, How how, const std::vector<std::int64_t>& arguments = {},
            std::uint64_t fuel = 1'000'000'000) {
  program.metered = true;
  switch (how) {
    case How::Interpreted:
      return run(program, arguments, fuel, [&](Machine& machine, const std::int64_t* complete) {
        return interpret(program, 0, machine, complete);
      });
  }
  return {};
}

Program assembled(std::string_view text) {
  Assembled result = assemble(text);
  EXPECT_EQ(result.error, "") << text;
  return result.program.value_or(Program{});
}

/// The outcome of a text, on which all engines agree.
Outcome run(std::string_view text, const std::vector<std::int64_t>& arguments = {},
            std::uint64_t fuel = 1'000'000'000) {
  const Program program = assembled(text);
  const Outcome outcome = run(program, How::Interpreted, arguments, fuel);
  for (const How how : Ways) EXPECT_EQ(run(program, how, arguments, fuel), outcome) << text;
  return outcome;
}

/// The same for the instructions of a main function.
Outcome run_main(const std::string& text, const std::vector<std::int64_t>& arguments = {},
                 std::uint64_t fuel = 1'000'000'000) {
  return run(".memory 64\n.function main 4\n" + text, arguments, fuel);
}

std::string read_program(const std::string& name) {
  std::ifstream stream(VM_REGISTER_PROGRAMS "/" + name + ".asm");
  EXPECT_TRUE(stream) << name;
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Example {
  const char* name;
  std::vector<std::int64_t> sizes;
};

const Example Examples[] = {
    {"collatz", {0, 1, 2000}}, {"fib", {0, 1, 2, 17}},       {"mandelbrot", {1, 2, 33}},     {"matmul", {1, 2, 20}},
    {"sieve", {2, 3, 10000}},  {"sort", {0, 1, 2, 3, 1000}}, {"states", {0, 1, 2, 5, 3000}},
};

std::string output_by_hand(const char* name, std::int64_t n) {
  std::string output;
  const Handwritten run = find_handwritten(name);
  if (run == nullptr) return "no such program";
  run(n, output);
  return output;
}

TEST(VmRegister, programs_print_what_their_counterparts_print) {
  for (const Example& example : Examples) {
    const std::string text = read_program(example.name);
    for (const std::int64_t size : example.sizes) {
      if (size < 2 && std::string(example.name) == "matmul") continue;  // by hand it has no second element
      const Outcome outcome = run(text, {size});
      EXPECT_EQ(outcome.status, Status::Returned) << example.name;
      EXPECT_EQ(outcome.output, output_by_hand(example.name, size)) << example.name << ' ' << size;
    }
  }
}

TEST(VmRegister, computes_with_integers_that_wrap_around) {
  EXPECT_EQ(run_main("add r0, r0, r1\n print r0\n ret r0", {INT64_MAX, 1}).result, INT64_MIN);
  EXPECT_EQ(run_main("mul r0, r0, r1\n ret r0", {INT64_MAX, 2}).result, -2);
  EXPECT_EQ(run_main("div r0, r0, r1\n ret r0", {INT64_MIN, -1}).result, INT64_MIN);
  EXPECT_EQ(run_main("rem r0, r0, r1\n ret r0", {INT64_MIN, -1}).result, 0);
  EXPECT_EQ(run_main("div r0, r0, r1\n ret r0", {-7, 2}).result, -3);
  EXPECT_EQ(run_main("rem r0, r0, r1\n ret r0", {-7, 2}).result, -1);
  EXPECT_EQ(run_main("shl r0, r0, r1\n ret r0", {1, 65}).result, 2);
  EXPECT_EQ(run_main("sar r0, r0, r1\n ret r0", {-8, 1}).result, -4);
  EXPECT_EQ(run_main("shr r0, r0, r1\n ret r0", {-1, 63}).result, 1);
  EXPECT_EQ(run_main("sltu r0, r0, r1\n ret r0", {-1, 1}).result, 0);
  EXPECT_EQ(run_main("slt r0, r0, r1\n ret r0", {-1, 1}).result, 1);
}

TEST(VmRegister, converts_every_double_to_some_integer) {
  EXPECT_EQ(run_main("loadk r1, 1e300\n ftoi r0, r1\n ret r0").result, INT64_MAX);
  EXPECT_EQ(run_main("loadk r1, -1e300\n ftoi r0, r1\n ret r0").result, INT64_MIN);
  EXPECT_EQ(run_main("loadk r1, nan\n ftoi r0, r1\n ret r0").result, 0);
  EXPECT_EQ(run_main("loadk r1, -2.9\n ftoi r0, r1\n ret r0").result, -2);
}

TEST(VmRegister, prints_numbers_in_lines) {
  EXPECT_EQ(run_main("loadk r1, 0.1\n fprint r1\n loadk r1, -0.0\n fprint r1\n fsqrt r1, r1\n loadi r2, -3\n print r2\n"
                     "itof r2, r2\n fsqrt r2, r2\n fprint r2\n ret r0")
                .output,
            "0.1\n-0\n-3\nnan\n");
}

TEST(VmRegister, widens_immediates) {
  EXPECT_EQ(run_main("addi.w r0, r0, 1000000\n ret r0", {1}).result, 1000001);
  EXPECT_EQ(run_main("addi.w r0, r0, -1\n ret r0", {1}).result, 0);
  EXPECT_EQ(run_main("loadi.w r0, -2000000000\n ret r0").result, -2000000000);
  EXPECT_EQ(run_main("loadi r0, -32768\n ret r0").result, -32768);
  EXPECT_EQ(run_main("jmp.w over\n loadi r0, 1\nover: ret r0", {7}).result, 7);
  EXPECT_EQ(run_main("jeq.w r0, r1, over\n loadi r0, 1\nover: ret r0", {7, 7}).result, 7);
  // What has no immediate takes an `ext` away.
  EXPECT_EQ(run_main("ext 1\n nop\n addi r0, r0, 1\n ret r0", {7}).result, 8);
  // One that is jumped over does not count.
  EXPECT_EQ(run_main("jmp over\n ext 1\nover: addi r0, r0, 1\n ret r0", {7}).result, 8);
}

TEST(VmRegister, takes_register_fields_modulo_64) {
  Program program = assembled(".function main 2\n nop\n ret r1");
  program.functions[0].code[0] = encode(Opcode::Add, 64 + 1, 128, 192 + 1);
  for (const How how : Ways) EXPECT_EQ(run(program, how, {3, 4}).result, 7);
}

TEST(VmRegister, calls_and_halts_at_any_depth) {
  EXPECT_EQ(run("  .function main 1\n call r1, twice\n ret r1\n .function twice 1\n add r0, r0, r0\n ret r0").result,
            0);
  const Outcome halted =
      run(".function main 1\n call r1, f\n print r1\n ret r1\n .function f 0\n loadi r9, 5\n halt r9");
  EXPECT_EQ(halted.status, Status::Halted);
  EXPECT_EQ(halted.result, 5);
  EXPECT_EQ(halted.output, "");
}

TEST(VmRegister, keeps_registers_of_activations_apart) {
  EXPECT_EQ(run(".function main 1\n loadi r5, 3\n call r1, f\n ret r5\n .function f 0\n loadi r5, 9\n ret r5").result,
            3);
  EXPECT_EQ(run(".function main 1\n call r1, f\n ret r1\n .function f 0\n ret r5", {9}).result, 0);
}

struct Fault {
  const char* text;
  Status status;
  std::uint32_t instruction;
};

TEST(VmRegister, stops_at_what_is_malformed) {
  const Fault faults[] = {
      {"nop\n .word 0xff\n ret r0", Status::BadOpcode, 1},
      {"nop", Status::PastEnd, 1},
      {"ext 5", Status::PastEnd, 1},
      {"", Status::PastEnd, 0},
      {"jmp -2", Status::BadJump, 0},
      {"jmp +0", Status::BadJump, 0},
      {"jmp +5\n ret r0", Status::BadJump, 0},
      {"jmp.w +1000000\n ret r0", Status::BadJump, 1},
      {"loadi r1, 100\n jmpi r1", Status::BadJump, 1},
      {"loadi r1, -1\n jmpi r1", Status::BadJump, 1},
      {"loadk r1, #0\n ret r1", Status::BadConstant, 0},
      {"call r1, 1\n ret r1", Status::BadFunction, 0},
      {"loadi r1, -1\n calli r1, r1\n ret r1", Status::BadFunction, 1},
      {"loadi r1, 64\n ldb r2, r1, 0\n ret r0", Status::BadAddress, 1},
      {"loadi r1, 57\n ld r2, r1, 0\n ret r0", Status::BadAddress, 1},
      {"loadi r1, 0\n st r2, r1, -1\n ret r0", Status::BadAddress, 1},
      {"loadi r1, 0\n stb r2, r1, -1\n ret r0", Status::BadAddress, 1},
      {"loadi r1, -1\n stx r2, r1, r1\n ret r0", Status::BadAddress, 1},
      {"loadi r1, 8\n ldx r2, r3, r1\n ret r0", Status::BadAddress, 1},
      {"div r1, r0, r1\n ret r0", Status::DivisionByZero, 0},
      {"nop\n rem r1, r0, r1\n ret r0", Status::DivisionByZero, 1},
      {"again: call r1, main\n ret r1", Status::TooDeep, 0},
  };
  for (const Fault& fault : faults) {
    const Outcome outcome = run_main(fault.text);
    EXPECT_EQ(outcome.status, fault.status) << fault.text << ": " << to_text(outcome.status);
    EXPECT_EQ(outcome.fault, (Location{0, fault.instruction})) << fault.text;
  }
}

TEST(VmRegister, stops_in_the_function_at_fault) {
  const Outcome outcome = run(".function main 0\n call r0, f\n ret r0\n.function f 0\n nop\n jmp +9\n");
  EXPECT_EQ(outcome.status, Status::BadJump);
  EXPECT_EQ(outcome.fault, (Location{1, 1}));
}

TEST(VmRegister, needs_a_first_function) { EXPECT_EQ(run(Program{}, How::Interpreted).status, Status::BadFunction); }

TEST(VmRegister, spends_fuel_on_jumps_backward_and_calls) {
  const std::string endless = "again: addi r0, r0, 1\n jmp again";
  const Outcome outcome = run_main(endless, {}, 10);
  EXPECT_EQ(outcome.status, Status::OutOfFuel);
  EXPECT_EQ(outcome.fault, (Location{0, 1}));
  EXPECT_EQ(outcome.fuel, 0u);
  EXPECT_EQ(run_main("loadi r1, 10\n again: loop r1, again\n ret r0", {}, 9).status, Status::Returned);
  EXPECT_EQ(run_main("loadi r1, 10\n again: loop r1, again\n ret r0", {}, 8).status, Status::OutOfFuel);
  EXPECT_EQ(run(".function main 0\n call r0, f\n call r0, f\n ret r0\n.function f 0\n ret r0", {}, 5).fuel, 3u);
}

TEST(VmRegister, spends_no_fuel_without_metering) {
  Program program = assembled(read_program("fib"));
  const auto engine = [&](Machine& machine, const std::int64_t* arguments) {
    return interpret(program, 0, machine, arguments);
  };
  const Outcome outcome = run(program, {10}, 3, engine);
  EXPECT_EQ(outcome.output, "55\n");
  EXPECT_EQ(outcome.fuel, 3u);
  program.metered = true;
  EXPECT_EQ(run(program, {10}, 3, engine).status, Status::OutOfFuel);
}

TEST(VmRegisterAssembler, names_the_line_and_what_would_do) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "line 1: the program has no function; begin one with '.function name parameters'"},
      {"nop", "line 1: this stands in no function; begin one with '.function name parameters'"},
      {"\n.function f", "line 2: expected '.function name parameters'"},
      {".function f 9", "line 1: a function has 0 to 8 parameters, not 9"},
      {".function f 0\n.function f 0", "line 2: there is already a function 'f'"},
      {".function f 0\na:\na:", "line 3: there is already a label 'a' in this function"},
      {".function f 0\n: nop", "line 2: a label without a name"},
      {".memory -1", "line 1: the memory has at most 1073741824 bytes"},
      {".memory x", "line 1: 'x' is no integer of 64 bits"},
      {".what 1",
       "line 1: unknown directive '.what'; there are .function, .memory, .arguments, .metered, .constant and .word"},
      {".function f 0\nfoo r1", "line 2: unknown instruction 'foo'; opcodes.def has all there are"},
      {".function f 0\nadd r1, r2", "line 2: 'add' has 2 operands, and needs 3"},
      {".function f 0\nadd.w r1, r2, r3", "line 2: 'add' has no immediate to widen; write it without '.w'"},
      {".function f 0\nadd r1, r2, r64", "line 2: 'r64' is no register; there are r0 to r63"},
      {".function f 0\nadd r1, r2, 3", "line 2: '3' is no register; there are r0 to r63"},
      {".function f 0\naddi r1, r2, 128",
       "line 2: 128 does not fit, it can be -128 to 127; '.w' behind the mnemonic widens it"},
      {".function f 0\naddi.w r1, r2, 3000000000",
       "line 2: 3000000000 does not fit, it can be -2147483648 to 2147483647"},
      {".function f 0\njeqi r1, 128, +1", "line 2: 128 does not fit, it can be -128 to 127"},
      {".function f 0\nloadi r1, 99999999999999999999",
       "line 2: '99999999999999999999' is neither a number nor the name of something here"},
      {".function f 0\njmp away", "line 2: there is no label 'away' in this function"},
      {".function f 0\na: nop\n.function g 0\njmp a", "line 4: there is no label 'a' in this function"},
      {".function f 0\ncall r1, g", "line 2: 'g' is neither a number nor the name of something here"},
      {".function f 0\nloadk r1, x", "line 2: 'x' is no number"},
      {".function f 0\next 16777216", "line 2: 16777216 does not fit, it can be 0 to 16777215"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(assemble(text).error, error) << text;
}

TEST(VmRegisterAssembler, keeps_a_constant_once) {
  EXPECT_EQ(assembled(".function f 0\nloadk r1, 5\nloadk r2, 5\nloadk r2, 0.5\nret r1").constants.size(), 2u);
}

TEST(VmRegisterDisassembler, gives_text_of_the_same_program) {
  for (const Example& example : Examples) {
    const Program program = assembled(read_program(example.name));
    EXPECT_EQ(assembled(disassemble(program)), program) << example.name;
  }
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Program program = random_program(seed);
    EXPECT_EQ(assembled(disassemble(program)), program) << "seed " << seed;
  }
}

TEST(VmRegisterRandom, engines_agree) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const Program program = random_program(seed);
    const Outcome expected = run(program, How::Interpreted, {}, 300);
    for (const How how : Ways) EXPECT_EQ(run(program, how, {}, 300), expected) << "seed " << seed;
  }
}

TEST(VmRegisterRandom, covers_instructions_and_statuses) {
  std::set<Opcode> opcodes;
  std::map<Status, int> statuses;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Program program = random_program(seed);
    for (const Function& function : program.functions)
      for (const Word word : function.code) opcodes.insert(opcode_of(word));
    ++statuses[run(program, How::Interpreted, {}, 300).status];
  }
  for (unsigned i = 0; i < OpcodeCount; ++i)
    EXPECT_TRUE(opcodes.contains(static_cast<Opcode>(i))) << "no " << Operations[i].text;
  for (unsigned i = 0; i <= static_cast<unsigned>(Status::OutOfFuel); ++i) {
    const auto status = static_cast<Status>(i);
    RecordProperty(to_text(status), statuses[status]);
    EXPECT_TRUE(statuses[status] > 0 || status == Status::TooDeep) << to_text(status);  // that takes more fuel
  }
  EXPECT_GT(statuses[Status::Returned] + statuses[Status::Halted], 300);
}

}  // namespace
}  // namespace vm_register
