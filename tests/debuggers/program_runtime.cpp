// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tests/debuggers/programs/weigh.inlay calls.
#include <cstdint>

static volatile std::int64_t factor = 10;

extern "C" std::int64_t weigh(std::int64_t number) {
  std::int64_t weight = number * factor;
  factor = 10;  // a breakpoint is here
  return weight;
}
