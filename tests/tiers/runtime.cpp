// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

namespace hand {

Code number(Int value) {
  return [value](Env&) { return value; };
}
Code variable_x() {
  return [](Env& env) { return env.x; };
}
Code add(Code left, Code right) {
  return [left = std::move(left), right = std::move(right)](Env& env) { return left(env) + right(env); };
}
Code host_call(Int (*function)(Int)) {
  return [function](Env& env) { return function(env.x); };
}

}  // namespace hand
