// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the replaced `operator new` of inlay::recorder and the library know of each other.
#pragma once

#include <cstddef>

#include "frozen/memory/space.h"

namespace inlay::frozen {

class Arena;

/// The arena that this thread's allocations go to, if any. initial-exec: one load, and usable before any constructor.
extern constinit thread_local Arena* recording_arena [[gnu::tls_model("initial-exec")]];

/// Memory in `arena`; null if it has none to give (the caller then uses malloc, and status() will tell).
void* arena_allocate(Arena& arena, std::size_t size, std::size_t alignment) noexcept;

/// Marks an allocation dead. `memory` must satisfy space_contains(); anything there that is no live allocation is
/// ignored.
void arena_deallocate(void* memory) noexcept;

/// Keeps what the library allocates for itself out of the arena being recorded on this thread.
class Unrecorded {
 public:
  Unrecorded() : saved_(recording_arena) { recording_arena = nullptr; }
  Unrecorded(const Unrecorded&) = delete;
  Unrecorded& operator=(const Unrecorded&) = delete;
  ~Unrecorded() { recording_arena = saved_; }

 private:
  Arena* saved_;
};

}  // namespace inlay::frozen

/// Defined by inlay::recorder only: null in a program that does not link it.
extern "C" [[gnu::weak]] void inlay_recorder_is_linked() noexcept;
