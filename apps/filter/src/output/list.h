// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lists of expressions, as --select, --group-by and --agg have them: `a, round(b, 1) as c`, `sum(a), count(*)`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/aggregate.h"
#include "inlay/result.h"

namespace inlay::filter {

struct ListItem {
  std::string name;        // behind `as`; else the column's own, or the expression as it was written
  std::string expression;  // without `as` and what follows
  bool all = false;        // `*`: all columns
};

/// Errors have the place and an excerpt, as those of parse(). An empty list is one.
Result<std::vector<ListItem>> parse_list(std::string_view text);

struct AggregateItem {
  std::string name;
  AggregateKind kind = AggregateKind::Rows;
  std::string argument;  // empty: count(*)
};
Result<std::vector<AggregateItem>> parse_aggregates(std::string_view text);

}  // namespace inlay::filter
