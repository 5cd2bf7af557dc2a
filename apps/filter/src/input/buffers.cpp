// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/buffers.h"

namespace inlay::filter {

Buffer BufferPool::take(std::size_t size) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t i = free_.size(); i-- > 0;) {
      // One far too large is left to a batch that needs it.
      if (free_[i].capacity < size || free_[i].capacity / 8 > size) continue;
      Buffer buffer = std::move(free_[i]);
      free_[i] = std::move(free_.back());
      free_.pop_back();
      return buffer;
    }
  }
  const std::size_t capacity = size + size / 4 + 4096;
  return {std::unique_ptr<std::byte[]>(new std::byte[capacity]), capacity};
}

void BufferPool::give_back(Buffer buffer) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (free_.size() == Kept) free_.erase(free_.begin());  // the one that nobody has wanted for longest
  free_.push_back(std::move(buffer));
}

}  // namespace inlay::filter
