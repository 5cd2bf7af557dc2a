// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The columns of an output: names, and the expressions that are their values.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/evaluate.h"
#include "output/list.h"

namespace inlay::filter {

struct OutputColumn {
  std::string name;
  Compiled value;
};
Result<std::vector<OutputColumn>> compile_columns(const Schema& schema, std::span<const ListItem> items,
                                                  const FilterOptions& options);
/// All of a schema.
Result<std::vector<OutputColumn>> compile_columns(const Schema& schema, const FilterOptions& options);

}  // namespace inlay::filter
