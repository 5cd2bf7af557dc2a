// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which type an expression asks of a column that has shown no values yet.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "inlay/filter/function.h"
#include "inlay/filter/schema.h"

namespace inlay::filter {

/// For each column of `schema`: the type of what it is compared with, calculated with or joined with in the text, or
/// that the function it is given to takes; Boolean, if it is the condition. None where nothing tells it, and where
/// `unknown` does not hold. An expression that cannot be read asks nothing.
std::vector<std::optional<Type>> wanted_types(std::string_view text, const Schema& schema,
                                              const std::vector<bool>& unknown, const Registry& registry,
                                              bool is_condition);

}  // namespace inlay::filter
