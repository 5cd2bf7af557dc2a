// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reference counts of std::shared_ptr: the one thing in frozen memory that ordinary const code writes to.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inlay::frozen {

/// Where in a control block of libstdc++ its two counts lie, after the vtable pointer.
inline constexpr std::size_t CountsBegin = 8;
inline constexpr std::size_t CountsEnd = 16;

/// Tells control blocks from other objects by the run-time type behind their first word. Code built without RTTI has
/// none, and its control blocks are not recognised. Make one for a batch of objects; it remembers vtables.
class ControlBlockFinder {
 public:
  ControlBlockFinder();

  /// Whether the `size` readable bytes at `object` are a class derived from std::_Sp_counted_base.
  bool is_control_block(const std::byte* object, std::size_t size);

 private:
  bool in_loaded_module(const void* address) const;
  bool derives_from_counted_base(const std::byte* vtable) const;

  std::vector<std::pair<const std::byte*, const std::byte*>> modules_;  // loaded segments, sorted
  std::unordered_map<const std::byte*, bool> vtables_;
};

}  // namespace inlay::frozen
