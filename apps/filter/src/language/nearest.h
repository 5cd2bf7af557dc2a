// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What somebody who misspelt a name may have meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace inlay::filter {

/// The candidate that the fewest changes of letters (one inserted, deleted, replaced, or two swapped; case counts for
/// nothing) turn `name` into, if no more than a third of its letters need to change. The first of equals.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> candidates);

/// ASCII letters made small, all else kept.
std::string lower_case(std::string_view text);

}  // namespace inlay::filter
