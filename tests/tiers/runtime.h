// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions to bind arguments of, beside the closures of tests/closures.
#pragma once

#include "../closures/runtime/shapes.h"

namespace hand {

/// Sums `count` numbers, each made by an operation that the `kind` tells: a small interpreter of one instruction.
Int reduce(int kind, const Int* numbers, Int count);
/// The same with a table of weights, so that pointers can be promoted too.
Int weigh(const Int* weights, signed char shift, bool negate, Int x);

/// 2 * x, and counts the calls in native code.
Int twice_and_count(Int x);
extern long counted;

}  // namespace hand
