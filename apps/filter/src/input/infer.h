// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which type a column of text has, told from its first values.
#pragma once

#include <optional>
#include <string_view>

#include "inlay/filter/type.h"

namespace inlay::filter {

/// The narrowest type that the text reads as. Stricter than what cells of that type accept: `true` and `false` in any
/// case are Boolean (not `t`, `yes`, `1`), digits with a superfluous zero in front (`007`) are Text, so are numbers
/// with spaces around them. Dates are `2024-02-29`, timestamps have `hh:mm` or more behind a space or `T`.
Type type_of_text(std::string_view text);

/// What a column is whose values are of these types: Integer and Real are Real, Date and Timestamp are Timestamp, all
/// else that differs is Text.
Type joined(Type a, Type b);

/// What is known of a column so far; without values, nothing.
inline void join(std::optional<Type>& known, Type next) { known = known ? joined(*known, next) : next; }

}  // namespace inlay::filter
