// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <memory>

#include "../../examples/vm_tailcall/assembler.h"
#include "../../examples/vm_tailcall/handwritten.h"
#include "../../examples/vm_tailcall/session.h"
#include "../../examples/vm_tailcall/threaded.h"
#include "subject.h"

namespace bench {
namespace {

using namespace vm_tailcall;

struct Case {
  const char* name;
  std::int64_t argument;      // the first; others are the program's own
  std::uint64_t memory_size;  // in words, as many as the hand-written program has
};

constexpr Case Cases[] = {
    {"lcg", 20'000'000, 0}, {"collatz", 300'000, 0},         {"mandelbrot", 300, 0},     {"fib", 34, 0},
    {"sort", 8'000, 8'001}, {"sieve", 2'000'000, 2'000'000}, {"dispatch", 3'000'000, 4},
};

template <class Engine>
std::string output_of(const Program& program, const Engine& engine) {
  Session session(program);
  const Status status = engine(session.vm());
  check(status == Status::Halted, to_string(status));
  return session.output();
}

/// A subject for one form of code; `make_form(program)` gives that form, and `run_form` runs it.
template <class Form>
Subject make_subject(const inlay::Jit& jit, const Case& one, const char* form, Form (*make_form)(const Program&),
                     Status (*run_form)(const Form&, Vm&)) {
  const std::string path = std::string("vm_tailcall/programs/") + one.name + ".vm";
  const auto program = std::make_shared<Program>(value_or_throw(assemble(read_example(path), path)));
  program->arguments.at(0).value = one.argument;
  program->memory_size = one.memory_size;
  Subject subject{std::string(form) + ": " + one.name, static_cast<unsigned>(program->lines.size())};
  subject.generic = [=] {
    const Form code = make_form(*program);
    return output_of(*program, [&](Vm& vm) { return run_form(code, vm); });
  };
  subject.handwritten = [program, by_hand = find_handwritten(one.name)] {
    std::string output;
    by_hand(arguments_of(*program, {}).data(), output);
    return output;
  };
  subject.specialize = [=, &jit](const inlay::CompileOptions& options) -> Specialized {
    const auto frozen = jit.freeze([&] { return make_form(*program); }, {.name = "code"});
    const auto compiled =
        value_or_throw(jit.specialize_with(options, run_form, inlay::constant(frozen), std::placeholders::_1));
    return {[=] { return output_of(*program, compiled); }, compiled.explain()};
  };
  return subject;
}

}  // namespace

std::vector<Subject> tailcall_subjects(const inlay::Jit& jit) {
  std::vector<Subject> subjects;
  for (const Case& one : Cases) {
    subjects.push_back(make_subject<Code>(
        jit, one, "tail calls", [](const Program& program) { return Code(program.bytes, program.metered); }, run));
  }
  for (const Case& one : Cases) {
    subjects.push_back(make_subject<ThreadedCode>(
        jit, one, "threaded", [](const Program& program) { return ThreadedCode(Code(program.bytes, program.metered)); },
        run_threaded));
  }
  return subjects;
}

}  // namespace bench
