// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables in virtual memory: address space is reserved once, memory is committed as the table grows, and nothing ever
// moves. An index is one addition away from its entry, and emptying a table costs no more than setting a counter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "inlay/id.h"

namespace inlay {

/// A reserved range of address space whose beginning is memory. Move-only.
class Reservation {
 public:
  /// Reserves as much of `bytes` as the system grants (by halves, at least 64 KiB; nothing if it refuses that too).
  explicit Reservation(std::size_t bytes);
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  std::byte* base() const { return base_; }
  /// How many bytes from base() are memory, zero at first.
  std::size_t committed() const { return committed_; }
  /// Makes at least `bytes` of it memory, and some more to come; false if the range or the system's memory ends there.
  bool commit(std::size_t bytes);
  /// Gives memory beyond the first `bytes` back to the system, which may be cheaper to get anew than to keep.
  void trim(std::size_t bytes);

 private:
  std::byte* base_ = nullptr;
  std::size_t reserved_ = 0;
  std::size_t committed_ = 0;
};

/// A table of plain data, addressed by handles from 1 on. Entry 0 is there, zero, and means none. Where no more fit,
/// add() hands out none and `exhausted` tells; the last entry is lost, all others stay. Not safe to change from several
/// threads; references stay good until reset().
template <class T, class Handle>
class Arena {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  static constexpr std::size_t Kept = std::size_t{16} << 20;  // bytes that reset() keeps

  explicit Arena(std::uint32_t limit) : memory_(std::size_t{limit} * sizeof(T)) { grow(1); }

  Handle add(const T& entry) {
    if (count_ == capacity_ && !grow(count_ + 1)) return Handle{};
    memory()[count_] = entry;
    return Handle{count_++};
  }

  /// `n` entries in a row, as they may have been left by what was there before reset(); the first one's handle.
  Handle add_uninitialized(std::uint32_t n) {
    if (n > capacity_ - count_ && (n > ~count_ || !grow(count_ + n))) return Handle{};
    return Handle{std::exchange(count_, count_ + n)};
  }

  T& operator[](Handle handle) { return memory()[handle.value]; }
  const T& operator[](Handle handle) const { return memory()[handle.value]; }
  bool contains(Handle handle) const { return handle.value != 0 && handle.value < count_; }

  /// One more than the highest handle that was handed out.
  std::uint32_t count() const { return count_; }
  bool exhausted() const { return exhausted_; }
  std::size_t bytes() const { return std::size_t{count_} * sizeof(T); }

  std::span<T> entries() { return count_ > 1 ? std::span<T>(memory() + 1, count_ - 1) : std::span<T>(); }
  std::span<const T> entries() const { return {memory() + 1, count_ > 1 ? count_ - 1 : 0}; }

  /// Forgets all entries from `count` on.
  void shrink(std::uint32_t count) { count_ = count; }
  void reset() {
    count_ = 1;
    exhausted_ = false;
    if (memory_.committed() > Kept) {
      memory_.trim(Kept);
      capacity_ = capacity_of(memory_.committed());
    }
  }

 private:
  T* memory() const { return reinterpret_cast<T*>(memory_.base()); }

  static std::uint32_t capacity_of(std::size_t bytes) {
    return static_cast<std::uint32_t>(bytes / sizeof(T) > ~std::uint32_t{0} ? ~std::uint32_t{0} : bytes / sizeof(T));
  }

  bool grow(std::uint32_t entries) {
    if (!memory_.commit(std::size_t{entries} * sizeof(T))) {
      exhausted_ = true;
      return false;
    }
    capacity_ = capacity_of(memory_.committed());
    return true;
  }

  Reservation memory_;
  std::uint32_t count_ = 1;
  std::uint32_t capacity_ = 0;
  bool exhausted_ = false;
};

}  // namespace inlay
