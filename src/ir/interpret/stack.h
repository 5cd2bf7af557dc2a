// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory of the interpreter that has addresses: frames, which come and go in order, and pages for data.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace inlay::ir {

/// Memory for frames. What was handed out stays where it is until it is released.
class FrameStack {
 public:
  struct Mark {
    std::size_t chunk = 0, used = 0;
  };

  Mark mark() const { return {chunk_, chunks_.empty() ? 0 : chunks_[chunk_].used}; }
  /// Null if more than `Limit` would be in use, or the system has none left. Not zeroed.
  std::byte* allocate(std::size_t size, std::size_t align);
  /// Back to where it was.
  void release(Mark mark);

  static constexpr std::size_t Limit = std::size_t{1} << 30;

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0, used = 0;
  };
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // the one in use; those behind it are empty
  std::size_t total_ = 0;
};

/// Pages of zeros from the system. Move-only.
class Pages {
 public:
  Pages() = default;
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;
  ~Pages();

  /// None if the system refuses.
  static Pages of(std::size_t size);
  std::byte* base() const { return base_; }
  void make_read_only();

 private:
  std::byte* base_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace inlay::ir
