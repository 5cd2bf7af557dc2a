// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "expressions.h"

#include <random>
#include <utility>

namespace bench {
namespace {

Expression make_leaf(std::mt19937& random) {
  switch (random() % 3) {
    case 0:
      return [](long x, long) { return x; };
    case 1:
      return [](long, long y) { return y; };
    default:
      return [value = static_cast<long>(random() % 1000)](long, long) { return value; };
  }
}

template <class Operation>
Expression make_binary(Expression left, Expression right, Operation operation) {
  return [left = std::move(left), right = std::move(right), operation](long x, long y) {
    return operation(left(x, y), right(x, y));
  };
}

Expression make(int closures, std::mt19937& random) {
  if (closures == 1) return make_leaf(random);
  if (closures == 2) return [operand = make_leaf(random)](long x, long y) { return -operand(x, y); };
  const int left_closures = 1 + static_cast<int>(random() % static_cast<unsigned>(closures - 2));
  Expression left = make(left_closures, random);
  Expression right = make(closures - 1 - left_closures, random);
  switch (random() % 4) {
    case 0:
      return make_binary(std::move(left), std::move(right), [](long a, long b) { return a + b; });
    case 1:
      return make_binary(std::move(left), std::move(right), [](long a, long b) { return a * b; });
    case 2:
      return make_binary(std::move(left), std::move(right), [](long a, long b) { return a ^ b; });
    default:
      return make_binary(std::move(left), std::move(right), [](long a, long b) { return a < b ? a : b; });
  }
}

}  // namespace

Expression make_expression(int closures, unsigned seed) {
  std::mt19937 random(seed);
  return make(closures, random);
}

long apply_expression(const Expression* expression, long x, long y) { return (*expression)(x, y); }

}  // namespace bench
