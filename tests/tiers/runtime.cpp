// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

#include <inlay/annotate.h>

namespace hand {

Int reduce(int kind, const Int* numbers, Int count) {
  Int sum = 0;
  for (Int i = 0; i < count; ++i) {
    switch (kind) {
      case 0:
        sum += numbers[i];
        break;
      case 1:
        sum += numbers[i] * numbers[i];
        break;
      case -2:
        sum -= numbers[i];
        break;
      default:
        sum ^= numbers[i] + kind;
        break;
    }
  }
  return sum;
}

Int weigh(const Int* weights, signed char shift, bool negate, Int x) {
  Int sum = weights[0] * x + weights[1] * x + weights[2] * x + weights[3] * x;
  sum += shift < 0 ? x >> -shift : x << shift;
  return negate ? -sum : sum;
}

long counted = 0;

namespace {
INLAY_NOINLINE void count() { ++counted; }
}  // namespace

Int twice_and_count(Int x) {
  // Within a try, where the question is an invoke until it is known that it does not throw.
  try {
    if (!inlay::compiled()) count();
    if (x < 0) throw x;
  } catch (Int negative) {
    return 2 * negative;
  }
  return 2 * x;
}

}  // namespace hand
