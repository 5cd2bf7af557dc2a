// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

namespace regressions {

static thread_local int counter = 1;

Closure counts_there() {
  return [](int x) { return counter += x; };
}

}  // namespace regressions
