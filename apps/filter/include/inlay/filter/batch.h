// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows in memory, as every input hands them to every engine. Plain data: kernels of compiled code read it, so the order
// and the types of the members are part of what src/compile emits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "inlay/filter/schema.h"

namespace inlay::filter {

/// Where the values of one column lie, for one batch. How they lie is told by the schema's Column.
struct ColumnData {
  const std::byte* values = nullptr;
  const std::byte* extra = nullptr;        // Offsets32, Offsets64: the characters
  const std::byte* validity = nullptr;     // Validity::Bitmap; null: no value is NULL
  std::int64_t offset = 0;                 // Bit and Bitmap: the number of the first row's bit
  const ColumnData* dictionary = nullptr;  // dictionary: its values; `values` are then the indices
  std::int64_t dictionary_size = 0;
};
static_assert(sizeof(ColumnData) == 48);

/// Rows [0, rows) of an input. Owns nothing: what it points to lasts until the source is asked for the next batch.
struct Batch {
  std::int64_t rows = 0;
  std::span<const ColumnData> columns;  // by ColumnId - 1; those that nobody asked for may be empty
  std::int64_t first_row = 0;           // number of the batch's first row in its input, for messages (from 0)
  std::int64_t rows_behind = 0;         // how many of the input are sure to follow, about: what compiling may count on
};

/// Which rows of a batch, by number, ascending.
using Selection = std::vector<std::uint32_t>;

}  // namespace inlay::filter
