// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inlay/filter/schema.h"
#include "inlay/result.h"
#include "input/source.h"

namespace inlay::filter {

/// Names for columns: `column3` for the third if it has none, `name_2` for the second of a name.
std::vector<std::string> distinct_names(std::vector<std::string> names);

/// A column of values that are read already, but dates and timestamps, which are cells as texts are: Byte, Int64 or
/// Double with a bitmap.
Column typed_column(std::string name, Type type);

/// Gives columns the types that the user says. A name that none has is an error, unless `others` may be there.
Result<void> give_types(std::span<const std::string> names, std::span<const std::pair<std::string, Type>> given,
                        bool others, const std::string& file, std::vector<Type>& types,
                        std::vector<TypeOrigin>& origins);

/// The same columns, but for this one.
Schema with_column(const Schema& schema, ColumnId id, Column column);

}  // namespace inlay::filter
