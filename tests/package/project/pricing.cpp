// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pricing.h"

#include <utility>

namespace pricing {

Price number(int value) {
  return [value](int) { return value; };
}

Price quantity() {
  return [](int quantity) { return quantity; };
}

Price add(Price left, Price right) {
  return [left = std::move(left), right = std::move(right)](int quantity) { return left(quantity) + right(quantity); };
}

Price multiply(Price left, Price right) {
  return [left = std::move(left), right = std::move(right)](int quantity) { return left(quantity) * right(quantity); };
}

}  // namespace pricing
