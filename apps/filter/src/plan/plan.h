// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an expression to the program that is run: simplified, ordered, flattened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/expression.h"
#include "plan/program.h"

namespace inlay::filter {

/// What a sample of rows tells of a test: the first batch's first rows, interpreted.
struct Sample {
  const Batch* batch = nullptr;
  std::int64_t rows = 2000;  // at most
};

struct PlanOptions {
  bool reorder = true;
  bool merge = true;  // prefixes, equalities and alike of one operand
  bool dictionaries = true;
  Sample sample = {};  // without: costs and guesses by kind of test
};

/// One test in the order chosen, for --explain.
struct PlannedTest {
  NodeId node;
  unsigned depth = 0;
  std::string text;
  double cost = 0;          // ns a row, by the table
  double selectivity = -1;  // of the rows that reach it, sampled; -1: not
  std::string note;         // `merged 16 prefixes`, `not moved: may raise`, `tested once for each of 20 entries`
};

struct Plan {
  Program program;
  std::vector<PlannedTest> tests;
};

/// For a condition: a row passes if the value is true. AND stops at the first operand that is not true, OR at the first
/// that is; NOT is moved down to the tests first. Only neighbours that cannot raise change places.
Result<Plan> plan_condition(Expressions& expressions, NodeId condition, const PlanOptions& options = {});
/// For a value that is wanted as such (a column of the output, an operand of sum()).
Result<Plan> plan_value(Expressions& expressions, NodeId value, const PlanOptions& options = {});

}  // namespace inlay::filter
