// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program that uses Inlay without inlay::recorder keeps its own operator new. Exits 0 if so.
#include <cstdlib>
#include <new>
#include <string>

#include "inlay/frozen.h"

static long own_calls = 0;

void* operator new(std::size_t size) {
  ++own_calls;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
  long calls_inside = 0;
  const auto text = inlay::freeze([&] {
    const long before = own_calls;
    std::string text(100, 'x');
    calls_inside = own_calls - before;
    return text;
  });
  if (calls_inside != 1) return 1;
  if (text.status()) return 2;  // it must say that the string's buffer is not frozen
  if (*text != std::string(100, 'x')) return 3;
  return 0;
}
