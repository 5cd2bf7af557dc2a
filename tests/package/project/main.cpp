// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <inlay/inlay.h>

#include <cstdio>

#include "pricing.h"

int main() {
  using namespace pricing;
  inlay::Jit jit = inlay::Jit::create().value();
  // 12 * quantity + 1
  auto tree = jit.freeze([&] { return add(multiply(number(12), quantity()), number(1)); });
  auto fast = jit.optimize(tree);
  if (!fast) {
    std::fprintf(stderr, "%s\n", fast.error().to_string().c_str());
    return 1;
  }
  std::printf("the price of 3 is %d\n", (*fast)(3));
  return 0;
}
