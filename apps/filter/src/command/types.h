// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Columns whose first rows have no value. They get the type that the options ask for; what is taken as text so must not
// turn out to be something else.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "command/input.h"
#include "command/options.h"
#include "engine/evaluate.h"

namespace inlay::filter::command {

/// Of JSON Lines of which there are none: with the columns that the options have names of.
void name_columns(Input& input, const Options& options);

/// Gives types to the columns of an input that has not been used yet.
void settle_types(Input& input, const Options& options);

/// Where such a column is `column` alone: why an aggregate of it cannot be computed.
Error unknown_type(const Input& input, ColumnId column, const std::string& aggregate);

/// The first of the `columns`' cells, by row, that reads as another type than text.
std::optional<RowError> find_misfit(const InputBatch& batch, const Schema& schema, std::span<const ColumnId> columns);

/// A row's error that is of a cell whose type was inferred: with the type that would have done.
Error suggest_type(Error error, std::int64_t row, const InputBatch& batch, const Schema& schema,
                   std::span<const TypeOrigin> origins, std::span<const ColumnId> columns);

/// `age integer (inferred), note text (unknown)`.
std::string describe_types(const Schema& schema, std::span<const TypeOrigin> origins,
                           std::span<const ColumnId> columns);
/// `[{"name":"age","type":"integer","origin":"inferred"}]`.
std::string describe_types_json(const Schema& schema, std::span<const TypeOrigin> origins,
                                std::span<const ColumnId> columns);

}  // namespace inlay::filter::command
