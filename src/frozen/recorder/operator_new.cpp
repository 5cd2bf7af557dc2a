// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every global operator new and delete, so that a FreezeScope sees what its thread allocates. Outside of a scope they
// are malloc and free; memory may be deleted anywhere, whichever of the two it came from.
#include <cstdlib>
#include <new>

#include "frozen/recording.h"

extern "C" void inlay_recorder_is_linked() noexcept {}

namespace {

using inlay::frozen::Arena;

constexpr std::size_t DefaultAlignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

void* plain_allocate(std::size_t size, std::size_t alignment) noexcept {
  if (size == 0) size = 1;
  if (alignment <= DefaultAlignment) return std::malloc(size);
  void* memory = nullptr;  // not aligned_alloc, which wants the size to be a multiple of the alignment
  return posix_memalign(&memory, alignment, size) == 0 ? memory : nullptr;
}

void* try_allocate(std::size_t size, std::size_t alignment) noexcept {
  if (Arena* arena = inlay::frozen::recording_arena) {
    if (void* memory = inlay::frozen::arena_allocate(*arena, size, alignment)) return memory;
  }
  return plain_allocate(size, alignment);
}

// The loop that the standard asks for: the new handler frees something, throws, or is not there.
void* allocate(std::size_t size, std::size_t alignment) {
  for (;;) {
    if (void* memory = try_allocate(size, alignment)) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}

void* allocate_or_null(std::size_t size, std::size_t alignment) noexcept {
  try {
    return allocate(size, alignment);
  } catch (...) {
    return nullptr;
  }
}

void deallocate(void* memory) noexcept {
  if (inlay::frozen::space_contains(memory)) {
    inlay::frozen::arena_deallocate(memory);
  } else {
    std::free(memory);
  }
}

std::size_t number(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

}  // namespace

void* operator new(std::size_t n) { return allocate(n, DefaultAlignment); }
void* operator new[](std::size_t n) { return allocate(n, DefaultAlignment); }
void* operator new(std::size_t n, std::align_val_t a) { return allocate(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return allocate(n, number(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return allocate_or_null(n, DefaultAlignment); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return allocate_or_null(n, DefaultAlignment); }
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return allocate_or_null(n, number(a));
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return allocate_or_null(n, number(a));
}

void operator delete(void* p) noexcept { deallocate(p); }
void operator delete[](void* p) noexcept { deallocate(p); }
void operator delete(void* p, std::size_t) noexcept { deallocate(p); }
void operator delete[](void* p, std::size_t) noexcept { deallocate(p); }
void operator delete(void* p, std::align_val_t) noexcept { deallocate(p); }
void operator delete[](void* p, std::align_val_t) noexcept { deallocate(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { deallocate(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { deallocate(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { deallocate(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { deallocate(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { deallocate(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { deallocate(p); }
