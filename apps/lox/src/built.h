// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs that were compiled ahead of time: what build.cpp puts into an executable, and what that does with it.
// Nothing of Inlay is there when it runs.
#pragma once

#include "function.h"

#include <cstddef>
#include <string>
#include <vector>

namespace lox {

/// What an executable's Vm begins with.
struct BuiltProgram {
  const Function* script = nullptr;
  std::vector<std::string> constants = {};
  std::size_t function_count = 0;
  std::size_t global_count = 0;
  int clock = 0;  // the global of this native function
};

/// A function and its compiled code. build.cpp lays out constants like this one.
struct BuiltFunction {
  const Function* function;
  Code code;
};

/// What is compiled of a function: a call of this. In an executable, functions have no bodies of closures.
using RunBuilt = Value (*)(const Function* function, const Statement* body, Vm& vm, Closure* closure, Roots roots,
                           Object* self, const Value* arguments);
RunBuilt run_built_for(int slots);

/// The same object: so that what is compiled of this is its address.
const void* built_address(const void* object);

}  // namespace lox

/// The main of an executable. On a thread that has enough stack for Lox.
extern "C" int lox_run_built_program(const lox::BuiltProgram* program, const lox::BuiltFunction* functions,
                                     std::size_t count);
