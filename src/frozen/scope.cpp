// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The two ways to fill an arena: whatever this thread allocates, and whatever a pmr container asks for.
#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

#include "frozen/memory/arena.h"
#include "frozen/recording.h"
#include "frozen/region.h"

namespace inlay {

namespace frozen {
constinit thread_local Arena* recording_arena = nullptr;
}  // namespace frozen

namespace {

constinit thread_local FreezeScope* innermost_scope = nullptr;

// Memory when there is no arena to take it from. Freed by free().
void* plain_allocate(std::size_t size, std::size_t alignment) {
  void* memory = nullptr;
  if (posix_memalign(&memory, std::max(alignment, sizeof(void*)), size) != 0) throw std::bad_alloc();
  return memory;
}

void* allocate_in(frozen::Arena* arena, std::size_t size, std::size_t alignment) {
  void* memory = arena ? arena->allocate(size, alignment) : nullptr;
  return memory ? memory : plain_allocate(size, alignment);
}

void deallocate_anywhere(void* memory) noexcept {
  if (frozen::space_contains(memory)) {
    frozen::arena_deallocate(memory);
  } else {
    std::free(memory);
  }
}

}  // namespace

// This thread's scopes, innermost first. A scope may end before one that is nested in it, so any can be unlinked.
struct FreezeScopeList {
  static void enter(FreezeScope& scope) {
    scope.outer_ = innermost_scope;
    innermost_scope = &scope;
    frozen::recording_arena = scope.arena_;
  }

  static void leave(FreezeScope& scope) {
    for (FreezeScope** link = &innermost_scope; *link; link = &(*link)->outer_) {
      if (*link != &scope) continue;
      *link = scope.outer_;
      break;
    }
    frozen::recording_arena = innermost_scope ? innermost_scope->arena_ : nullptr;
  }
};

FreezeScope::FreezeScope(FreezeOptions options) : arena_(frozen::Arena::create(options, /*needs_recorder=*/true)) {
  FreezeScopeList::enter(*this);
}

FreezeScope::~FreezeScope() {
  if (!arena_) return;
  FreezeScopeList::leave(*this);
  arena_->release();
}

std::shared_ptr<frozen::Region> FreezeScope::freeze() {
  if (!arena_) return nullptr;
  FreezeScopeList::leave(*this);
  return frozen::Region::freeze(std::exchange(arena_, nullptr));
}

void* FreezeScope::allocate(std::size_t size, std::size_t alignment) { return allocate_in(arena_, size, alignment); }
void FreezeScope::deallocate(void* memory) noexcept { deallocate_anywhere(memory); }
void FreezeScope::adopt(void* object, void (*destroy)(void*) noexcept) {
  if (arena_) arena_->adopt(object, destroy);
}

FrozenResource::FrozenResource(FreezeOptions options)
    : arena_(frozen::Arena::create(options, /*needs_recorder=*/false)) {}

FrozenResource::~FrozenResource() { arena_->drop_owner(); }

std::shared_ptr<frozen::Region> FrozenResource::freeze() {
  if (!arena_->is_recording()) return nullptr;
  arena_->add_owner();
  return frozen::Region::freeze(arena_);
}

void* FrozenResource::do_allocate(std::size_t bytes, std::size_t alignment) {
  return allocate_in(arena_, bytes, alignment);
}

void FrozenResource::do_deallocate(void* memory, std::size_t, std::size_t) { deallocate_anywhere(memory); }

}  // namespace inlay
