/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * C, not C++: what only C has must compile. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct code {
  uint8_t op;
  int32_t value;
};

static int32_t helper(const struct code* restrict at, int32_t x) {
  int32_t new = x; /* no keyword in C */
  switch (at->op) {
    case 0:
      return new + at->value;
    case 1:
      return new * at->value;
    default:
      return new;
  }
}

int32_t plain_run(const struct code* code, int32_t count, int32_t x) {
  struct code first = {.value = 1, .op = 0};
  x = helper(&first, x);
  for (int32_t i = 0; i < count; ++i) x = helper(&code[i], x);
  return x;
}

_Bool plain_same(const char* a, const char* b) { return strcmp(a, b) == 0; }
