// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the registry and the table of dependents ask of each other.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "frozen/reads/dependents.h"

namespace inlay::frozen {

/// Whether all of `reads` are true: of living regions, and not changed since. Then adds the first ids of these regions,
/// each once. (In the registry.)
bool regions_of_true(std::span<const Read> reads, std::vector<std::uint32_t>& regions);

/// Retires who read any of these bytes; `region` is the region's first id. The registry's lock must not be held.
void retire_touched(std::uint32_t region, std::uint32_t object_id, std::uint64_t offset, std::uint64_t size,
                    const Retirement& why);

/// Retires who read anything of the region.
void retire_all(std::uint32_t region, const Retirement& why);

}  // namespace inlay::frozen
