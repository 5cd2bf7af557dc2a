// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A few closures, and functions to bind arguments of.
#pragma once

#include <cstdint>
#include <functional>

namespace hand {

using Int = std::int64_t;

struct Env {
  Int x = 0;
};

using Code = std::function<Int(Env&)>;
Code number(Int value);
Code variable_x();
Code add(Code left, Code right);
Code host_call(Int (*function)(Int));  // of env.x

/// Sums `count` numbers, each made by an operation that the `kind` tells: a small interpreter of one instruction.
Int reduce(int kind, const Int* numbers, Int count);
/// The same with a table of weights, so that pointers can be promoted too.
Int weigh(const Int* weights, signed char shift, bool negate, Int x);

}  // namespace hand
