// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A small language of prices as closures: number, quantity, +, *.
#pragma once

#include <functional>

namespace pricing {

using Price = std::function<int(int quantity)>;

Price number(int value);
Price quantity();
Price add(Price left, Price right);
Price multiply(Price left, Price right);

}  // namespace pricing
