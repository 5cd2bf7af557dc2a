// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "remarks.h"

#include <cstdarg>

#include "inlay/annotate.h"

extern "C" std::int64_t closures_test_host(std::int64_t x);  // the test program's

namespace remarks {

namespace {

[[gnu::noinline]] Int large(Int a, Int b) {
  for (int i = 0; i < 3; ++i) {
    a = a * 7 + (b >> 1) * 3;
    b ^= a * b + (a >> 5) * (b << 3);
    a -= (b / 9) ^ (a * 11) ^ (b + a * 5);
    if (a == 17)
      b = b * b + a / 3;
    else if (a > b)
      b -= a * 13 + (b >> 7);
  }
  return a ^ b;
}

INLAY_NOINLINE Int kept(Int x) { return x * 3; }
INLAY_OPAQUE Int hidden(Int x) { return x * 5; }
[[gnu::noinline]] Int ordinary(Int x) { return x * 7; }
INLAY_INLINE Int wanted(Int x) { return large(x, 3) + x; }

[[gnu::noinline]] Int many(int count, ...) {
  va_list list;
  va_start(list, count);
  Int total = 0;
  for (int i = 0; i < count; ++i) total += va_arg(list, Int);
  va_end(list);
  return total;
}

Int (*variable)(Int) = ordinary;

}  // namespace

void set_variable(Int (*function)(Int)) { variable = function; }

Int unknown_target(Int (*function)(Int), Int x) {
  return function(x) + 1;  // cause: argument
}

Int unknown_from_variable(Int x) {
  return variable(x) + 1;  // cause: variable
}

Int external(Int x) {
  return closures_test_host(x) + 1;  // cause: external
}

Int asked_noinline(Int x) {
  return kept(x) + 1;  // cause: noinline
}

Int asked_opaque(Int x) {
  return hidden(x) + 1;  // cause: opaque
}

Int policy(Int x) {
  return ordinary(x) + 1;  // cause: policy
}

Int nothing_known(Int x, Int y) {
  return large(x, y) + 1;  // cause: nothing-known
}

[[gnu::noinline]] Int recursion(Int n, Int step) {
  if (n <= 0) return step;
  Int below = recursion(n - step, step);  // cause: recursion
  return below * 3 + n;
}

Int shared(Int x, Int y) {
  Int first = large(x, y);  // cause: shared
  return first + large(y, x);
}

Int not_evaluable(Int x) {
  return many(2, x, x) + 1;  // cause: not-evaluable
}

[[gnu::noinline]] Int budget(Int depth, Int x) {
  if (depth == 0) return x;
  return budget(depth - 1, x * 3 + depth) + 1;  // cause: budget
}

Int long_list(const std::vector<Int (*)(Int)>& list, Int x) {  // cause: long-list
  for (auto function : list) x = function(x);
  return x;
}

Int eager(Int x) { return wanted(x) + 1; }
Int twice(Int x) { return wanted(x) + wanted(x + 1); }

}  // namespace remarks
