// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled code that is kept from one run of a program to the next.
//
//   auto jit = inlay::Jit::create({.cache = inlay::Cache::directory().value()}).value();
//
// Code is found again by what it was made from: the runtime, the request, the processor, and every constant that was
// read on the way, which is read again and compared. So code that is found is the code that compiling would give,
// wherever things lie in memory this time. A cache never makes anything fail: what cannot be found, read or written is
// compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inlay/result.h"

namespace inlay {

namespace cache {
struct State;
}

/// Where entries are kept: pieces of bytes, by names of 32 hexadecimal digits. An implementation is asked by any number
/// of threads at once. What it gives is checked before it is used, except for one thing: an entry holds machine code,
/// so who can write into the store can make the program do anything.
class CacheStore {
 public:
  virtual ~CacheStore() = default;

  /// The bytes, or nothing if there is no such entry. An error (nobody may read it, it belongs to somebody else) counts
  /// as nothing, and in the statistics.
  virtual Result<std::optional<std::vector<std::byte>>> get(const std::string& name) = 0;
  /// Keeps the bytes, in place of others of this name. Readers see either all of them or nothing.
  virtual Result<void> put(const std::string& name, std::span<const std::byte> bytes) = 0;
  virtual Result<void> remove(const std::string& name) = 0;

  struct Stored {
    std::string name;
    std::uint64_t bytes = 0;
    std::int64_t used = 0;  // seconds since 1970: about when it was stored, or last found
  };
  /// All that is kept, sorted by name.
  virtual Result<std::vector<Stored>> list() = 0;
};

struct CacheOptions {
  /// The folder; it is made if it does not exist. Empty: $INLAY_CACHE_DIR, else $XDG_CACHE_HOME/inlay, else
  /// ~/.cache/inlay. It has to belong to the user that runs the program, and nobody else may write into it.
  std::string path;
  /// What was used least recently goes when all of it is larger than this.
  std::uint64_t max_bytes = std::uint64_t{256} << 20;
};

/// What happened since the program made the cache.
struct CacheStatistics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  // it was looked for, and was not there
  std::uint64_t stores = 0;
  std::uint64_t damaged = 0;  // entries that were not what they should be; they are removed
  /// Why something was not looked for, not read or not stored, and how often.
  struct Failure {
    std::string reason;
    std::uint64_t count = 0;
  };
  std::vector<Failure> failures;
};

/// One entry, for people.
struct CacheEntry {
  std::string name;
  std::string function;  // that was compiled, demangled
  std::string title;     // its Report::name where it was compiled; others that share the entry may have another one
  std::uint64_t bytes = 0;
  std::uint64_t code_bytes = 0;
  std::int64_t used = 0;  // seconds since 1970
  bool sound = true;      // false: it is damaged, or of another format
};

/// The handle of a cache; copies share it. Any thread may use it, and any number of programs the same folder at once.
/// The default one keeps nothing.
class Cache {
 public:
  Cache() = default;

  /// A folder. Fails if it cannot be made, or if others own it or may write into it.
  static Result<Cache> directory(const CacheOptions& options = {});
  /// In this process only: for code that comes and goes.
  static Cache memory(std::uint64_t max_bytes = std::uint64_t{64} << 20);
  /// Kept by something of the program's own.
  static Cache with(std::shared_ptr<CacheStore> store);

  /// The folder that CacheOptions without a path means; an error if none of the three variables is set.
  static Result<std::string> default_path();

  /// Whether it keeps anything.
  explicit operator bool() const { return state_ != nullptr; }

  CacheStatistics statistics() const;

  /// The entries, the ones used last first. Reads each of them, whole: `sound` says whether all checksums are right.
  Result<std::vector<CacheEntry>> list() const;
  /// Removes what is damaged, and tells what that was.
  Result<std::vector<CacheEntry>> repair() const;
  /// Removes everything; how many entries that were.
  Result<std::uint64_t> clear() const;

  explicit Cache(std::shared_ptr<cache::State> state) : state_(std::move(state)) {}
  const std::shared_ptr<cache::State>& state() const { return state_; }

 private:
  std::shared_ptr<cache::State> state_;
};

}  // namespace inlay
