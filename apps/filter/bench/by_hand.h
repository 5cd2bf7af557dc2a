// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The queries as somebody would write them in C++, by two compilers for this processor, and as closures.
#pragma once

#include <cstdint>

#include "users.h"

namespace bench {

template <class Of>
struct Queries {
  using Count = std::int64_t (*)(const Of*, std::int64_t);
  Count q1, q2;
  Count q2_reordered;  // the cheap test of each AND first
  double (*q3)(const Of*, std::int64_t);
  Count q4;
  std::int64_t (*less)(const Of*, std::int64_t, double);  // how many balances are less
};

struct ByHand {
  const char* compiler;
  Queries<User> rows;
  Queries<Columns> columns;
};
extern const ByHand by_hand_gcc, by_hand_clang;

extern const Queries<User> closures;  // without q2_reordered and less

}  // namespace bench
