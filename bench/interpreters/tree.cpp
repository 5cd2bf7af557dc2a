// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <memory>

#include "../../examples/vm_tree/handwritten.h"
#include "../../examples/vm_tree/parser.h"
#include "../../examples/vm_tree/session.h"
#include "subject.h"

namespace bench {
namespace {

using namespace vm_tree;

struct Case {
  const char* name;
  std::int64_t argument;
  std::size_t memory_size;  // elements of arrays
};

constexpr Case Cases[] = {
    {"lcg", 20'000'000, 0},         {"collatz", 300'000, 0},         {"nbody", 200'000, 35},     {"fib", 34, 0},
    {"matmul", 250, 3 * 250 * 250}, {"sieve", 2'000'000, 2'000'000}, {"sort", 200'000, 200'002},
};

/// A program, and what run() takes of it.
struct Tree {
  Tree(const std::string& text, const std::string& file)
      : program(value_or_throw(parse(text, file))), functions(program.functions()) {}

  Program program;
  Functions functions;
};

template <class Engine>
std::string output_of(const Program& program, const Case& one, const Engine& engine) {
  const Value argument = Value::of(one.argument);
  Session session(program, {&argument, 1}, one.memory_size);
  const Status status = engine(session.env());
  check(status == Status::Done, to_string(status));
  return session.output();
}

Subject make_subject(const inlay::Jit& jit, const Case& one) {
  const std::string path = std::string("vm_tree/programs/") + one.name + ".tree";
  const std::string text = read_example(path);
  const auto tree = std::make_shared<Tree>(text, path);
  Subject subject{std::string("tree: ") + one.name, static_cast<unsigned>(tree->program.nodes.size())};
  subject.generic = [=] { return output_of(tree->program, one, [&](Env& env) { return run(tree->functions, env); }); };
  subject.handwritten = [by_hand = find_handwritten(one.name), argument = one.argument] {
    std::string output;
    by_hand(argument, output);
    return output;
  };
  subject.specialize = [=, &jit](const inlay::CompileOptions& options) -> Specialized {
    const inlay::Frozen<Tree> frozen = jit.freeze([&] { return Tree(text, path); }, {.name = "tree"});
    const auto compiled =
        value_or_throw(jit.specialize_with(options, run, inlay::constant(frozen->functions), std::placeholders::_1));
    return {[=, kept = frozen] { return output_of(tree->program, one, compiled); }, compiled.explain()};
  };
  return subject;
}

}  // namespace

std::vector<Subject> tree_subjects(const inlay::Jit& jit) {
  std::vector<Subject> subjects;
  for (const Case& one : Cases) subjects.push_back(make_subject(jit, one));
  return subjects;
}

}  // namespace bench
