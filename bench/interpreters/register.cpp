// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <memory>

#include "../../examples/vm_register/assembler.h"
#include "../../examples/vm_register/handwritten.h"
#include "../../examples/vm_register/run.h"
#include "subject.h"

namespace bench {
namespace {

using namespace vm_register;

struct Case {
  const char* name;
  std::int64_t argument;
  std::uint64_t memory_bytes;  // as many as the hand-written program has
};

constexpr Case Cases[] = {
    {"collatz", 400'000, 0},
    {"mandelbrot", 300, 0},
    {"fib", 34, 0},
    {"matmul", 250, 3 * 8 * 250 * 250},
    {"sieve", 4'000'000, 4'000'000},
    {"sort", 200'000, 8 * 200'000},
    {"states", 4'000'000, 64},
};

template <class Engine>
std::string output_of(const Program& program, const Engine& engine) {
  Outcome outcome = run(program, {}, UINT64_MAX, engine);
  check(outcome.status == Status::Returned, describe_fault(program, outcome.status, outcome.fault));
  return std::move(outcome.output);
}

Subject make_subject(const inlay::Jit& jit, const Case& one) {
  const auto program = std::make_shared<Program>(
      assemble(read_example(std::string("vm_register/programs/") + one.name + ".asm")).program.value());
  program->default_arguments = {one.argument};
  program->memory_bytes = one.memory_bytes;
  Subject subject{std::string("register: ") + one.name};
  for (const Function& function : program->functions)
    subject.guest_instructions += static_cast<unsigned>(function.code.size());
  subject.generic = [program] {
    return output_of(*program, [&](Machine& machine, const std::int64_t* arguments) {
      return interpret(*program, 0, machine, arguments);
    });
  };
  subject.handwritten = [by_hand = find_handwritten(one.name), argument = one.argument] {
    std::string output;
    by_hand(argument, output);
    return output;
  };
  subject.specialize = [program, &jit](const inlay::CompileOptions& options) -> Specialized {
    const inlay::Frozen<Program> frozen = jit.freeze([&] { return *program; }, {.name = "program"});
    using namespace std::placeholders;
    const std::uint32_t first = 0;
    const auto compiled = value_or_throw(
        jit.specialize_with(options, interpret, inlay::constant(frozen), inlay::constant(first), _1, _2));
    return {[=] { return output_of(*program, compiled); }, compiled.explain()};
  };
  return subject;
}

}  // namespace

std::vector<Subject> register_subjects(const inlay::Jit& jit) {
  std::vector<Subject> subjects;
  for (const Case& one : Cases) subjects.push_back(make_subject(jit, one));
  return subjects;
}

}  // namespace bench
