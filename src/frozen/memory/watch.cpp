// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/watch.h"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>

#include "frozen/memory/fault.h"
#include "frozen/recording.h"

namespace inlay::frozen {
namespace {

constinit std::mutex watch_mutex;  // for those who change the list
constinit std::atomic<Watched*> first_watched = nullptr;

Watched* unused_entry() {
  for (Watched* entry = first_watched; entry; entry = entry->next) {
    if (!entry->begin) return entry;
  }
  auto* entry = new Watched;
  entry->next = first_watched;
  first_watched.store(entry, std::memory_order_release);
  return entry;
}

void forget(Range range) {
  const std::lock_guard lock(watch_mutex);
  for (Watched* entry = first_watched; entry; entry = entry->next) {
    if (entry->begin == range.begin) entry->begin = nullptr;
  }
}

}  // namespace

std::optional<int> protection_of(Range range) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> maps(std::fopen("/proc/self/maps", "re"), std::fclose);
  if (!maps) return std::nullopt;
  std::optional<int> common;
  auto covered = reinterpret_cast<std::uintptr_t>(range.begin);
  const auto end = reinterpret_cast<std::uintptr_t>(range.end);
  char line[512];
  while (covered < end && std::fgets(line, sizeof line, maps.get())) {
    unsigned long from, to;
    char flags[5];
    if (std::sscanf(line, "%lx-%lx %4s", &from, &to, flags) != 3 || to <= covered) continue;
    if (from > covered) return std::nullopt;
    const int protection =
        (flags[0] == 'r' ? PROT_READ : 0) | (flags[1] == 'w' ? PROT_WRITE : 0) | (flags[2] == 'x' ? PROT_EXEC : 0);
    if (common && *common != protection) return std::nullopt;
    common = protection;
    covered = to;
  }
  return covered >= end ? common : std::nullopt;
}

bool begin_watch(Range range, int protection, std::string_view name, std::uint32_t id) {
  Unrecorded unrecorded;
  install_fault_handler();
  {
    const std::lock_guard lock(watch_mutex);
    Watched& entry = *unused_entry();
    entry.name[name.copy(entry.name, sizeof entry.name - 1)] = '\0';
    entry.id = id;
    entry.end = range.end;
    entry.begin = range.begin;
  }
  auto* memory = const_cast<std::byte*>(range.begin);
  if (mprotect(memory, static_cast<std::size_t>(range.end - range.begin), protection & ~PROT_WRITE) == 0) return true;
  const int reason = errno;
  forget(range);
  errno = reason;
  return false;
}

bool end_watch(Range range, int protection) {
  auto* memory = const_cast<std::byte*>(range.begin);
  if (mprotect(memory, static_cast<std::size_t>(range.end - range.begin), protection) != 0) return false;
  forget(range);
  return true;
}

const Watched* find_watched(const std::byte* address) {
  for (const Watched* entry = first_watched.load(std::memory_order_acquire); entry; entry = entry->next) {
    const std::byte* begin = entry->begin;
    if (begin && begin <= address && address < entry->end) return entry;
  }
  return nullptr;
}

}  // namespace inlay::frozen
