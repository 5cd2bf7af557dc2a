// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Address space for code, in which nothing is ever writable and executable.
//
// Memory comes in slabs of three areas: code that may be executed, constants that may be read, data that may be
// written. An area gets its protection when it is mapped, and keeps it: contents of the first two are written through
// /proc/thread-self/mem, which asks what the file may, not what the page may. So functions need no pages of their own,
// no mapping, and no call that changes one under running neighbours; after a fork, parent and child each have their
// own.
//
//   slab   │ code  r-x      │ constants  r-- │ data  rw- │      within 2 GB of each other, so that code reaches all
//
// Slabs lie within 2 GB of the program's own text if there is room: then its calls need no detour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "jit/link/free_runs.h"

namespace inlay::jit {

enum class Area : std::uint8_t { Code, Constants, Data };
inline constexpr std::size_t Areas = 3;

class CodeSpace {
 public:
  /// Null if this process may not write its memory through /proc, or has no addresses left.
  static std::unique_ptr<CodeSpace> create();

  CodeSpace() = default;
  CodeSpace(const CodeSpace&) = delete;
  CodeSpace& operator=(const CodeSpace&) = delete;
  ~CodeSpace();

  /// Bytes of one area, [begin, begin + size).
  struct Piece {
    Area area;
    std::size_t size;
    std::size_t alignment;       // a power of two
    std::byte* begin = nullptr;  // set by allocate()
  };

  /// Addresses for all of `pieces`, from one slab. Their contents are undefined. False if there is no room. Safe from
  /// any thread, as is release().
  bool allocate(std::span<Piece> pieces);

  /// Nobody may use them any more.
  void release(std::span<const Piece> pieces);

  struct Contents {
    std::byte* to;
    std::span<const std::byte> bytes;
  };
  /// Fills allocated memory of any area. Code may be executed, on any thread, once this has returned. False if the
  /// system refuses.
  static bool write(std::span<const Contents> all);

  struct Usage {
    std::size_t slabs = 0;
    std::size_t reserved = 0;               // addresses
    std::array<std::size_t, Areas> used{};  // bytes handed out
  };
  Usage usage() const;

 private:
  struct Slab;

  Slab* add_slab(std::span<const Piece> pieces);
  bool take_from(Slab& slab, std::span<Piece> pieces);
  void give_back(Slab& slab, const Piece& piece);

  mutable std::mutex mutex_;
  std::map<std::uintptr_t, std::unique_ptr<Slab>> slabs_;  // by their begin
};

}  // namespace inlay::jit
