// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading a column, decided once: what depends on the schema is in the function's address.
#pragma once

#include <cstdint>

#include "inlay/filter/batch.h"
#include "inlay/filter/function.h"
#include "inlay/filter/schema.h"
#include "inlay/filter/scope.h"

namespace inlay::filter {

struct ColumnLoad;
using LoadFunction = void (*)(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope& scope,
                              Slot& result);
/// The same for some rows of a block: results[rows[i]] <- row row_of[rows[i]].
using LoadRowsFunction = void (*)(const ColumnLoad& load, const ColumnData& data, const std::int64_t* row_of,
                                  const std::uint8_t* rows, std::uint32_t count, Scope& scope, Slot* results);
using IndexFunction = std::int64_t (*)(const std::byte* at, std::int64_t size);

struct ColumnLoad {
  LoadFunction function = nullptr;
  LoadRowsFunction rows = nullptr;
  LoadFunction entry = nullptr;  // of a dictionary: reads the entry
  IndexFunction index = nullptr;
  decltype(Function::call) accessor = nullptr;
  std::uint32_t column = 0;  // ColumnId::value
  std::uint32_t stride = 0;
  std::uint32_t index_size = 0;
  std::int32_t flag = 0;
  bool row_validity = false;  // of a dictionary: rows have a bitmap of their own
  bool raises = false;
};

ColumnLoad make_load(const Schema& schema, const Registry& registry, ColumnId column);

/// The number of the row's entry, or -1 for NULL. `load` is of a dictionary column.
std::int64_t dictionary_entry(const ColumnLoad& load, const ColumnData& data, std::int64_t row);

}  // namespace inlay::filter
