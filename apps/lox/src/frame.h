// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one call of a Lox function has on the C++ stack.
#pragma once

#include "function.h"
#include "vm.h"

namespace lox {

/// Variables are in `slots`, which only closures see: compiled code keeps them in registers. The collector sees
/// `roots`, which closures write and, but for a class while it is declared, never read. So closures must get a Frame&,
/// and nothing else may: what they call that stays a call gets `vm` and a `top`, the end of the roots in use.
///
/// Who allocates, or calls what may, must have rooted before what it uses afterwards. Functions root their closure,
/// `this` and their parameters; whoever calls, roots what it needs later.
struct Frame {
  Vm& vm;
  Closure* closure;
  Roots roots;
  Value* slots;
  Object* self;  // of methods
  int line = 0;  // of the call that is under way
  Value result;  // of the function, once a statement answered Return

  /// Roots a value, and nothing if it is no object.
  void keep(int root, Value value) { roots[root] = value.object_or_null(); }
};

}  // namespace lox
