// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <random>

#include "subject.h"
#include "vm_tailcall/assembler.h"
#include "vm_tailcall/random_program.h"
#include "vm_tailcall/session.h"
#include "vm_tailcall/threaded.h"

namespace inlay::interpreters {
namespace {

using namespace vm_tailcall;

/// `make` makes the code that `run` runs.
template <class T, class Make>
Result<Compiled> compile_code(const Jit& jit, const CompileOptions& options, Status (*run)(const T&, Vm&),
                              const Make& make, const Program& program, std::vector<std::int64_t> arguments,
                              std::int64_t fuel) {
  Frozen<T> code = jit.freeze(make, {.name = "code"});
  auto result = jit.specialize_with(options, run, constant(code), std::placeholders::_1);
  if (!result) return std::move(result).error();
  auto function = std::move(result).value();
  bool compiled = function.compiled();
  Report report = function.explain();
  return Compiled{compiled, std::move(report), [=] {
                    Session expected(program, arguments), seen(program, arguments);
                    expected.vm().fuel = seen.vm().fuel = fuel;
                    Status expected_status = run(*code, expected.vm()), status = function(seen.vm());
                    return differ("status", to_string(expected_status), to_string(status)) + expected.difference(seen);
                  }};
}

template <class T, class Make>
Result<Warmed> warm_code(const Jit& jit, const HotOptions& options, unsigned runs, Status (*run)(const T&, Vm&),
                         const Make& make, const Program& program, const std::vector<std::int64_t>& arguments,
                         std::int64_t fuel) {
  Frozen<T> code = jit.freeze(make, {.name = "code"});
  struct Outcome {
    Status status;
    std::shared_ptr<Session> session;
  };
  return warm_up(
      jit, run, options, runs,
      [&] {
        auto session = std::make_shared<Session>(program, arguments);
        session->vm().fuel = fuel;
        Status status = run(*code, session->vm());
        return Outcome{status, session};
      },
      [](const Outcome& left, const Outcome& right) {
        return differ("status", to_string(left.status), to_string(right.status)) +
               left.session->difference(*right.session);
      });
}

Subject subject(std::string name, std::string text, const Program& program, std::vector<std::int64_t> arguments,
                std::int64_t fuel, bool threaded) {
  auto compile = [=](const Jit& jit, const CompileOptions& options) {
    if (!threaded)
      return compile_code(
          jit, options, run, [&] { return Code(program.bytes, program.metered); }, program, arguments, fuel);
    Code code(program.bytes, program.metered);
    return compile_code(jit, options, run_threaded, [&] { return ThreadedCode(code); }, program, arguments, fuel);
  };
  auto warm = [=](const Jit& jit, const HotOptions& options, unsigned runs) {
    if (!threaded)
      return warm_code(
          jit, options, runs, run, [&] { return Code(program.bytes, program.metered); }, program, arguments, fuel);
    Code code(program.bytes, program.metered);
    return warm_code(jit, options, runs, run_threaded, [&] { return ThreadedCode(code); }, program, arguments, fuel);
  };
  return {(threaded ? "threaded " : "bytes ") + name, std::move(text), compile, warm};
}

template <bool Threaded>
Subject random(std::uint64_t seed) {
  RandomProgram random = random_program(seed);
  return subject("random:" + std::to_string(seed), random.text, random.program, {}, random.fuel, Threaded);
}

template <bool Threaded>
std::vector<Subject> shipped() {
  std::vector<Subject> subjects;
  const std::pair<const char*, std::int64_t> programs[] = {
      {"collatz", 200}, {"dispatch", 100}, {"fib", 12}, {"lcg", 200}, {"mandelbrot", 12}, {"sieve", 500}, {"sort", 60}};
  for (auto [name, size] : programs) {
    std::string text = read_text(std::string(EXAMPLES) + "/vm_tailcall/programs/" + name + ".vm");
    subjects.push_back(subject(name, text, assemble(text, name).value(), {size}, 1'000'000, Threaded));
  }
  return subjects;
}

template <bool Threaded>
std::vector<Subject> malformed() {
  std::vector<Subject> subjects;
  for (unsigned seed = 0; seed < 24; ++seed) {
    std::mt19937_64 random(seed);
    Program program;
    program.memory_size = 8;
    program.metered = true;
    std::string text;
    for (std::uint64_t i = random() % 40; i > 0; --i) {
      program.bytes.push_back(static_cast<std::uint8_t>(random() % (random() % 8 ? 20 : 256)));
      text += std::to_string(program.bytes.back()) + " ";
    }
    subjects.push_back(subject("malformed:" + std::to_string(seed), text, program, {}, 100, Threaded));
  }
  return subjects;
}

}  // namespace

const Machine& byte_machine() {
  static const Machine machine{"bytes", random<false>, shipped<false>, malformed<false>};
  return machine;
}

const Machine& threaded_machine() {
  static const Machine machine{"threaded", random<true>, shipped<true>, malformed<true>};
  return machine;
}

}  // namespace inlay::interpreters
