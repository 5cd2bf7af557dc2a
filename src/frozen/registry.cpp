// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Frozen arenas are found through the space's directory, promised ranges and graphs through maps; all under one lock,
// which is never held while user code, a destructor or the deallocation of an arena's memory runs.
#include "frozen/registry.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include "frozen/objects.h"
#include "frozen/recording.h"
#include "frozen/region.h"
#include "frozen/watch.h"

namespace inlay::frozen {
namespace {

struct Registry {
  std::shared_mutex mutex;
  std::map<const std::byte*, Region*> ranges;  // by their begin; disjoint
  std::unordered_map<const std::byte*, Region*> graphs;
  std::unordered_set<Region*> regions;
};

// Never destroyed: the owners of regions may be statics.
Registry& registry() {
  static Registry& instance = *new Registry;
  return instance;
}

Object object_of(const Record& record, std::shared_ptr<Region> region) {
  return {record.id, record.begin, record.size, false, record.open, std::move(region)};
}

Object object_of(const Region& region, std::shared_ptr<Region> owner) {
  const PromisedRange& range = region.range();
  const bool graph = region.origin() == Region::Origin::Graph;
  const std::size_t size = graph ? 0 : static_cast<std::size_t>(range.bytes.end - range.bytes.begin);
  const bool open = !graph && (!range.open.empty() || is_open(range.bytes.begin, size));
  return {range.id, range.bytes.begin, size, graph, open, std::move(owner)};
}

// The record of a frozen arena that holds `address`; its region, too.
const Record* find_record(const std::byte* address, Region*& region) {
  if (!space_contains(address)) return nullptr;
  const Chunk* chunk = space_chunk(address);
  if (!chunk || !chunk->arena->region) return nullptr;
  region = chunk->arena->region;
  return chunk->arena->record_at(*chunk, address);
}

Region* find_range(const Registry& known, const std::byte* address) {
  auto after = known.ranges.upper_bound(address);
  if (after == known.ranges.begin()) return nullptr;
  Region* region = std::prev(after)->second;
  return address <= region->range().bytes.end ? region : nullptr;
}

}  // namespace

std::optional<Object> find(const void* address) {
  const std::byte* at = static_cast<const std::byte*>(address);
  Registry& known = registry();
  const std::shared_lock lock(known.mutex);
  Region* region = nullptr;
  if (const Record* record = find_record(at, region)) {
    // A region whose last owner is just going is not found any more.
    if (std::shared_ptr<Region> owner = region->weak_from_this().lock()) return object_of(*record, std::move(owner));
  }
  region = find_range(known, at);
  if (!region || at == region->range().bytes.end) {
    const auto graph = known.graphs.find(at);
    if (graph != known.graphs.end()) region = graph->second;
  }
  if (!region) return std::nullopt;
  std::shared_ptr<Region> owner = region->weak_from_this().lock();
  if (!owner) return std::nullopt;
  return object_of(*region, std::move(owner));
}

bool is_constant(const void* address, std::size_t size) {
  if (size > UINTPTR_MAX - reinterpret_cast<std::uintptr_t>(address)) return false;
  const std::byte* begin = static_cast<const std::byte*>(address);
  const std::byte* end = begin + size;
  Registry& known = registry();
  const std::shared_lock lock(known.mutex);
  Region* region = nullptr;
  if (const Record* record = find_record(begin, region)) {
    if (size > record->size || end > record->begin + record->size) return false;
    return !record->open || !overlaps(region->arena()->open_parts(), {begin, end});
  }
  region = find_range(known, begin);
  if (!region) return false;
  const PromisedRange& range = region->range();
  if (end > range.bytes.end) return false;
  return !overlaps(range.open, {begin, end}) && !is_open(begin, size);
}

RegistryLock::RegistryLock() { registry().mutex.lock(); }
RegistryLock::~RegistryLock() { registry().mutex.unlock(); }

std::shared_ptr<Region> Region::freeze(Arena* arena) {
  Unrecorded unrecorded;
  const bool has_ids = arena->freeze();
  std::shared_ptr<Region> region(new Region(Origin::Frozen, arena->name()));
  region->arena_ = arena;
  if (!has_ids) return region;
  const std::lock_guard lock(registry().mutex);
  registry().regions.insert(region.get());
  region->known_ = true;
  arena->region = region.get();
  return region;
}

Result<std::shared_ptr<Region>> Region::promise_range(std::string name, PromisedRange range,
                                                      std::vector<Error> problems) {
  Unrecorded unrecorded;
  std::shared_ptr<Region> region(new Region(Origin::Range, std::move(name)));
  region->range_ = std::move(range);
  region->problems_ = std::move(problems);
  const Range bytes = region->range_.bytes;
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto after = known.ranges.lower_bound(bytes.end);
  if (after != known.ranges.begin()) {
    const Region& before = *std::prev(after)->second;
    if (before.range_.bytes.end > bytes.begin) {
      return Error(ErrorKind::InvalidArgument, "the range \"" + region->name_ + "\" overlaps memory " +
                                                   before.promise() +
                                                   ", which its handle or compiled code still holds");
    }
  }
  known.ranges.emplace(bytes.begin, region.get());
  known.regions.insert(region.get());
  region->known_ = true;
  return region;
}

Result<std::shared_ptr<Region>> Region::promise_graph(std::string name, std::uint32_t id, const std::byte* root) {
  Unrecorded unrecorded;
  std::shared_ptr<Region> region(new Region(Origin::Graph, std::move(name)));
  region->range_.id = id;
  region->range_.bytes = {root, root};
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  const auto [entry, is_new] = known.graphs.emplace(root, region.get());
  if (!is_new) {
    return Error(ErrorKind::InvalidArgument,
                 "the root of graph \"" + region->name_ + "\" is already " + entry->second->promise());
  }
  known.regions.insert(region.get());
  region->known_ = true;
  return region;
}

Region::~Region() {
  Unrecorded unrecorded;
  if (known_) {
    Registry& known = registry();
    const std::lock_guard lock(known.mutex);
    known.regions.erase(this);
    if (origin_ == Origin::Range) known.ranges.erase(range_.bytes.begin);
    if (origin_ == Origin::Graph) known.graphs.erase(range_.bytes.begin);
    if (arena_) arena_->region = nullptr;
  }
  if (arena_) arena_->release();
  if (range_.restore_protection >= 0) end_watch(range_.bytes, range_.restore_protection);
}

std::string Region::promise() const {
  switch (origin_) {
    case Origin::Frozen:
      return "frozen by freeze(\"" + name_ + "\")";
    case Origin::Range:
      return "promised constant as \"" + name_ + "\"";
    case Origin::Graph:
      return "promised a constant graph as \"" + name_ + "\"";
  }
  return {};
}

std::vector<std::shared_ptr<Region>> all_regions() {
  Unrecorded unrecorded;
  std::vector<std::shared_ptr<Region>> regions;
  Registry& known = registry();
  const std::shared_lock lock(known.mutex);
  regions.reserve(known.regions.size());
  for (Region* region : known.regions) {
    if (std::shared_ptr<Region> owner = region->weak_from_this().lock()) regions.push_back(std::move(owner));
  }
  return regions;
}

std::vector<Object> objects_in(const Region& region) {
  const std::shared_ptr<Region> owner = const_cast<Region&>(region).shared_from_this();
  std::vector<Object> objects;
  const Arena* arena = region.arena();
  if (!arena) return {object_of(region, owner)};
  std::map<const std::byte*, const Chunk*> sorted;
  for (const auto& chunk : arena->chunks()) sorted.emplace(chunk->begin, chunk.get());
  for (const auto& [begin, chunk] : sorted) {
    for (std::uint32_t i = 0; i < chunk->record_count; ++i) {
      const Record& record = arena->records()[chunk->first_record + i];
      if (!arena->is_dead(record)) objects.push_back(object_of(record, owner));
    }
  }
  return objects;
}

std::vector<OpenPart> open_parts(const Object& object) {
  std::vector<OpenPart> parts;
  if (!object.region || object.graph || !object.open) return parts;
  const Range bytes{object.begin, object.begin + object.size};
  const Arena* arena = object.region->arena();
  std::vector<Range> ranges = arena ? arena->open_parts() : open_ranges(bytes);
  if (!arena) {
    const std::vector<Range>& promised = object.region->range().open;
    ranges.insert(ranges.end(), promised.begin(), promised.end());
    merge_ranges(ranges);
  }
  auto part = std::upper_bound(ranges.begin(), ranges.end(), bytes.begin,
                               [](const std::byte* at, Range range) { return at < range.end; });
  for (; part != ranges.end() && part->begin < bytes.end; ++part) {
    const std::byte* begin = std::max(part->begin, bytes.begin);
    const std::byte* end = std::min(part->end, bytes.end);
    parts.push_back({static_cast<std::size_t>(begin - bytes.begin), static_cast<std::size_t>(end - begin)});
  }
  return parts;
}

}  // namespace inlay::frozen
