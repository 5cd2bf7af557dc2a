// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The memory of texts that functions make: regions that are filled from front to back and emptied all at once.
#include "inlay/filter/scope.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "inlay/annotate.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {

namespace {

constexpr std::int64_t FirstRegion = 16 << 10;
constexpr std::int64_t LargestRegion = 1 << 20;
constexpr std::int64_t LongestText = 1 << 30;

struct Region {
  Region* next;
  std::int64_t size;
  char* begin() { return reinterpret_cast<char*>(this + 1); }
};

Region* new_region(Region* next, std::int64_t size) {
  auto* region = static_cast<Region*>(std::malloc(sizeof(Region) + static_cast<std::size_t>(size)));
  if (region) *region = {next, size};
  return region;
}

/// Frees all of a list.
void free_regions(Region* region) {
  while (region) std::free(std::exchange(region, region->next));
}

struct Arena {
  Region* regions = nullptr;  // the one in use first; they grow, so it is the largest
  Region* single = nullptr;   // one text each
};

}  // namespace

// Not inlined into kernels: it is called once for many texts.
INLAY_NOINLINE char* allocate_slow(Scope& scope, std::int64_t size) {
  auto* arena = static_cast<Arena*>(scope.arena);
  if (size < 0 || size > LongestText) {
    raise(scope, Fault::TooLong);
    return nullptr;
  }
  Region* region = nullptr;
  if (arena && size > LargestRegion / 4) {
    region = new_region(arena->single, size);
    if (region) {
      arena->single = region;
      return region->begin();
    }
  } else if (arena) {
    const std::int64_t usual = arena->regions ? std::min(arena->regions->size * 2, LargestRegion) : FirstRegion;
    region = new_region(arena->regions, std::max(usual, size));
    if (region) {
      arena->regions = region;
      scope.memory = region->begin() + size;
      scope.memory_end = region->begin() + region->size;
      return region->begin();
    }
  }
  raise(scope, Fault::OutOfMemory);
  return nullptr;
}

ScopeOwner::ScopeOwner() {
  // An empty region, so that empty texts have an address from the first one on.
  static char nothing;
  scope_.memory = scope_.memory_end = &nothing;
  scope_.arena = new Arena;
}

ScopeOwner::~ScopeOwner() {
  auto* arena = static_cast<Arena*>(scope_.arena);
  free_regions(arena->regions);
  free_regions(arena->single);
  delete arena;
}

void ScopeOwner::reset() {
  auto* arena = static_cast<Arena*>(scope_.arena);
  free_regions(std::exchange(arena->single, nullptr));
  if (arena->regions) {
    free_regions(std::exchange(arena->regions->next, nullptr));
    scope_.memory = arena->regions->begin();
    scope_.memory_end = scope_.memory + arena->regions->size;
  }
  scope_.fault = Fault::None;
  scope_.column = 0;
  scope_.offender = {};
  scope_.message = nullptr;
}

}  // namespace inlay::filter
