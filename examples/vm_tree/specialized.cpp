// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialized.h"

#include <memory>
#include <utility>

#include "inlay/inlay.h"

namespace vm_tree {
namespace {

/// One for the whole process: starting an engine takes longer than compiling a program.
const inlay::Result<inlay::Jit>& jit() {
  static const inlay::Result<inlay::Jit> engine = inlay::Jit::create();
  return engine;
}

/// A program, and what run() takes of it. Both are made in frozen memory.
struct Tree {
  Tree(std::string_view text, Metering metering)
      : program(parse(text, "frozen", metering).value()), functions(program.functions()) {}

  Program program;
  Functions functions;
};

}  // namespace

Runner interpreted(const Program& program) {
  return {[&program](Env& env) { return run(program.functions(), env); }, false, {}};
}

Runner specialized(std::string_view text, Metering metering, bool explain) {
  if (!jit()) {
    auto tree = std::make_shared<Tree>(text, metering);
    return {[tree](Env& env) { return run(tree->functions, env); }, false, jit().error().to_string()};
  }
  const inlay::Frozen<Tree> tree = jit()->freeze([&] { return Tree(text, metering); }, {.name = "tree"});
  inlay::CompileOptions options;
  options.explain_code = explain;
  auto compiled = jit()->specialize_with(options, run, inlay::constant(tree->functions), std::placeholders::_1);
  if (!compiled) return {[tree](Env& env) { return run(tree->functions, env); }, false, compiled.error().to_string()};
  const bool is_compiled = compiled->compiled();
  std::string report = compiled->explain().to_text();
  return {[function = *std::move(compiled), tree](Env& env) { return function(env); }, is_compiled, std::move(report)};
}

}  // namespace vm_tree
