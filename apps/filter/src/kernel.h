// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What runs a program on a batch: the interpreter and compiled code have one signature.
#pragma once

#include <cstdint>

#include "inlay/filter/batch.h"
#include "inlay/filter/scope.h"

namespace inlay::filter {

/// Where the values of a projection go, one after the other, in the order of the rows.
struct ProjectionOut {
  void* values = nullptr;         // std::uint8_t (Boolean), std::int64_t, double, or Text
  std::uint8_t* nulls = nullptr;  // 1 where NULL; the value is then 0 or an empty text. Null only if none can be NULL
};

/// Tests rows [begin, end) of a batch: pass[i] becomes 1 where row begin + i passes, else 0. `tables` are the results
/// of the program's DictionaryTests (0 false, 1 true, 2 NULL); the byte before the first one is there, too, and is 2.
/// Answers the row after the last one that was tested: less than `end` where that row raised scope.fault.
using FilterKernel = std::int64_t (*)(const ColumnData* columns, Scope* scope, const std::uint8_t* const* tables,
                                      std::int64_t begin, std::int64_t end, std::uint8_t* pass);

/// Computes a value for `count` rows: those that `selection` names, or without one [first, first + count). Answers how
/// many were computed: less than `count` where the next one raised.
using ProjectKernel = std::int64_t (*)(const ColumnData* columns, Scope* scope, const std::uint8_t* const* tables,
                                       const std::uint32_t* selection, std::int64_t first, std::int64_t count,
                                       const ProjectionOut* out);

}  // namespace inlay::filter
