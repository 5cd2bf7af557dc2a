// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory of objects: blocks of cells of one size, and a precise collector that marks and sweeps and moves nothing.
//
// Precise: it knows every place that holds an object. On the way in C++ those are frames' roots (frame.h), which code
// fills before it calls anything that may allocate; `top` says how far they reach. Sweeping is put off until cells are
// needed, or the next collection, so a pause is mostly the time to mark what lives.
#pragma once

#include "object.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <inlay/annotate.h>

namespace lox {

/// The frames' roots of a thread that runs Lox: [base, top).
using Roots = Object**;

struct GcStatistics {
  std::uint64_t collections = 0;
  double longest_pause_ms = 0;
  double total_pause_ms = 0;
  std::uint64_t live_bytes = 0;  // after the last collection
  std::uint64_t peak_bytes = 0;
};

class Heap {
 public:
  explicit Heap(Vm& vm);
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

  /// A new object of `size` bytes, its header filled in and the rest not. Collects first when it is time to.
  template <class T>
  T* allocate(std::size_t size, Type type, Shape shape, Roots top) {
    std::size_t size_class = (size + granule - 1) / granule;
    if (size_class >= class_count) size_class = large;
    FreeCell* cell = free_[size_class];  // never one that is large; none at all under stress
    if (cell)
      free_[size_class] = cell->next;
    else
      cell = allocate_slowly(size, top);
    return begin<T>(cell, type, shape, size_class);
  }

  /// The same, or null where that would take long or collect.
  template <class T>
  T* allocate_quickly(std::size_t size, Type type, Shape shape) {
    const std::size_t size_class = (size + granule - 1) / granule;
    FreeCell* cell = size_class < class_count ? free_[size_class] : nullptr;
    if (!cell) return nullptr;
    free_[size_class] = cell->next;
    return begin<T>(cell, type, shape, size_class);
  }

  /// The one object with this text that is interned, however long: names are compared as objects. It is not rooted.
  String* intern(std::string_view text, Roots top);
  /// The text of both, interned if it is short. It is not rooted.
  String* concatenate(String* left, String* right, Roots top);

  /// Memory that an object holds beside its cell was allocated or given back.
  void count_outside(std::ptrdiff_t bytes) {
    outside_bytes_ += bytes;
    if (bytes <= 0) return;
    allocated_bytes_ += static_cast<std::size_t>(bytes);
    note_peak();
  }

  void collect(Roots top);
  const GcStatistics& statistics() const { return statistics_; }
  /// For tests: collect at each allocation.
  void set_stress(bool stress) {
    stress_ = stress;
    if (stress) free_ = {};  // the next collection finds these cells again
  }

 private:
  /// Its memory becomes an object of another type, so nothing that is written there may move before reading `next`.
  struct [[gnu::may_alias]] FreeCell : Object {
    FreeCell* next;
  };
  struct Block;

  static constexpr std::size_t granule = 16;
  static constexpr std::size_t class_count = 33;  // cells of up to 512 bytes
  static constexpr std::size_t large = 0;         // the class of larger objects, each of which has a block of its own

  INLAY_OPAQUE FreeCell* allocate_slowly(std::size_t size, Roots top);
  FreeCell* allocate_large(std::size_t size);
  template <class T>
  static T* begin(FreeCell* cell, Type type, Shape shape, std::size_t size_class) {
    T* object = reinterpret_cast<T*>(cell);
    object->shape = shape;
    object->type = type;
    object->marked = false;
    object->size_class = static_cast<std::uint8_t>(size_class);
    return object;
  }
  Block* new_block(std::size_t bytes, std::size_t cell_size);
  void sweep(Block& block, std::size_t size_class);
  void sweep_all();
  void free_large_objects();
  void destroy(Object* object);

  void mark(Object* object);
  void mark(Value value) { mark(value.object_or_null()); }
  void mark_all();
  void mark_children(Object* object);
  void mark_roots(Roots top);

  String* new_string(std::size_t length, Roots top);
  String* find_string(std::string_view text, std::uint32_t hash) const;
  void insert_string(String* string);
  template <class Keep>
  void rebuild_string_table(std::size_t size, const Keep& keep);
  void forget_dead_strings();

  void note_peak() {
    const std::uint64_t held = block_bytes_ + static_cast<std::size_t>(outside_bytes_);
    statistics_.peak_bytes = std::max(statistics_.peak_bytes, held);
  }

  Vm& vm_;
  std::array<FreeCell*, class_count> free_ = {};
  std::array<std::vector<Block*>, class_count> blocks_;  // by size class
  std::array<std::size_t, class_count> unswept_ = {};    // of `blocks_`: those from here on are not swept yet
  std::vector<Object*> gray_;
  std::vector<String*> strings_;  // the intern table: open addressing, a power of two
  std::size_t string_count_ = 0;
  std::size_t block_bytes_ = 0;  // of all blocks
  std::ptrdiff_t outside_bytes_ = 0;
  std::size_t allocated_bytes_ = 0;  // made free for use since the last collection, or outside of cells
  std::size_t limit_bytes_ = 0;      // of `allocated_bytes_`: then it is time to collect
  std::size_t live_bytes_ = 0;       // marked in the last collection
  GcStatistics statistics_;
  bool stress_ = false;
};

}  // namespace lox
