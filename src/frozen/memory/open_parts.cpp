// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/open_parts.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "frozen/recording.h"
#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

// Objects nest or are disjoint; so a Mutable may lie in another one, even begin and end with it (hence the count).
// What overlaps a range then begins at most `longest` bytes before it.
struct OpenParts {
  std::shared_mutex mutex;
  std::map<std::pair<const std::byte*, std::size_t>, std::uint32_t> counts;
  std::size_t longest = 0;
};

// Never destroyed: statics that hold a Mutable may be destroyed last.
OpenParts& open_parts() {
  static OpenParts& parts = *new OpenParts;
  return parts;
}

template <class Visit>
void visit_overlapping(Range within, Visit&& visit) {
  OpenParts& parts = open_parts();
  std::shared_lock lock(parts.mutex);
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(within.begin);
  const auto* earliest = reinterpret_cast<const std::byte*>(begin - std::min(begin, parts.longest));
  for (auto part = parts.counts.lower_bound({earliest, 0}); part != parts.counts.end(); ++part) {
    const auto& [start, size] = part->first;
    if (start >= within.end) break;
    if (start + size > within.begin && !visit(Range{start, start + size})) break;
  }
}

}  // namespace

std::vector<Range> open_ranges(Range within) {
  std::vector<Range> ranges;
  visit_overlapping(within, [&](Range range) {
    ranges.push_back(range);
    return true;
  });
  merge_ranges(ranges);
  return ranges;
}

void merge_ranges(std::vector<Range>& ranges) {
  std::sort(ranges.begin(), ranges.end(), [](Range a, Range b) { return a.begin < b.begin; });
  std::size_t kept = 0;
  for (const Range range : ranges) {
    if (kept != 0 && range.begin <= ranges[kept - 1].end) {
      ranges[kept - 1].end = std::max(ranges[kept - 1].end, range.end);
    } else {
      ranges[kept++] = range;
    }
  }
  ranges.resize(kept);
}

bool overlaps(const std::vector<Range>& sorted, Range range) {
  const auto after = std::lower_bound(sorted.begin(), sorted.end(), range.end,
                                      [](Range a, const std::byte* end) { return a.begin < end; });
  return after != sorted.begin() && std::prev(after)->end > range.begin;
}

bool is_open(const void* address, std::size_t size) {
  const std::byte* begin = static_cast<const std::byte*>(address);
  bool found = false;
  Unrecorded unrecorded;
  visit_overlapping({begin, begin + size}, [&](Range) {
    found = true;
    return false;
  });
  return found;
}

}  // namespace inlay::frozen

void inlay_open_part_begins(const void* begin, std::size_t size) noexcept {
  inlay::frozen::Unrecorded unrecorded;
  auto& parts = inlay::frozen::open_parts();
  std::lock_guard lock(parts.mutex);
  ++parts.counts[{static_cast<const std::byte*>(begin), size}];
  parts.longest = std::max(parts.longest, size);
}

void inlay_open_part_ends(const void* begin, std::size_t size) noexcept {
  inlay::frozen::Unrecorded unrecorded;
  auto& parts = inlay::frozen::open_parts();
  std::lock_guard lock(parts.mutex);
  const auto part = parts.counts.find({static_cast<const std::byte*>(begin), size});
  if (part != parts.counts.end() && --part->second == 0) parts.counts.erase(part);
}
