// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table is by region, as what ends or changes is a region or a part of one; which bytes of it a dependent has read
// stands in its entry. Its lock is taken before the registry's, never the other way round.
#include "frozen/reads/dependents.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "frozen/reads/retire.h"
#include "frozen/recording.h"
#include "frozen/region.h"

namespace inlay::frozen {

struct Dependency::Entry {
  Dependent* dependent;                // null: retired
  std::vector<Read> reads;             // by object and offset; merged
  std::vector<std::uint32_t> regions;  // by their first ids
};

namespace {

struct Table {
  std::mutex mutex;
  std::unordered_map<std::uint32_t, std::unordered_set<Dependency::Entry*>> by_region;
  std::size_t count = 0;
};

// Never destroyed: dependents and regions may be statics.
Table& table() {
  static Table& instance = *new Table;
  return instance;
}

/// Sorted by object and offset; what touches is one. Generations do not matter any more, once all of it is true.
std::vector<Read> merged(std::span<const Read> reads) {
  std::vector<Read> sorted(reads.begin(), reads.end());
  std::sort(sorted.begin(), sorted.end(), [](const Read& a, const Read& b) {
    return std::pair(a.object_id, a.offset) < std::pair(b.object_id, b.offset);
  });
  std::vector<Read> result;
  for (const Read& read : sorted) {
    if (result.empty() || result.back().object_id != read.object_id ||
        result.back().offset + result.back().size < read.offset) {
      result.push_back(read);
      continue;
    }
    Read& last = result.back();
    last.size = std::max(last.offset + last.size, read.offset + read.size) - last.offset;
  }
  result.shrink_to_fit();
  return result;
}

bool touches(const std::vector<Read>& reads, std::uint32_t object_id, std::uint64_t offset, std::uint64_t size) {
  // The first that does not end before the part begins; they are disjoint.
  auto read = std::partition_point(reads.begin(), reads.end(), [&](const Read& candidate) {
    return std::pair(candidate.object_id, candidate.offset + candidate.size) <= std::pair(object_id, offset);
  });
  return read != reads.end() && read->object_id == object_id && read->offset < offset + size;
}

void remove(Table& in, Dependency::Entry& entry) {
  for (std::uint32_t region : entry.regions) {
    const auto found = in.by_region.find(region);
    found->second.erase(&entry);
    if (found->second.empty()) in.by_region.erase(found);
  }
  entry.dependent = nullptr;
  --in.count;
}

template <class IsTouched>
void retire_if(std::uint32_t region, const Retirement& why, IsTouched is_touched) {
  const Unrecorded unrecorded;
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_region.find(region);
  if (found == all.by_region.end()) return;
  std::vector<Dependency::Entry*> touched;
  for (Dependency::Entry* entry : found->second)
    if (is_touched(*entry)) touched.push_back(entry);
  for (Dependency::Entry* entry : touched) {
    Dependent* dependent = entry->dependent;
    remove(all, *entry);
    dependent->retire(why);
  }
}

}  // namespace

Dependency::Dependency() = default;
Dependency::Dependency(std::unique_ptr<Entry> entry) : entry_(std::move(entry)) {}
Dependency::Dependency(Dependency&&) noexcept = default;

Dependency& Dependency::operator=(Dependency&& other) noexcept {
  Dependency old(std::move(*this));
  entry_ = std::move(other.entry_);
  return *this;
}

Dependency::~Dependency() {
  if (!entry_) return;
  const Unrecorded unrecorded;
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  if (entry_->dependent) remove(all, *entry_);
}

Dependency depend(Dependent& dependent, std::span<const Read> reads) {
  const Unrecorded unrecorded;
  auto entry = std::make_unique<Dependency::Entry>(Dependency::Entry{&dependent, merged(reads), {}});
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  // A change, withdrawal or end makes known to the registry what is true no more before it comes here to retire. So
  // either it is seen now, or it comes later and finds this entry.
  if (!regions_of_true(reads, entry->regions)) return {};
  for (std::uint32_t region : entry->regions) all.by_region[region].insert(entry.get());
  ++all.count;
  dependent.install();
  return Dependency(std::move(entry));
}

bool is_current(std::span<const Read> reads) {
  const Unrecorded unrecorded;
  std::vector<std::uint32_t> regions;
  return regions_of_true(reads, regions);
}

std::size_t dependent_count() {
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  return all.count;
}

void retire_touched(std::uint32_t region, std::uint32_t object_id, std::uint64_t offset, std::uint64_t size,
                    const Retirement& why) {
  retire_if(region, why, [&](const Dependency::Entry& entry) { return touches(entry.reads, object_id, offset, size); });
}

void retire_all(std::uint32_t region, const Retirement& why) {
  retire_if(region, why, [](const Dependency::Entry&) { return true; });
}

}  // namespace inlay::frozen
