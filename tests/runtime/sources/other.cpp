// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A second runtime whose internal names are those of the first.
#include "everything.h"

namespace everything {

namespace {
[[gnu::noinline]] int internal_function(int x) { return x * 100; }
}  // namespace

int other_internal(int x) { return internal_function(x); }
int other_uses_weak() { return shared_inline(30); }

}  // namespace everything
