// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was found out for each entry of a dictionary, read row by row.
#pragma once

#include <cstdint>

namespace inlay::filter {

extern "C" {

/// 0 false, 1 true, 2 NULL. Entry -1 is there, too, and says NULL: tables begin one byte before their first entry.
std::int32_t inlay_filter_lookup(const std::uint8_t* table, std::int64_t entry);

}  // extern "C"

}  // namespace inlay::filter
