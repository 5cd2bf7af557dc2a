// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several tests of one operand made one.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "inlay/filter/expression.h"

namespace inlay::filter {

/// From so many prefixes of one operand on, one search of a table replaces the comparisons.
inline constexpr std::size_t FewestPrefixes = 12;

/// The operands of a condition's And or Or, with those of one operand and constants joined: `x = 1 or x = 2` becomes
/// IN, of `x > 3 and x > 5` the weaker one goes, what contradicts itself becomes false. Meant as conditions (NULL is
/// as false); no row raises that did not, and none raises another fault.
std::vector<NodeId> merge_tests(Expressions& expressions, NodeKind kind, std::vector<NodeId> operands);

/// `text LIKE 'abc%'` as starts_with and so on, where the pattern has a simple form; else none. Also right as a value.
NodeId simpler_like(Expressions& expressions, NodeId text, std::string_view pattern);

/// Whether the node is starts_with(operand, constant).
bool is_prefix_test(const Expressions& expressions, NodeId node);

}  // namespace inlay::filter
