// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "subject.h"
#include "vm_tree/interpreter.h"
#include "vm_tree/parser.h"
#include "vm_tree/random_program.h"
#include "vm_tree/session.h"

namespace inlay::interpreters {
namespace {

using namespace vm_tree;

struct Tree {
  explicit Tree(const std::string& text)
      : program(parse(text, "frozen", Metering::On).value()), functions(program.functions()) {}

  vm_tree::Program program;
  Functions functions;
};

Subject subject(std::string name, const std::string& text, std::vector<Value> arguments, std::int64_t fuel) {
  auto compile = [=](const Jit& jit, const CompileOptions& options) -> Result<Compiled> {
    Frozen<Tree> tree = jit.freeze([&] { return Tree(text); }, {.name = "tree"});
    auto result = jit.specialize_with(options, vm_tree::run, constant(tree->functions), std::placeholders::_1);
    if (!result) return std::move(result).error();
    auto function = std::move(result).value();
    bool compiled = function.compiled();
    Report report = function.explain();
    return Compiled{compiled, std::move(report), [=] {
                      constexpr std::size_t Memory = 1 << 10;
                      Session expected(tree->program, arguments, Memory), seen(tree->program, arguments, Memory);
                      expected.env().fuel = seen.env().fuel = fuel;
                      Status expected_status = vm_tree::run(tree->functions, expected.env());
                      Status status = function(seen.env());
                      return differ("status", to_string(expected_status), to_string(status)) +
                             expected.difference(seen);
                    }};
  };
  return {std::move(name), text, compile};
}

Subject random(std::uint64_t seed) {
  RandomProgram random = random_program(seed);
  return subject("vm_tree random:" + std::to_string(seed), random.text, {}, random.fuel);
}

std::vector<Subject> shipped() {
  std::vector<Subject> subjects;
  const std::pair<const char*, std::int64_t> programs[] = {
      {"collatz", 200}, {"fib", 10}, {"lcg", 200}, {"matmul", 6}, {"nbody", 20}, {"sieve", 500}, {"sort", 60}};
  for (auto [name, size] : programs)
    subjects.push_back(subject(std::string("vm_tree ") + name,
                               read_text(std::string(EXAMPLES) + "/vm_tree/programs/" + name + ".tree"),
                               {Value::of(size)}, 1'000'000));
  return subjects;
}

/// A tree that parses cannot be malformed; what it does can be.
std::vector<Subject> malformed() {
  const char* texts[] = {"print 1 / 0;",
                         "let a = array(2); print a[2];",
                         "let a = array(2); a[0] = a; print a + 1;",
                         "fn f(x) { return f(x + 1); } print f(1);",
                         "fn f(x) { return x; } let g = &f; print g(1, 2);",
                         "let i = 0; while 1 { i = i + 1; }",
                         "let i = 0; while 1 { let a = array(1000); i = i + 1; }",
                         "let a = array(3); let i = 0; while i < 9 { a[i] = i; i = i + 1; }"};
  std::vector<Subject> subjects;
  for (const char* text : texts) subjects.push_back(subject(std::string("vm_tree ") + text, text, {}, 100));
  return subjects;
}

}  // namespace

const Machine& tree_machine() {
  static const Machine machine{"vm_tree", random, shipped, malformed};
  return machine;
}

}  // namespace inlay::interpreters
