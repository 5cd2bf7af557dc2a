// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What all copies of a Cache share: the store, and counters.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "inlay/cache.h"

namespace inlay::cache {

struct State {
  explicit State(std::shared_ptr<CacheStore> its_store) : store(std::move(its_store)) {}

  /// Something could not be done, which costs time and nothing else.
  void count_failure(const std::string& reason);
  /// Removes an entry that is not what it should be.
  void discard(const std::string& name);

  const std::shared_ptr<CacheStore> store;
  std::atomic<std::uint64_t> hits = 0, misses = 0, stores = 0, damaged = 0;
  std::mutex mutex;
  std::map<std::string, std::uint64_t> failures;
};

/// The two stores that there are.
Result<std::shared_ptr<CacheStore>> directory_store(const std::string& path, std::uint64_t max_bytes);
std::shared_ptr<CacheStore> memory_store(std::uint64_t max_bytes);

}  // namespace inlay::cache
