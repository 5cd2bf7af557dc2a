// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Frozen arenas are found through the space's directory, promised ranges and graphs through maps; all under one lock,
// which is never held while user code, a destructor or the deallocation of an arena's memory runs.
#include "frozen/registry.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "frozen/fair_mutex.h"
#include "frozen/memory/watch.h"
#include "frozen/objects.h"
#include "frozen/reads/retire.h"
#include "frozen/recording.h"
#include "frozen/region.h"

namespace inlay::frozen {
namespace {

struct Registry {
  FairMutex mutex;
  std::map<const std::byte*, Region*> ranges;  // by their begin; disjoint
  std::unordered_map<const std::byte*, Region*> graphs;
  std::map<std::uint32_t, Region*> regions;  // by their first ids
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
  // What may be changed some day must not be constant for LLVM: only what was folded is retired then.
  const bool open = !graph && (range.changing || !range.open.empty() || is_open(range.bytes.begin, size));
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

/// Where constant bytes lie: in the object `id`, `begin` of which is at its beginning.
struct ConstantBytes {
  const Region* region;
  std::uint32_t id;
  const std::byte* begin;
};

std::optional<ConstantBytes> find_constant(const Registry& known, const std::byte* begin, std::size_t size) {
  if (size > UINTPTR_MAX - reinterpret_cast<std::uintptr_t>(begin)) return std::nullopt;
  const std::byte* end = begin + size;
  Region* region = nullptr;
  if (const Record* record = find_record(begin, region)) {
    if (size > record->size || end > record->begin + record->size) return std::nullopt;
    if (record->open && overlaps(region->arena()->open_parts(), {begin, end})) return std::nullopt;
    return ConstantBytes{region, record->id, record->begin};
  }
  region = find_range(known, begin);
  if (!region) return std::nullopt;
  const PromisedRange& range = region->range();
  if (end > range.bytes.end || region->changes().is_changing({begin, end})) return std::nullopt;
  if (overlaps(range.open, {begin, end}) || is_open(begin, size)) return std::nullopt;
  return ConstantBytes{region, range.id, range.bytes.begin};
}

const Region* region_with(const Registry& known, std::uint32_t object_id) {
  auto after = known.regions.upper_bound(object_id);
  if (after == known.regions.begin()) return nullptr;
  const Region* region = std::prev(after)->second;
  return object_id - region->first_id() < region->id_count() ? region : nullptr;
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
  Registry& known = registry();
  const std::shared_lock lock(known.mutex);
  return find_constant(known, static_cast<const std::byte*>(address), size).has_value();
}

std::optional<Read> copy_constant(const void* address, std::size_t size, void* into) {
  const std::byte* begin = static_cast<const std::byte*>(address);
  Registry& known = registry();
  const std::shared_lock lock(known.mutex);  // who changes or frees what is there takes the exclusive one before
  const std::optional<ConstantBytes> found = find_constant(known, begin, size);
  if (!found) return std::nullopt;
  std::memcpy(into, begin, size);
  return Read{found->id, static_cast<std::uint64_t>(begin - found->begin), size, found->region->changes().generation()};
}

bool regions_of_true(std::span<const Read> reads, std::vector<std::uint32_t>& regions) {
  std::vector<std::uint32_t> found;
  {
    Registry& known = registry();
    const std::shared_lock lock(known.mutex);
    for (const Read& read : reads) {
      const Region* region = region_with(known, read.object_id);
      if (!region) return false;
      if (found.empty() || found.back() != region->first_id()) found.push_back(region->first_id());
      if (!region->range().changing) continue;
      const std::byte* begin = region->range().bytes.begin + read.offset;
      if (region->changes().changed_since({begin, begin + read.size}, read.generation)) return false;
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  regions.insert(regions.end(), found.begin(), found.end());
  return true;
}

RegistryLock::RegistryLock() { registry().mutex.lock(); }
RegistryLock::~RegistryLock() { registry().mutex.unlock(); }
RegistryReadLock::RegistryReadLock() { registry().mutex.lock_shared(); }
RegistryReadLock::~RegistryReadLock() { registry().mutex.unlock_shared(); }

std::shared_ptr<Region> Region::freeze(Arena* arena) {
  Unrecorded unrecorded;
  const bool has_ids = arena->freeze();
  std::shared_ptr<Region> region(new Region(Origin::Frozen, arena->name()));
  region->arena_ = arena;
  if (!has_ids) return region;
  if (!arena->records().empty()) region->first_arena_id_ = arena->records().front().id;
  const std::lock_guard lock(registry().mutex);
  region->make_known();
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
  region->make_known();
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
  region->make_known();
  return region;
}

std::uint32_t Region::id_count() const { return arena_ ? static_cast<std::uint32_t>(arena_->records().size()) : 1; }

// With the lock held.
void Region::make_known() {
  if (id_count() > 0) registry().regions.emplace(first_id(), this);
  known_ = true;
}

// From now on nobody finds it or can come to depend on it. False if that was so already.
bool Region::forget() {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  if (!known_) return false;
  known_ = false;
  if (id_count() > 0) known.regions.erase(first_id());
  if (origin_ == Origin::Range) known.ranges.erase(range_.bytes.begin);
  if (origin_ == Origin::Graph) known.graphs.erase(range_.bytes.begin);
  if (arena_) arena_->region = nullptr;
  return true;
}

Region::~Region() {
  Unrecorded unrecorded;
  if (forget()) retire_all(first_id(), {Retirement::Cause::Freed, name_});
  if (arena_) arena_->release();
  if (range_.restore_protection >= 0) end_watch(range_.bytes, range_.restore_protection);
}

bool Region::begin_change(Range bytes) {
  Unrecorded unrecorded;
  {
    const std::lock_guard lock(registry().mutex);
    if (!known_) return true;
    if (range_.read_only && range_.restore_protection >= 0) {  // else writable, or for the program to make so
      if (!end_watch(range_.bytes, range_.restore_protection)) return false;
      range_.read_only = false;
    }
    changes_.begin(bytes);
  }
  retire_touched(first_id(), range_.id, static_cast<std::uint64_t>(bytes.begin - range_.bytes.begin),
                 static_cast<std::uint64_t>(bytes.end - bytes.begin), {Retirement::Cause::Changed, name_});
  return true;
}

void Region::end_change(Range bytes) {
  Unrecorded unrecorded;
  const std::lock_guard lock(registry().mutex);
  changes_.end(bytes);
  if (!known_ || changes_.active()) return;
  const std::size_t size = static_cast<std::size_t>(range_.bytes.end - range_.bytes.begin);
  if (range_.restore_protection >= 0)
    range_.read_only = begin_watch(range_.bytes, range_.restore_protection, name_, range_.id);
  if (!range_.read_only) range_.checksum = checksum_without(range_.bytes.begin, size, range_.open);
}

void Region::withdraw() {
  Unrecorded unrecorded;
  forget();
  retire_all(first_id(), {Retirement::Cause::Withdrawn, name_});  // even if another thread is just about to
  const std::lock_guard lock(registry().mutex);
  if (range_.restore_protection >= 0) end_watch(range_.bytes, range_.restore_protection);
  range_.restore_protection = -1;
}

std::string Region::promise() const {
  switch (origin_) {
    case Origin::Frozen:
      return "frozen by freeze(\"" + name_ + "\")";
    case Origin::Range:
      return (range_.changing ? "promised to change rarely as \"" : "promised constant as \"") + name_ + "\"";
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
  for (const auto& [id, region] : known.regions) {
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
