// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Expressions of a given number of closures, to be compiled in large numbers.
#pragma once

#include <functional>

namespace bench {

using Expression = std::function<long(long, long)>;

/// A random expression of exactly `closures` std::functions over two variables; the same for the same seed.
Expression make_expression(int closures, unsigned seed);

/// Calls it; to be specialized.
long apply_expression(const Expression* expression, long x, long y);

}  // namespace bench
