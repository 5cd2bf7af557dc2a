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

/// As wide as a name has to be that two different things shall never have in common.
struct Hash128 {
  std::uint64_t low = 0, high = 0;
  bool operator==(const Hash128&) const = default;
};

/// XXH3, 128 bits.
Hash128 hash128(std::span<const std::byte> bytes);

}  // namespace inlay::base
