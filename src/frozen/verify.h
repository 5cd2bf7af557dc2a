// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether memory that is not write-protected still has the bytes that were promised.
#pragma once

#include "frozen/memory/open_parts.h"
#include "inlay/frozen.h"

namespace inlay::frozen {

/// Compares what of the region is writable with its checksums: all of it, if it is checked; the pages that a reference
/// count opened, if it is protected. BrokenPromise names the first object that differs. A graph is never broken.
Result<void> verify(const Region& region);

/// Whether all of `bytes` can be read.
bool is_readable(Range bytes);

}  // namespace inlay::frozen
