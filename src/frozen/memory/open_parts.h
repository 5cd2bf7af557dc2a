// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of the process that stay open to change wherever they lie: every living Mutable<T>.
#pragma once

#include <cstddef>
#include <vector>

namespace inlay::frozen {

/// The bytes [begin, end).
struct Range {
  const std::byte* begin = nullptr;
  const std::byte* end = nullptr;
};

/// The living Mutable<T> that overlap `within`, whole, sorted; overlapping and touching ones are merged.
std::vector<Range> open_ranges(Range within);

/// Sorts, and merges what overlaps or touches.
void merge_ranges(std::vector<Range>& ranges);

/// Whether one of `sorted` (as merge_ranges() leaves it) overlaps `range`.
bool overlaps(const std::vector<Range>& sorted, Range range);

}  // namespace inlay::frozen
