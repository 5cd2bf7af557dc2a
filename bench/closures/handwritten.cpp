// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// HANDWRITTEN is the name of the table that this compilation defines.
#include "handwritten.h"

namespace bench {
namespace {

long expression(long x, long y) { return (x * 3 + (y ^ 5)) - (x & y); }

double double_expression(double x, double y) { return x * x * 0.5 + y / (x + 1.5); }

long branches(long x, long y) {
  long s = y;
  for (long i = 0; i < x; ++i) {
    const long t = (i * i + 3) % 10;
    if (t < 5) {
      s += t;
    } else {
      s ^= i;
    }
  }
  return s;
}

double while_loop(double x, double y) {
  double s = 0;
  while (1 < x) {
    s += x * y;
    x *= 0.99;
  }
  return s;
}

long statements(long x, long y) {
  long a = x + y;
  long b = a * 3;
  long c = b - x;
  long d = c ^ a;
  a = d + b;
  b = a % 7;
  c = b * c;
  d = c & 1023;
  return d + b - y;
}

long fib(long n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

long recursion(long x, long) { return fib(x); }

long first(long x, long) { return x; }

}  // namespace

const Handwritten HANDWRITTEN = {expression, branches, statements, recursion, double_expression, while_loop, first};

#ifdef DEFINE_DIRECT_FIRST
long direct_first(long x, long y) { return first(x, y); }
#endif

}  // namespace bench
