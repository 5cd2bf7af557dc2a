// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs of programs.h as somebody would write them in C++, compiled by clang once for each level of
// optimization.
#pragma once

namespace bench {

/// All the programs, compiled alike.
struct Handwritten {
  long (*expression)(long x, long y);
  long (*branches)(long x, long y);
  long (*statements)(long x, long y);
  long (*recursion)(long x, long y);
  double (*double_expression)(double x, double y);
  double (*while_loop)(double x, double y);
  long (*first)(long x, long y);  // x itself: what a call costs
};

extern const Handwritten handwritten_o2;      // -O2
extern const Handwritten handwritten_o3;      // -O3
extern const Handwritten handwritten_native;  // -O3 -march=native: for the same processor as code that Inlay compiles
extern const Handwritten handwritten_far;     // -O2, in a shared library: as far from the program as compiled code is

/// The same as `first`, for a direct call to a function that the caller's compiler does not see.
long direct_first(long x, long y);

}  // namespace bench
