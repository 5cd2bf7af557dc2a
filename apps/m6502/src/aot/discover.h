// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The regions of a whole program, found before it runs: from where it begins, over its branches, jumps and calls.
#pragma once

#include <cstdint>
#include <vector>

#include "inlay/m6502/bus.h"
#include "jit/region.h"

namespace inlay::m6502 {

/// A program as far as it is known.
struct KnownProgram {
  Variant variant = Variant::Nmos;
  std::vector<std::uint8_t> memory;   // 65536 bytes
  std::vector<std::uint8_t> facts;    // of ByteFact, for each address
  std::vector<std::uint16_t> places;  // where control comes to
};

struct DiscoveryLimits {
  /// A whole program in one region is the fastest; so many instructions at most.
  RegionLimits region = {
      .instructions = 4000, .small_subroutine = 24, .call_depth = 4, .between_checks = 300, .entries = 1000};
  std::size_t regions = 1000;
  std::size_t instructions = 40'000;  // of all together
};

/// Memory everywhere, as executables have it. Stores to pages 0 and 1 are not watched if none of these regions has code
/// there.
Map map_of(const std::vector<Region>& regions);

/// Adds to the facts what can be told of instructions that the program writes to.
std::vector<Region> discover(KnownProgram& program, const DiscoveryLimits& limits = {});

}  // namespace inlay::m6502
