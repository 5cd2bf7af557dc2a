// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A region: what was frozen or promised together, known to the registry from its making until its last owner goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "frozen/memory/arena.h"
#include "frozen/memory/open_parts.h"
#include "frozen/reads/change_log.h"
#include "inlay/frozen.h"

namespace inlay::frozen {

/// Memory of the user's own, as promised.
struct PromisedRange {
  std::uint32_t id = 0;
  Range bytes;
  std::vector<Range> open;      // at the time of the promise
  std::uint64_t checksum = 0;   // of what is not open, unless the pages are protected
  int restore_protection = -1;  // what the pages get back when the promise ends; -1 if they were not changed
  bool read_only = false;       // the pages are, by us or by themselves
  bool changing = false;        // promised to change rarely
};

class Region : public std::enable_shared_from_this<Region> {
 public:
  enum class Origin : std::uint8_t { Frozen, Range, Graph };

  /// Freezes `arena`, owns it, and makes its objects known.
  static std::shared_ptr<Region> freeze(Arena* arena);

  /// Makes a promised range known. Refuses one that overlaps another, or the space of the arenas.
  static Result<std::shared_ptr<Region>> promise_range(std::string name, PromisedRange range,
                                                       std::vector<Error> problems);

  /// Makes the root of a graph known. Refuses one that is promised already.
  static Result<std::shared_ptr<Region>> promise_graph(std::string name, std::uint32_t id, const std::byte* root);

  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  /// Forgets the objects, then makes the memory writable again and gives it up.
  ~Region();

  Origin origin() const { return origin_; }
  const std::string& name() const { return name_; }
  /// As it appears in messages: `frozen by freeze("calc")`.
  std::string promise() const;
  const std::vector<Error>& problems() const { return arena_ ? arena_->problems() : problems_; }
  /// Pages made writable since the freeze, because a std::shared_ptr in them was copied or dropped.
  std::uint32_t thawed_pages() const { return arena_ ? arena_->thawed_pages() : 0; }

  /// Null unless the origin is Frozen.
  const Arena* arena() const { return arena_; }
  /// Of a Range; of a Graph, only the id and the root: bytes.begin.
  const PromisedRange& range() const { return range_; }

  /// From now on nothing in `bytes`, a part of a changing range, counts as constant; whoever read any of it is retired,
  /// and pages are writable. False if they cannot be made so: then nothing has changed. Once the promise is withdrawn,
  /// does nothing.
  bool begin_change(Range bytes);
  void end_change(Range bytes);

  /// Ends a promise while it still has owners. May be called again.
  void withdraw();

  /// Of a promised range: whether it can be told that a byte was changed which should not have been. Not while it is
  /// being changed, nor once it is withdrawn. With the registry locked.
  bool needs_check() const { return known_ && !range_.read_only && !changes_.active(); }

  /// What was changed; guarded by the registry's lock, as are the members of range() that a change changes.
  const ChangeLog& changes() const { return changes_; }

  /// The ids of its objects are [first_id(), first_id() + id_count()).
  std::uint32_t first_id() const { return arena_ ? first_arena_id_ : range_.id; }
  std::uint32_t id_count() const;

 private:
  Region(Origin origin, std::string name) : origin_(origin), name_(std::move(name)) {}
  void make_known();
  bool forget();

  Origin origin_;
  bool known_ = false;  // to the registry, whose lock guards it
  std::uint32_t first_arena_id_ = 0;
  std::string name_;
  Arena* arena_ = nullptr;
  PromisedRange range_;
  std::vector<Error> problems_;
  ChangeLog changes_;
};

/// Keeps the registry from being read or changed.
class RegistryLock {
 public:
  RegistryLock();
  RegistryLock(const RegistryLock&) = delete;
  RegistryLock& operator=(const RegistryLock&) = delete;
  ~RegistryLock();
};

/// Keeps it from being changed.
class RegistryReadLock {
 public:
  RegistryReadLock();
  RegistryReadLock(const RegistryReadLock&) = delete;
  RegistryReadLock& operator=(const RegistryReadLock&) = delete;
  ~RegistryReadLock();
};

/// All regions that are alive.
std::vector<std::shared_ptr<Region>> all_regions();

}  // namespace inlay::frozen
