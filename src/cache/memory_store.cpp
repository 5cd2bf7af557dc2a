// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Entries in this process's memory, the least recently used going first.
#include <ctime>
#include <map>
#include <mutex>

#include "cache/cache.h"

namespace inlay::cache {

namespace {

class MemoryStore final : public CacheStore {
 public:
  explicit MemoryStore(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  Result<std::optional<std::vector<std::byte>>> get(const std::string& name) override {
    std::lock_guard lock(mutex_);
    auto found = kept_.find(name);
    if (found == kept_.end()) return std::optional<std::vector<std::byte>>();
    found->second.turn = ++turn_;
    found->second.used = std::time(nullptr);
    return std::optional(found->second.bytes);
  }

  Result<void> put(const std::string& name, std::span<const std::byte> bytes) override {
    if (bytes.size() > max_bytes_)
      return Error(ErrorKind::BudgetExceeded, "an entry is larger than the whole cache may be");
    std::lock_guard lock(mutex_);
    forget(name);
    while (total_ + bytes.size() > max_bytes_) forget(least_recent());
    kept_[name] = {{bytes.begin(), bytes.end()}, ++turn_, std::time(nullptr)};
    total_ += bytes.size();
    return {};
  }

  Result<void> remove(const std::string& name) override {
    std::lock_guard lock(mutex_);
    forget(name);
    return {};
  }

  Result<std::vector<Stored>> list() override {
    std::lock_guard lock(mutex_);
    std::vector<Stored> all;
    for (const auto& [name, kept] : kept_) all.push_back({name, kept.bytes.size(), kept.used});
    return all;
  }

 private:
  struct Kept {
    std::vector<std::byte> bytes;
    std::uint64_t turn = 0;
    std::int64_t used = 0;
  };

  std::string least_recent() const {
    auto least = kept_.begin();
    for (auto at = kept_.begin(); at != kept_.end(); ++at)
      if (at->second.turn < least->second.turn) least = at;
    return least->first;
  }

  void forget(const std::string& name) {
    auto found = kept_.find(name);
    if (found == kept_.end()) return;
    total_ -= found->second.bytes.size();
    kept_.erase(found);
  }

  const std::uint64_t max_bytes_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  std::uint64_t total_ = 0, turn_ = 0;
};

}  // namespace

std::shared_ptr<CacheStore> memory_store(std::uint64_t max_bytes) { return std::make_shared<MemoryStore>(max_bytes); }

}  // namespace inlay::cache
