// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of a filter's rows, 0 or 1 each, in other forms.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inlay/filter/batch.h"

namespace inlay::filter {

std::int64_t count_of(std::span<const std::uint8_t> pass);
/// Adds the numbers of the ones, ascending, counted from `first`.
void add_selected(std::span<const std::uint8_t> pass, std::uint32_t first, Selection& selection);
/// Adds a bit each, low bits first; the last byte is filled up with zeros.
void add_bitmap(std::span<const std::uint8_t> pass, std::vector<std::uint8_t>& bits);

}  // namespace inlay::filter
