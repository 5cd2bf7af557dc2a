// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program that uses Mutable<T> from the header alone, without libinlay: it links, and the value behaves. Exits 0 if
// so.
#include <functional>

#include "inlay/frozen.h"

int main() {
  const std::function<int()> count = [counter = inlay::Mutable<int>(0)] { return counter += 1; };
  const std::function<int()> copy = count;
  return count() == 1 && count() == 2 && copy() == 1 ? 0 : 1;
}
