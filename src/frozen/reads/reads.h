// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was read is what it depends on: the account of frozen bytes that compiled code has as constants in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace inlay::frozen {

/// One folded load. What was made from it may be used as long as these bytes are what they were; see dependents.h.
struct Read {
  std::uint32_t object_id;  // of this process; see Object
  std::uint64_t offset, size;
  /// How often the memory had been changed (see promise_rarely_changed) when it was read. 0 where that cannot happen;
  /// also the safe answer of who does not know: then any change since the promise counts as one since the read.
  std::uint64_t generation = 0;
};

/// Copies `size` bytes at `address`, if they are constant now (see is_constant), and says what was read. Nobody changes
/// them meanwhile, so this is how memory that may be changing rarely is to be read. Safe from any thread, but not from
/// the function that retires a Dependent.
std::optional<Read> copy_constant(const void* address, std::size_t size, void* into);

}  // namespace inlay::frozen
