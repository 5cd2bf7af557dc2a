// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The processors that code can be made for: 64 bits, little-endian, running Linux.
#pragma once

#include <cstdint>
#include <string_view>

namespace inlay {

enum class Architecture : std::uint8_t { X86_64, AArch64, RiscV64 };
inline constexpr unsigned ArchitectureCount = 3;

/// `x86_64`, `aarch64`, `riscv64`.
constexpr std::string_view to_string(Architecture architecture) {
  constexpr std::string_view names[ArchitectureCount] = {"x86_64", "aarch64", "riscv64"};
  return names[static_cast<unsigned>(architecture)];
}

}  // namespace inlay
