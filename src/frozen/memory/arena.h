// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory behind a scope or resource: bump-allocated while it records, then frozen as a whole, then thawed as a
// whole, and given back when nobody can reach it any more.
//
//   recording ──freeze()──► frozen ──thaw()──► thawed ──last deallocation──► gone
//       └────────────────────release()────────────┘
//
// An arena frees itself: when its owner (a scope, then a region) has released it and all its allocations are dead.
// Until then allocations that outsiders still hold stay valid, ordinary memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "frozen/memory/open_parts.h"
#include "inlay/frozen.h"

namespace inlay::frozen {

/// One allocation. `begin`, `size`, `id`, `open` and the flags do not change once frozen; `dead` does, at any time.
struct Record {
  std::byte* begin;
  std::size_t size;
  std::uint64_t checksum;
  std::uint32_t id;
  bool open;
  bool control_block;
  std::uint8_t dead;  // through std::atomic_ref once frozen
};

/// A run of granules, and the records of the allocations in it: consecutive, and ascending by address.
struct Chunk {
  Arena* arena;
  std::byte* begin;
  std::byte* end;
  std::byte* next;  // where the free rest begins
  std::uint32_t first_record;
  std::uint32_t record_count;
  std::unique_ptr<std::atomic<bool>[]> thawed;  // a flag a page, once frozen with Strength::Pages

  // Once frozen, which records begin where: those of bucket i, 2^bucket_shift bytes of the chunk, have the indices
  // [buckets[i], buckets[i + 1]) among all of the arena's.
  unsigned bucket_shift;
  std::vector<std::uint32_t> buckets;

  std::size_t pages() const;
};

class Arena {
 public:
  /// An arena with one owner: the caller. `needs_recorder`: it is meant to hold what `new` allocates.
  static Arena* create(const FreezeOptions& options, bool needs_recorder);

  /// Null if there is no memory. Safe from any thread.
  void* allocate(std::size_t size, std::size_t alignment) noexcept;

  /// Marks what begins at `memory` (in the space, in an arena) dead. Safe from any thread. May destroy its arena.
  static void deallocate(void* memory) noexcept;

  /// Leaves it to release() to destroy `object` and deallocate its memory (which may be malloc's).
  void adopt(void* object, void (*destroy)(void*) noexcept);

  /// Ends the recording, and makes the contents constant as far as possible; what is not, problems() tells. False if
  /// the objects got no ids, so that nobody may be told of them. `mutex_` is held meanwhile: no user code runs in it.
  bool freeze();

  /// Makes the pages writable again, gives up ownership and destroys what was adopted. The arena is gone afterwards, or
  /// as soon as its allocations are.
  void release() noexcept;

  /// One owner more; and one less, which changes nothing else.
  void add_owner();
  void drop_owner() noexcept;

  bool is_recording() const { return state_.load(std::memory_order_acquire) == State::Recording; }

  const std::string& name() const { return options_.name; }
  const std::vector<Error>& problems() const { return problems_; }
  /// Pages made writable since, because a reference count changed there.
  std::uint32_t thawed_pages() const { return thawed_pages_.load(std::memory_order_relaxed); }

  /// The arena's region; set and reset under the registry's exclusive lock, read under its shared one.
  Region* region = nullptr;

  // What follows is for a frozen arena.

  /// The record whose allocation holds `address` or ends there, in that chunk; null if there is none or it is dead.
  const Record* record_at(const Chunk& chunk, const std::byte* address) const;
  bool is_dead(const Record& record) const;
  const std::vector<std::unique_ptr<Chunk>>& chunks() const { return chunks_; }
  const std::vector<Record>& records() const { return records_; }
  /// All open bytes, sorted and merged.
  const std::vector<Range>& open_parts() const { return open_parts_; }

  /// Whether a changed byte of the record could have gone unnoticed: its pages are writable.
  bool needs_check(const Chunk& chunk, const Record& record) const;
  std::uint64_t checksum(const Record& record) const;

  /// What a write fault at `address` means. Async-signal-safe.
  enum class Fault { Retry, Broken };
  Fault on_write_fault(Chunk& chunk, const std::byte* address);

 private:
  enum class State : std::uint8_t { Recording, Checked, Protected, Stuck, Thawed };
  struct Adopted {
    void* object;
    void (*destroy)(void*) noexcept;
  };

  Arena(const FreezeOptions& options, bool needs_recorder) : options_(options), needs_recorder_(needs_recorder) {}
  ~Arena();

  Chunk* add_chunk(std::size_t room);
  bool mark_dead(Chunk& chunk, std::byte* memory);
  void fill_buckets(Chunk& chunk) const;
  void find_open_parts();
  bool assign_ids();
  void compute_checksums();
  bool protect();
  bool thaw();
  void explain();

  const FreezeOptions options_;
  const bool needs_recorder_;
  std::mutex mutex_;  // guards all below while recording; counts and dead flags always
  std::atomic<State> state_ = State::Recording;
  std::size_t owners_ = 1;
  std::size_t live_ = 0;     // allocations not dead
  std::size_t refused_ = 0;  // allocations that went to malloc
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<Record> records_;
  std::vector<Adopted> adopted_;
  std::vector<Range> open_parts_;
  std::size_t mutables_ = 0;  // of open_parts_, those that are a Mutable<T>
  std::vector<Error> problems_;
  std::atomic<std::uint32_t> thawed_pages_ = 0;
};

/// Reserves `count` consecutive object ids and returns the first; 0 if the process has used them all up.
std::uint32_t reserve_ids(std::size_t count);

/// Hash of the bytes [begin, begin + size) but for those in `open` (sorted, merged).
std::uint64_t checksum_without(const std::byte* begin, std::size_t size, const std::vector<Range>& open);

}  // namespace inlay::frozen
