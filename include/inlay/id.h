// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Handles: 32 bits that name an entry of a table. Zero names none (docs/decisions/0003).
#pragma once

#include <cstdint>

namespace inlay {

/// A handle to a `Tag`; handles of different tags neither mix nor compare.
template <class Tag>
struct Id {
  std::uint32_t value = 0;

  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t value) : value(value) {}

  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace inlay
