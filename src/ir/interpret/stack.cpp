// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/interpret/stack.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <utility>

namespace inlay::ir {

namespace {

constexpr std::size_t LeastChunk = std::size_t{256} << 10;

std::size_t aligned(const std::byte* base, std::size_t used, std::size_t align) {
  const auto address = reinterpret_cast<std::uintptr_t>(base) + used;
  return used + ((align - address % align) % align);
}

}  // namespace

std::byte* FrameStack::allocate(std::size_t size, std::size_t align) {
  if (size > Limit) return nullptr;
  if (!chunks_.empty()) {
    Chunk& chunk = chunks_[chunk_];
    const std::size_t at = aligned(chunk.bytes.get(), chunk.used, align);
    if (at <= chunk.size && chunk.size - at >= size) {
      chunk.used = at + size;
      return chunk.bytes.get() + at;
    }
    // The next one, if it is large enough; otherwise those behind this one are of no use.
    if (chunk_ + 1 < chunks_.size() && chunks_[chunk_ + 1].size >= size + align) {
      ++chunk_;
      return allocate(size, align);
    }
    while (chunks_.size() > chunk_ + 1) {
      total_ -= chunks_.back().size;
      chunks_.pop_back();
    }
  }
  const std::size_t wanted = std::max(LeastChunk, size + align);
  if (total_ + wanted > Limit) return nullptr;
  Chunk chunk;
  chunk.bytes.reset(new (std::nothrow) std::byte[wanted]);
  if (!chunk.bytes) return nullptr;
  chunk.size = wanted;
  total_ += wanted;
  chunks_.push_back(std::move(chunk));
  chunk_ = chunks_.size() - 1;
  return allocate(size, align);
}

void FrameStack::release(Mark mark) {
  for (; chunk_ > mark.chunk; --chunk_) chunks_[chunk_].used = 0;
  if (!chunks_.empty()) chunks_[chunk_].used = mark.used;
}

Pages::Pages(Pages&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_, other.size_);
  return *this;
}

Pages::~Pages() {
  if (base_) munmap(base_, size_);
}

Pages Pages::of(std::size_t size) {
  Pages pages;
  void* base = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return pages;
  pages.base_ = static_cast<std::byte*>(base);
  pages.size_ = size;
  return pages;
}

void Pages::make_read_only() {
  if (base_) mprotect(base_, size_, PROT_READ);
}

}  // namespace inlay::ir
