// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/space.h"

#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <mutex>

#include "frozen/recording.h"

// Of LeakSanitizer, where that is linked: what frozen memory alone points to is not leaked.
extern "C" [[gnu::weak]] void __lsan_register_root_region(const void* begin, std::size_t size);

namespace inlay::frozen {

constinit std::atomic<std::uintptr_t> space_begin = 0;
constinit std::atomic<std::size_t> space_size = 0;

namespace {

constexpr std::size_t GiB = KiB * KiB * KiB;
constexpr std::size_t LargestSpace = 64 * GiB;
constexpr std::size_t SmallestSpace = GiB;

// One entry a granule, in memory of its own that only costs what is touched.
constinit std::atomic<std::atomic<Chunk*>*> directory = nullptr;

struct FreeList {
  std::mutex mutex;
  bool reserved = false;                   // whether a reservation was tried
  std::map<std::byte*, std::size_t> runs;  // of free addresses, neighbours merged
};

// Never destroyed: memory may come back after the destructors of statics have run.
FreeList& free_list() {
  static FreeList& list = *new FreeList;
  return list;
}

void* map_lazily(std::size_t size, int protection) {
  void* memory = mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void reserve(FreeList& list) {
  list.reserved = true;
  for (std::size_t size = LargestSpace; size >= SmallestSpace; size /= 2) {
    void* memory = map_lazily(size + GranuleSize, PROT_NONE);
    if (!memory) continue;
    void* entries = map_lazily(size / GranuleSize * sizeof(std::atomic<Chunk*>), PROT_READ | PROT_WRITE);
    if (!entries) {
      munmap(memory, size + GranuleSize);
      continue;
    }
    const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(memory) + GranuleSize - 1) & ~(GranuleSize - 1);
    directory.store(static_cast<std::atomic<Chunk*>*>(entries), std::memory_order_release);
    space_begin.store(begin, std::memory_order_relaxed);
    space_size.store(size, std::memory_order_release);
    list.runs.emplace(reinterpret_cast<std::byte*>(begin), size);
    if (__lsan_register_root_region) __lsan_register_root_region(reinterpret_cast<void*>(begin), size);
    return;
  }
}

std::byte* take_addresses(FreeList& list, std::size_t size) {
  for (auto run = list.runs.begin(); run != list.runs.end(); ++run) {
    if (run->second < size) continue;
    std::byte* begin = run->first;
    auto node = list.runs.extract(run);
    if (node.mapped() > size) {
      node.key() += size;
      node.mapped() -= size;
      list.runs.insert(std::move(node));
    }
    return begin;
  }
  return nullptr;
}

void return_addresses(FreeList& list, std::byte* begin, std::size_t size) {
  auto next = list.runs.lower_bound(begin);
  if (next != list.runs.end() && next->first == begin + size) {
    size += next->second;
    next = list.runs.erase(next);
  }
  if (next != list.runs.begin()) {
    auto previous = std::prev(next);
    if (previous->first + previous->second == begin) {
      previous->second += size;
      return;
    }
  }
  list.runs.emplace_hint(next, begin, size);
}

}  // namespace

std::size_t page_size() {
  static const std::size_t size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::byte* space_allocate(std::size_t size) {
  Unrecorded unrecorded;
  FreeList& list = free_list();
  std::byte* begin;
  {
    std::lock_guard lock(list.mutex);
    if (!list.reserved) reserve(list);
    begin = take_addresses(list, size);
  }
  if (!begin) return nullptr;
  if (mprotect(begin, size, PROT_READ | PROT_WRITE) == 0) return begin;
  std::lock_guard lock(list.mutex);
  return_addresses(list, begin, size);
  return nullptr;
}

void space_release(std::byte* begin, std::size_t size) {
  Unrecorded unrecorded;
  // If giving the memory back fails, it must not be handed out as zeroed: its addresses are lost, no more.
  if (madvise(begin, size, MADV_DONTNEED) != 0) return;
  mprotect(begin, size, PROT_NONE);  // finds uses after the end; a refusal costs only that
  FreeList& list = free_list();
  std::lock_guard lock(list.mutex);
  return_addresses(list, begin, size);
}

void space_assign(std::byte* begin, std::size_t size, Chunk* chunk) {
  std::atomic<Chunk*>* entries = directory.load(std::memory_order_acquire);
  const std::size_t first = (reinterpret_cast<std::uintptr_t>(begin) - space_begin) / GranuleSize;
  for (std::size_t i = 0; i < size / GranuleSize; ++i) entries[first + i].store(chunk, std::memory_order_release);
}

Chunk* space_chunk(const void* address) {
  const std::size_t size = space_size.load(std::memory_order_acquire);
  const std::size_t offset = reinterpret_cast<std::uintptr_t>(address) - space_begin.load(std::memory_order_relaxed);
  if (offset >= size) return nullptr;
  return directory.load(std::memory_order_acquire)[offset / GranuleSize].load(std::memory_order_acquire);
}

}  // namespace inlay::frozen
