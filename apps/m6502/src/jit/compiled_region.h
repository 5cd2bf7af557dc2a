// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "inlay/jit.h"
#include "jit/jit.h"
#include "jit/region.h"

namespace inlay::m6502 {

inline constexpr std::size_t Addresses = 65536;

/// A region with its code. Aside: it was right once, and may be again.
struct CompiledRegion {
  Region region;
  Map map = {};  // of the pages that matter
  std::optional<Loaded> loaded;
  RegionCode code = nullptr;
  bool active = false;
  std::int64_t since = 0;  // the cycle from which it is active
  // Aside because the program has changed this byte, and how much that was counted.
  std::uint16_t changed = 0;
  std::uint8_t counted = 0;
  // For account(), without what pads still count.
  double milliseconds = 0;
  std::int64_t entered = 0, cycles = 0;

  bool depends_on(std::uint16_t address) const {
    const auto at =
        std::lower_bound(region.bytes.begin(), region.bytes.end(), address,
                         [](const RegionByte& byte, std::uint16_t wanted) { return byte.address < wanted; });
    return at != region.bytes.end() && at->address == address;
  }
  bool is_operand(std::uint16_t address) const {
    return std::any_of(region.bytes.begin(), region.bytes.end(),
                       [&](const RegionByte& byte) { return byte.address == address && byte.operand; });
  }
  bool is_entered_at(std::uint16_t pc) const {
    return std::any_of(region.entries.begin(), region.entries.end(),
                       [&](const RegionPlace& place) { return place.pc == pc; });
  }
};

}  // namespace inlay::m6502
