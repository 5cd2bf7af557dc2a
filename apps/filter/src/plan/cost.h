// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of a test without rows: nanoseconds, and how many rows it may let pass.
#pragma once

#include "inlay/filter/expression.h"

namespace inlay::filter {

/// Of reading a column.
double load_cost(const Column& column);
/// Of the operation itself, without its operands.
double operation_cost(const Expressions& expressions, NodeId node);
/// A guess by the kind of test, in ]0, 1[. Not for And and Or.
double guessed_selectivity(const Expressions& expressions, NodeId node);

}  // namespace inlay::filter
