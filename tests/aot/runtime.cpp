// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A runtime with everything that makes carrying one hard: dynamic initializers, function statics, thread-locals,
// virtual functions, exceptions, internal names.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "inlay/annotate.h"

namespace {

std::string greeting = std::string("he") + "llo";  // a static initializer, with a destructor
std::int64_t counter = 3;
thread_local std::int64_t per_thread = 5;

struct Shape {
  virtual ~Shape() = default;
  virtual std::int64_t area() const = 0;
};
struct Square final : Shape {
  explicit Square(std::int64_t side) : side(side) {}
  std::int64_t area() const override { return side * side; }
  std::int64_t side;
};

std::int64_t squared(std::int64_t x) { return x * x; }

}  // namespace

extern "C" {

INLAY_INLINE std::int64_t rt_add(std::int64_t a, std::int64_t b) { return a + b; }
INLAY_INLINE std::int64_t rt_wanted(std::int64_t a) { return a * 3 ^ a / 5; }
INLAY_NOINLINE std::int64_t rt_far(std::int64_t a) { return a - 1; }
std::int64_t rt_square(std::int64_t a) { return squared(rt_add(a, 0)); }
std::int64_t rt_greeting_length() { return static_cast<std::int64_t>(greeting.size()); }
std::int64_t rt_count() { return ++counter; }
std::int64_t rt_per_thread(std::int64_t by) { return per_thread += by; }

std::int64_t rt_calls_far(std::int64_t a) { return rt_far(a) + 100; }
std::int64_t rt_element(const std::int64_t* array, std::int64_t index) { return array[index]; }
const std::int64_t* rt_place(const std::int64_t* array, std::int64_t index) { return array + index; }

std::int64_t rt_once() {
  static const std::unique_ptr<Shape> shape = std::make_unique<Square>(4);
  return shape->area();
}

std::int64_t rt_checked(std::int64_t a) {
  try {
    if (a < 0) throw std::runtime_error("negative");
    return a;
  } catch (const std::exception& error) {
    return static_cast<std::int64_t>(std::string(error.what()).size());
  }
}

}  // extern "C"
