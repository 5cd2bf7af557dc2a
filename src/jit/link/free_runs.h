// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The free addresses of one stretch of memory: handed out best fit first, merged when they come back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace inlay::jit {

class FreeRuns {
 public:
  struct Run {
    std::uintptr_t begin, end;
  };

  void add_all(Run run) { insert(run); }

  /// `size` bytes on a multiple of `alignment`, a power of two; none if no run is large enough.
  std::optional<std::uintptr_t> take(std::size_t size, std::size_t alignment);

  /// Gives bytes back, and says what free run they are part of now.
  Run give(Run run);

  /// Whether `all`, which was added at first, is free.
  bool is_whole(Run all) const;

  std::size_t bytes() const { return bytes_; }
  std::size_t count() const { return by_begin_.size(); }

 private:
  void insert(Run run);
  void erase(Run run);

  std::map<std::uintptr_t, std::uintptr_t> by_begin_;         // its end
  std::set<std::pair<std::size_t, std::uintptr_t>> by_size_;  // and begin
  std::size_t bytes_ = 0;
};

}  // namespace inlay::jit
