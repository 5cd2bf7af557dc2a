// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a region looks whether its time is up, and how much it needs there.
#pragma once

#include "jit/region.h"

namespace inlay::m6502 {

/// Gives each loop of the region a check, at its head. Loops through the table of places have one there.
void mark_loops(Region& region);

/// Gives checks to ways that are longer than `between` cycles, and all checks their bounds. The entries are those that
/// the region is going to have.
void place_checks(Region& region, int between);

}  // namespace inlay::m6502
