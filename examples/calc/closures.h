// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A calc program as closures: `compile` makes one std::function of every node of the syntax tree, holding the closures
// of the node's children, and running the program is calling the outermost one.
#pragma once

#include "environment.h"
#include "syntax.h"

#include <functional>
#include <memory>
#include <vector>

namespace calc {

/// The variables of one call of a function. A frame lives on the C++ stack, in the function that runs the call; what
/// the program has not written yet is not initialized (resolver.cpp says why nothing reads it).
struct Frame {
  explicit Frame(Env& environment) : env(environment) {}

  Env& env;
  double result;  // of the function, once a statement answered Return
  double numbers[max_number_slots];
  Array arrays[max_array_slots];
};

/// What a statement wants to happen after it.
enum class Flow : bool { Next, Return };

using Expression = std::function<double(Frame&)>;
using Statement = std::function<Flow(Frame&)>;

/// A function of the program. Calls hold its address and find the body when they run, so functions can call
/// themselves and each other.
struct Function {
  Statement body;
  Position position;
  bool is_leaf;    // calls no other function
  bool allocates;  // makes arrays, which end with the call
};

struct Program {
  std::vector<std::unique_ptr<Function>> functions;
  Statement body;
};

/// Makes closures of a program. They keep nothing of the syntax tree.
Program compile(const syntax::Program& program);

/// Runs the program. Throws CalcError for what only shows then: an index outside of its array, endless recursion.
void run_program(const Program& program, Env& env);

/// A whole process: runs the program, writes what it printed to standard output and its pictures to their files.
/// Returns the exit status; an error goes to standard error.
int run_main(const Program* program, int argc, char** argv);

}  // namespace calc
