// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which order the tests of a condition are made, which of them are made for a dictionary's entries, and whether any
// are left out at all.
#pragma once

#include <vector>

#include "inlay/filter/expression.h"
#include "plan/emit.h"
#include "plan/plan.h"

namespace inlay::filter {

struct Ordered {
  Decisions decisions;
  std::vector<PlannedTest> tests;
};

/// `condition` has been simplified. The same sample gives the same order.
Ordered order_tests(Expressions& expressions, NodeId condition, const PlanOptions& options, PreparedObjects& objects);

/// Whether to compute all of a value or condition without jumps: few cheap things of fixed width that cannot raise, in
/// columns whose values lie side by side.
bool is_straight(const Expressions& expressions, NodeId root);

}  // namespace inlay::filter
