// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a region holds, for those who carry frozen data elsewhere (into an object file, a cache).
#pragma once

#include <cstddef>
#include <vector>

#include "frozen/registry.h"

namespace inlay::frozen {

/// A part of an object that stays open to change.
struct OpenPart {
  std::size_t offset = 0;
  std::size_t size = 0;
};

/// The region's live objects, sorted by address.
std::vector<Object> objects_in(const Region& region);

/// The object's open parts, sorted, not overlapping: each Mutable<T> (touching ones merged), and the counts of a
/// std::shared_ptr. Of a promised range: those at the time of the call; of a graph: none are known.
std::vector<OpenPart> open_parts(const Object& object);

}  // namespace inlay::frozen
