// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <functional>
#include <memory>

namespace everything {

struct Shape {
  virtual ~Shape() = default;
  virtual int area() const = 0;
};

extern int exported_variable;
int exported_function(int x);
const void* address_of_internal();
int in_thread(int x);
std::unique_ptr<Shape> circle(int radius);
std::function<int(int)> adder(int by);
int length(const char* text);
int uses_weak();
/// In two runtimes and in the host.
[[gnu::noinline]] inline int shared_inline(int x) { return x + 2; }
int other_uses_weak();
int other_internal(int x);

}  // namespace everything
