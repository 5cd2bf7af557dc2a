// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cache/cache.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "cache/trie.h"
#include "frozen/recording.h"

namespace inlay {

namespace cache {

void State::count_failure(const std::string& reason) {
  constexpr std::size_t MostReasons = 64;  // they may name files
  std::lock_guard lock(mutex);
  if (failures.size() < MostReasons || failures.contains(reason))
    ++failures[reason];
  else
    ++failures["other reasons"];
}

void State::discard(const std::string& name) {
  ++damaged;
  if (Result<void> removed = store->remove(name); !removed) count_failure(removed.error().message());
}

}  // namespace cache

Result<std::string> Cache::default_path() {
  const auto of = [](const char* variable) {
    const char* value = std::getenv(variable);
    return std::string(value ? value : "");
  };
  if (std::string own = of("INLAY_CACHE_DIR"); !own.empty()) return own;
  if (std::string caches = of("XDG_CACHE_HOME"); caches.starts_with('/')) return caches + "/inlay";
  if (std::string home = of("HOME"); home.starts_with('/')) return home + "/.cache/inlay";
  return Error(ErrorKind::NotFound, "there is no place for a cache: set INLAY_CACHE_DIR or HOME, or give a path");
}

Result<Cache> Cache::directory(const CacheOptions& options) {
  const frozen::Unrecorded unrecorded;
  std::string path = options.path;
  if (path.empty()) {
    INLAY_TRY(path, default_path());
  }
  INLAY_TRY(std::shared_ptr<CacheStore> store, cache::directory_store(path, options.max_bytes));
  return with(std::move(store));
}

Cache Cache::memory(std::uint64_t max_bytes) {
  const frozen::Unrecorded unrecorded;
  return with(cache::memory_store(max_bytes));
}

Cache Cache::with(std::shared_ptr<CacheStore> store) {
  const frozen::Unrecorded unrecorded;
  return Cache(std::make_shared<cache::State>(std::move(store)));
}

CacheStatistics Cache::statistics() const {
  CacheStatistics statistics;
  if (!state_) return statistics;
  statistics.hits = state_->hits;
  statistics.misses = state_->misses;
  statistics.stores = state_->stores;
  statistics.damaged = state_->damaged;
  std::lock_guard lock(state_->mutex);
  for (const auto& [reason, count] : state_->failures) statistics.failures.push_back({reason, count});
  return statistics;
}

namespace {

CacheEntry describe(const CacheStore::Stored& stored, const Result<std::optional<base::Bytes>>& got) {
  CacheEntry described{stored.name, "", "", stored.bytes, 0, stored.used, false};
  if (!got || !*got) return described;
  std::optional<cache::Entry> entry = cache::read_entry(**got);
  if (!entry) return described;
  described.function = cache::function_of(entry->request);
  described.code_bytes = entry->object.size();
  const std::optional<cache::Facts> facts = cache::read_facts(entry->facts);
  if (facts) described.title = facts->report.name;
  described.sound = cache::name_of(entry->id) == stored.name && cache::object_is_sound(**got) && facts;
  return described;
}

}  // namespace

Result<std::vector<CacheEntry>> Cache::list() const {
  std::vector<CacheEntry> entries;
  if (!state_) return entries;
  INLAY_TRY(std::vector<CacheStore::Stored> all, state_->store->list());
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return std::tie(b.used, a.name) < std::tie(a.used, b.name); });
  for (const CacheStore::Stored& stored : all) {
    Result<std::optional<base::Bytes>> got = state_->store->get(stored.name);
    if (got && !*got) continue;  // gone meanwhile
    entries.push_back(describe(stored, got));
  }
  return entries;
}

Result<std::vector<CacheEntry>> Cache::repair() const {
  INLAY_TRY(std::vector<CacheEntry> entries, list());
  std::erase_if(entries, [](const CacheEntry& entry) { return entry.sound; });
  for (const CacheEntry& entry : entries) INLAY_TRY_VOID(state_->store->remove(entry.name));
  return entries;
}

Result<std::uint64_t> Cache::clear() const {
  std::uint64_t count = 0;
  if (!state_) return count;
  INLAY_TRY(std::vector<CacheStore::Stored> all, state_->store->list());
  for (const CacheStore::Stored& stored : all) {
    INLAY_TRY_VOID(state_->store->remove(stored.name));
    ++count;
  }
  return count;
}

}  // namespace inlay
