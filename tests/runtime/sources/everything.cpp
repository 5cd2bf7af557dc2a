// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One of each kind of symbol that an index must hold.
#include "everything.h"

#include <string>

namespace everything {

namespace {

[[gnu::noinline]] int internal_function(int x) { return x * 2 + 1; }
int internal_counter = 4;
const int internal_table[] = {2, 3, 5, 7};
thread_local int per_thread = 6;

struct Circle final : Shape {
  explicit Circle(int r) : radius(r) {}
  int area() const override { return 3 * radius * radius; }
  int radius;
};

}  // namespace

int exported_variable = 12;

int exported_function(int x) { return internal_function(x) + ++internal_counter + internal_table[x & 3]; }
const void* address_of_internal() { return reinterpret_cast<const void*>(&internal_function); }
int in_thread(int x) { return per_thread += x; }
std::unique_ptr<Shape> circle(int radius) { return std::make_unique<Circle>(radius); }
std::function<int(int)> adder(int by) {
  return [by](int x) { return x + by; };
}
int length(const char* text) { return static_cast<int>(std::string(text).size()); }
[[gnu::used]] static int kept_static(int x) { return x; }
int uses_weak() { return shared_inline(20) + kept_static(0); }

}  // namespace everything
