// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one call of a Lox function has on the C++ stack.
#pragma once

#include "function.h"
#include "vm.h"

namespace lox {

/// Variables are in `slots`, which only closures see: compiled code keeps them in registers. The collector sees `roots`,
/// which are written and never read here. So closures must get a Frame&, and nothing else may: what they call that stays
/// a call gets `vm` and `top()`.
struct Frame {
  Vm& vm;
  const Function& function;
  Closure* closure;
  Roots roots;
  Value* slots;
  Object* self;       // of methods
  int line = 0;       // of the call that is under way
  Value result = {};  // of the function, once a statement answered Return

  /// Changes a variable.
  void set(int slot, Value value) {
    slots[slot] = value;
    keep(slot, value);
  }
  /// Roots a value that is under way.
  Value keep(int root, Value value) {
    roots[root] = value.object_or_null();
    return value;
  }
  Roots top() const { return roots + function.root_count; }
};

}  // namespace lox
