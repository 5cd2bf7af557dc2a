// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A place in a text as people look at it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::base {

/// The line of the place and, below, a caret under its column. Of a line longer than `length` bytes the part around the
/// caret. Tabs stay, other control characters become '?'. Empty if the text has no such line.
std::string excerpt(std::string_view text, const Place& place, std::size_t length = 100);

}  // namespace inlay::base
