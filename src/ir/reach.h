// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who mentions whom, and an order that follows it.
#pragma once

#include <span>
#include <vector>

#include "inlay/ir/expand.h"

namespace inlay::ir {

/// What functions and data mention: of each, its symbols without repetition, in the order in which they stand; those
/// that are called before those whose address is taken by data.
class References {
 public:
  bool known(Value symbol) const;
  /// What a symbol mentions; it must not be known yet.
  void add(Value symbol, std::span<const Value> mentioned);
  std::span<const Value> of(Value symbol) const;

 private:
  struct Range {
    std::uint32_t begin = 0, end = 0;
    bool known = false;
  };
  const Range* range(Value symbol) const;

  std::vector<Value> values_;
  std::vector<Range> functions_, data_;  // by handle
};

/// What the roots reach. All of it is known to `references`.
Reach in_order(const Module& module, const References& references, std::span<const Value> roots);

}  // namespace inlay::ir
