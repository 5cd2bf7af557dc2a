// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

#include "inlay/filter/schema.h"

namespace inlay::filter {

/// Names for columns: `column3` for the third if it has none, `name_2` for the second of a name.
std::vector<std::string> distinct_names(std::vector<std::string> names);

/// A column of values that are read already, but dates and timestamps, which are cells as texts are: Byte, Int64 or
/// Double with a bitmap.
Column typed_column(std::string name, Type type);

/// The same columns, but for this one.
Schema with_column(const Schema& schema, ColumnId id, Column column);

}  // namespace inlay::filter
