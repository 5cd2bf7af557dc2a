// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <random>

#include "subject.h"
#include "vm_stack/assembler.h"
#include "vm_stack/program.h"
#include "vm_stack/random_program.h"
#include "vm_stack/run.h"

namespace inlay::interpreters {
namespace {

using namespace vm_stack;

constexpr std::uint64_t Fuel = 300;

template <class T>
std::string first_difference(const std::string& what, const std::vector<T>& left, const std::vector<T>& right) {
  if (left.size() != right.size())
    return differ("size of " + what, std::to_string(left.size()), std::to_string(right.size()));
  for (std::size_t i = 0; i < left.size(); ++i)
    if (left[i] != right[i])
      return differ(what + " " + std::to_string(i), std::to_string(left[i]), std::to_string(right[i]));
  return "";
}

std::string difference(const Outcome& left, const Outcome& right) {
  if (left == right) return "";
  return differ("status", vm_status_text(left.status), vm_status_text(right.status)) +
         differ("result", std::to_string(left.result), std::to_string(right.result)) +
         differ("place", std::to_string(left.at), std::to_string(right.at)) +
         differ("output", left.output, right.output) +
         differ("fuel", std::to_string(left.fuel), std::to_string(right.fuel)) +
         differ("frames", std::to_string(left.frames), std::to_string(right.frames)) +
         first_difference("stack", left.stack, right.stack) + first_difference("memory", left.memory, right.memory);
}

/// `text`: empty if the program cannot be shown.
Subject subject(std::string name, std::string text, const Program& program, std::vector<std::int64_t> arguments,
                std::uint64_t fuel) {
  auto compile = [program, arguments, fuel](const Jit& jit, const CompileOptions& options) -> Result<Compiled> {
    Frozen<LoadedProgram> frozen = jit.freeze([&] { return LoadedProgram(program); }, {.name = "program"});
    const VmProgram* view = &frozen->view();
    auto result = jit.specialize_with(options, vm_interpret, constant(view), std::placeholders::_1);
    if (!result) return std::move(result).error();
    auto function = std::move(result).value();
    bool compiled = function.compiled();
    Report report = function.explain();
    return Compiled{compiled, std::move(report), [=] {
                      Outcome expected = interpret(program, arguments, fuel);
                      (void)frozen;
                      Outcome seen = run(program, arguments, fuel, [&](Vm* vm) { return function(vm); });
                      return difference(expected, seen);
                    }};
  };
  auto warm = [program, arguments, fuel](const Jit& jit, const HotOptions& options, unsigned runs) {
    Frozen<LoadedProgram> frozen = jit.freeze([&] { return LoadedProgram(program); }, {.name = "program"});
    return warm_up(
        jit, vm_interpret, options, runs,
        [&] { return run(program, arguments, fuel, [&](Vm* vm) { return vm_interpret(&frozen->view(), vm); }); },
        difference);
  };
  return {std::move(name), std::move(text), compile, warm};
}

Subject random(std::uint64_t seed) {
  Program program = random_program(seed);
  return subject("vm_stack random:" + std::to_string(seed), disassemble(program), program, {}, Fuel);
}

std::vector<Subject> shipped() {
  std::vector<Subject> subjects;
  const std::pair<const char*, std::int64_t> programs[] = {
      {"collatz", 200}, {"fib", 12}, {"mandelbrot", 12}, {"queens", 5}, {"sieve", 500}, {"sort", 60}, {"states", 200}};
  for (auto [name, size] : programs) {
    std::string text = read_text(std::string(EXAMPLES) + "/vm_stack/programs/" + name + ".asm");
    Assembled assembled = assemble(text);
    subjects.push_back(subject(std::string("vm_stack ") + name, text, assembled.program.value(), {size}, 1'000'000));
  }
  return subjects;
}

/// Bytes of any content, but for the operations on doubles: their bits would show.
std::vector<Subject> malformed() {
  std::vector<Subject> subjects;
  for (unsigned seed = 0; seed < 24; ++seed) {
    std::mt19937_64 random(seed);
    Program program;
    program.memory_bytes = 64;
    program.metered = true;
    std::string text;
    for (std::uint64_t i = random() % 40; i > 0; --i) {
      auto opcode = static_cast<std::uint8_t>(random() % VmOpcodeCount);
      if (random() % 8 == 0 || Operations[opcode].text[0] == 'f') opcode = static_cast<std::uint8_t>(random() % 8);
      program.code.push_back(opcode);
      text += std::to_string(opcode) + " ";
    }
    for (int f = 0; f < 3; ++f)
      program.functions.push_back({"f", static_cast<std::uint32_t>(program.code.empty() ? 0 : random() % 40),
                                   static_cast<std::uint16_t>(random() % 3), static_cast<std::uint16_t>(random() % 4)});
    subjects.push_back(subject("vm_stack malformed:" + std::to_string(seed), text, program, {}, Fuel));
  }
  return subjects;
}

}  // namespace

const Machine& stack_machine() {
  static const Machine machine{"vm_stack", random, shipped, malformed};
  return machine;
}

}  // namespace inlay::interpreters
