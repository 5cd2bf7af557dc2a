// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <memory>

#include "../../examples/vm_stack/assembler.h"
#include "../../examples/vm_stack/handwritten.h"
#include "../../examples/vm_stack/run.h"
#include "subject.h"

namespace bench {
namespace {

using namespace vm_stack;

struct Case {
  const char* name;
  std::int64_t argument;
  std::uint64_t memory_bytes;  // as many as the hand-written program has
};

constexpr Case Cases[] = {
    {"collatz", 400'000, 0},         {"mandelbrot", 300, 0},         {"fib", 34, 0},           {"queens", 11, 0},
    {"sieve", 4'000'000, 4'000'000}, {"sort", 200'000, 8 * 200'000}, {"states", 4'000'000, 0},
};

template <class Engine>
std::string output_of(const Program& program, const Engine& engine) {
  Outcome outcome = run(program, {}, UINT64_MAX, engine);
  check(outcome.status == VmReturned, describe_fault(program, outcome));
  return std::move(outcome.output);
}

Subject make_subject(const inlay::Jit& jit, const Case& one) {
  const auto program = std::make_shared<Program>(
      assemble(read_example(std::string("vm_stack/programs/") + one.name + ".asm")).program.value());
  program->default_arguments = {one.argument};
  program->memory_bytes = one.memory_bytes;
  Subject subject{std::string("stack: ") + one.name};
  for (std::size_t at = 0, bytes = 0; at < program->code.size(); at += bytes) {
    disassemble(*program, at, bytes);
    ++subject.guest_instructions;
  }
  subject.generic = [program] {
    const LoadedProgram loaded(*program);
    return output_of(*program, [&](Vm* vm) { return vm_interpret(&loaded.view(), vm); });
  };
  subject.handwritten = [by_hand = find_handwritten(one.name), argument = one.argument] {
    std::string output;
    by_hand(argument, output);
    return output;
  };
  subject.specialize = [program, &jit](const inlay::CompileOptions& options) -> Specialized {
    const inlay::Frozen<LoadedProgram> frozen =
        jit.freeze([&] { return LoadedProgram(*program); }, {.name = "program"});
    const VmProgram* const view = &frozen->view();
    const auto compiled =
        value_or_throw(jit.specialize_with(options, vm_interpret, inlay::constant(view), std::placeholders::_1));
    return {[=, kept = frozen] { return output_of(*program, compiled); }, compiled.explain()};
  };
  return subject;
}

}  // namespace

std::vector<Subject> stack_subjects(const inlay::Jit& jit) {
  std::vector<Subject> subjects;
  for (const Case& one : Cases) subjects.push_back(make_subject(jit, one));
  return subjects;
}

}  // namespace bench
