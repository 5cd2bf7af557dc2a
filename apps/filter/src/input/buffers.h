// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory for batches, used again and again: fresh pages for each batch would cost as much as to split it.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "inlay/filter/batch.h"
#include "input/source.h"

namespace inlay::filter {

struct Buffer {
  std::unique_ptr<std::byte[]> bytes;
  std::size_t capacity = 0;
};

/// Shared by a source and its batches, on any thread.
class BufferPool {
 public:
  /// At least `size` bytes, with anything in them. Throws std::bad_alloc.
  Buffer take(std::size_t size);
  void give_back(Buffer buffer);

 private:
  static constexpr std::size_t Kept = 32;
  std::mutex mutex_;
  std::vector<Buffer> free_;
};

/// What a batch holds on to: the text it looks into and its own memory, which goes back to the pool.
struct BatchMemory {
  std::shared_ptr<void> text;
  std::shared_ptr<BufferPool> pool;
  Buffer cells;
  Buffer characters;
  std::string text_copy;
  std::vector<ColumnData> columns;
  std::vector<const Text*> written;
  std::vector<OtherMember> others;

  explicit BatchMemory(std::shared_ptr<BufferPool> pool) : pool(std::move(pool)) {}
  BatchMemory(const BatchMemory&) = delete;
  BatchMemory& operator=(const BatchMemory&) = delete;
  ~BatchMemory() {
    if (cells.bytes) pool->give_back(std::move(cells));
    if (characters.bytes) pool->give_back(std::move(characters));
  }
};

}  // namespace inlay::filter
