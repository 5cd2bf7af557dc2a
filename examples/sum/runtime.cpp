// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "inlay/annotate.h"

namespace {

/// Out of line, so that only a compare and a branch go into the programs.
[[noreturn]] INLAY_NOINLINE void fail(const char* what) {
  std::fflush(stdout);
  std::fprintf(stderr, "sum: %s\n", what);
  std::exit(1);
}

}  // namespace

/// Numbers in the order they came. Nobody but this class sees where they lie.
struct Sum {
 public:
  Sum() = default;
  Sum(const Sum&) = delete;
  ~Sum() { std::free(numbers_); }

  void push(std::int64_t number) {
    if (count_ == capacity_) grow();
    numbers_[count_++] = number;
  }

  std::int64_t count() const { return count_; }

  std::int64_t total() const {
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < count_; ++i) total = sum_add(total, numbers_[i]);
    return total;
  }

 private:
  INLAY_NOINLINE void grow() {
    std::int64_t capacity = capacity_ == 0 ? 4 : 2 * capacity_;
    void* numbers = std::realloc(numbers_, static_cast<std::size_t>(capacity) * sizeof(std::int64_t));
    if (!numbers) fail("out of memory");
    numbers_ = static_cast<std::int64_t*>(numbers);
    capacity_ = capacity;
  }

  std::int64_t* numbers_ = nullptr;
  std::int64_t count_ = 0;
  std::int64_t capacity_ = 0;
};

Sum* sum_new() { return new Sum; }
void sum_push(Sum* sum, std::int64_t number) { sum->push(number); }
std::int64_t sum_count(const Sum* sum) { return sum->count(); }
std::int64_t sum_total(const Sum* sum) { return sum->total(); }
void sum_free(Sum* sum) { delete sum; }

std::int64_t sum_add(std::int64_t a, std::int64_t b) {
  std::int64_t result;
  if (__builtin_add_overflow(a, b, &result)) fail("the sum of two numbers is too large");
  return result;
}

std::int64_t sum_subtract(std::int64_t a, std::int64_t b) {
  std::int64_t result;
  if (__builtin_sub_overflow(a, b, &result)) fail("the difference of two numbers is too large");
  return result;
}

std::int64_t sum_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t result;
  if (__builtin_mul_overflow(a, b, &result)) fail("the product of two numbers is too large");
  return result;
}

std::int64_t sum_divide(std::int64_t a, std::int64_t b) {
  if (b == 0) fail("division by zero");
  if (b == -1) return sum_subtract(0, a);  // the one quotient that may be too large
  return a / b;
}

std::int64_t sum_remainder(std::int64_t a, std::int64_t b) {
  if (b == 0) fail("division by zero");
  return b == -1 ? 0 : a % b;
}

std::int64_t sum_argument(int argc, char** argv, int index) {
  if (index >= argc) fail("the program needs more arguments");
  char* end = nullptr;
  errno = 0;
  std::int64_t number = std::strtoll(argv[index], &end, 10);
  if (errno != 0 || end == argv[index] || *end != '\0') fail("an argument of the program is not a number");
  return number;
}

void sum_print(std::int64_t number) { std::printf("%" PRId64 "\n", number); }
