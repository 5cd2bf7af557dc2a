// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hashing of bytes: fast, not cryptographic. For checksums against damage and for keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace inlay::base {

/// XXH3, 64 bits.
std::uint64_t hash(std::span<const std::byte> bytes);
inline std::uint64_t hash(const void* data, std::size_t size) {
  return hash({static_cast<const std::byte*>(data), size});
}

}  // namespace inlay::base
