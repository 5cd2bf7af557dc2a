// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one range of addresses that all frozen arenas lie in. `operator delete` tells by two loads and one compare
// whether memory is ours, and the fault handler finds whose it is without a lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace inlay::frozen {

struct Chunk;

inline constexpr std::size_t KiB = 1024;

/// What the range is handed out in. A region owns at least one; only the pages it touches cost memory.
inline constexpr std::size_t GranuleSize = 64 * KiB;

/// The range; both zero until the first allocation, and for good if the system refuses. Constant once they are set.
extern constinit std::atomic<std::uintptr_t> space_begin;
extern constinit std::atomic<std::size_t> space_size;

/// Whether `address` lies in the range. Never blocks.
inline bool space_contains(const void* address) {
  const std::size_t size = space_size.load(std::memory_order_acquire);  // set after space_begin
  return reinterpret_cast<std::uintptr_t>(address) - space_begin.load(std::memory_order_relaxed) < size;
}

/// The system's page size.
std::size_t page_size();

/// `size` bytes (a multiple of GranuleSize) of zeroed, writable memory in the range, or null if there are none left.
std::byte* space_allocate(std::size_t size);

/// Gives memory and addresses back. Nobody may use them any more.
void space_release(std::byte* begin, std::size_t size);

/// Notes that the granules of [begin, begin + size) belong to `chunk` (null: to none).
void space_assign(std::byte* begin, std::size_t size, Chunk* chunk);

/// The chunk that `address` lies in; null if in none. Never blocks: fit for a signal handler. The chunk stays valid
/// while an allocation in it is alive, and while the registry is locked.
Chunk* space_chunk(const void* address);

}  // namespace inlay::frozen
