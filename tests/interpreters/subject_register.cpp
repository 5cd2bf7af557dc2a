// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <random>

#include "subject.h"
#include "vm_register/assembler.h"
#include "vm_register/interpreter.h"
#include "vm_register/random_program.h"
#include "vm_register/run.h"

namespace inlay::interpreters {
namespace {

using namespace vm_register;

constexpr std::uint64_t Fuel = 300;

std::string bytes_differ(const std::vector<std::uint8_t>& left, const std::vector<std::uint8_t>& right) {
  for (std::size_t i = 0; i < left.size(); ++i)
    if (left[i] != right[i]) return "memory " + std::to_string(i) + "; ";
  return "";
}

std::string difference(const Program& program, const Outcome& left, const Outcome& right) {
  if (left == right) return "";
  return differ("status", to_text(left.status), to_text(right.status)) +
         differ("result", std::to_string(left.result), std::to_string(right.result)) +
         differ("fault", describe_fault(program, left.status, left.fault),
                describe_fault(program, right.status, right.fault)) +
         differ("output", left.output, right.output) +
         differ("fuel", std::to_string(left.fuel), std::to_string(right.fuel)) +
         bytes_differ(left.memory, right.memory);
}

Subject subject(std::string name, const Program& program, std::vector<std::int64_t> arguments, std::uint64_t fuel) {
  auto compile = [program, arguments, fuel](const Jit& jit, const CompileOptions& options) -> Result<Compiled> {
    Frozen<Program> frozen = jit.freeze([&] { return program; }, {.name = "program"});
    const std::uint32_t first = 0;
    auto result = jit.specialize_with(options, interpret, constant(frozen), constant(first), std::placeholders::_1,
                                      std::placeholders::_2);
    if (!result) return std::move(result).error();
    auto function = std::move(result).value();
    bool compiled = function.compiled();
    Report report = function.explain();
    return Compiled{compiled, std::move(report), [=] {
                      Outcome expected = run(program, arguments, fuel, [&](auto& machine, const std::int64_t* given) {
                        return interpret(program, 0, machine, given);
                      });
                      Outcome seen = run(program, arguments, fuel, [&](auto& machine, const std::int64_t* given) {
                        return function(machine, given);
                      });
                      return difference(program, expected, seen);
                    }};
  };
  auto warm = [program, arguments, fuel](const Jit& jit, const HotOptions& options, unsigned runs) {
    Frozen<Program> frozen = jit.freeze([&] { return program; }, {.name = "program"});
    return warm_up(
        jit, interpret, options, runs,
        [&] {
          return run(*frozen, arguments, fuel,
                     [&](auto& machine, const std::int64_t* given) { return interpret(*frozen, 0, machine, given); });
        },
        [&](const Outcome& left, const Outcome& right) { return difference(program, left, right); });
  };
  return {std::move(name), disassemble(program), compile, warm};
}

Subject random(std::uint64_t seed) {
  return subject("vm_register random:" + std::to_string(seed), random_program(seed), {}, Fuel);
}

std::vector<Subject> shipped() {
  std::vector<Subject> subjects;
  const std::pair<const char*, std::int64_t> programs[] = {
      {"collatz", 200}, {"fib", 12}, {"mandelbrot", 12}, {"matmul", 6}, {"sieve", 500}, {"sort", 60}, {"states", 200}};
  for (auto [name, size] : programs) {
    Assembled assembled = assemble(read_text(std::string(EXAMPLES) + "/vm_register/programs/" + name + ".asm"));
    subjects.push_back(subject(std::string("vm_register ") + name, assembled.program.value(), {size}, 1'000'000));
  }
  return subjects;
}

/// Words of any content.
std::vector<Subject> malformed() {
  std::vector<Subject> subjects;
  for (unsigned seed = 0; seed < 24; ++seed) {
    std::mt19937_64 random(seed);
    Program program;
    program.memory_bytes = 64;
    program.metered = true;
    program.constants = {1, -1, 100};
    for (int f = 0; f < 2; ++f) {
      vm_register::Function function{"f" + std::to_string(f), static_cast<unsigned>(random() % 12), {}};
      for (std::uint64_t i = random() % 20; i > 0; --i) {
        auto word = static_cast<Word>(random());
        // No doubles, whose bits would show; mostly operations that there are.
        function.code.push_back(random() % 8 == 0 ? 0xffu | (word & ~0xffu)
                                                  : (word & ~0xffu) | static_cast<Word>(random() % 42));
      }
      program.functions.push_back(std::move(function));
    }
    subjects.push_back(subject("vm_register malformed:" + std::to_string(seed), program, {}, Fuel));
  }
  return subjects;
}

}  // namespace

const Machine& register_machine() {
  static const Machine machine{"vm_register", random, shipped, malformed};
  return machine;
}

}  // namespace inlay::interpreters
