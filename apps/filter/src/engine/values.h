// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Room for what projections compute.
#pragma once

#include <cstddef>

#include "inlay/filter/filter.h"

namespace inlay::filter {

/// Makes room for so many values of the type that `values` has; where they go.
void* make_room(Values& values, std::size_t count);

}  // namespace inlay::filter
