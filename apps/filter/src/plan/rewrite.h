// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An expression made simpler, meaning the same: also which rows raise, and what they raise first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "inlay/filter/expression.h"

namespace inlay::filter {

/// What is asked of a node. NULL and false are one for conditions, not for values.
enum class Context : std::uint8_t {
  Value,
  Holds,  // whether it is true
  Fails,  // whether its negation is true
};

/// Constants folded (what would raise stays), NOT moved down to the tests of conditions, operands that decide nothing
/// dropped. A node wanted as Fails comes back as one whose Holds is meant. Not recursive: as deep and wide as you like.
/// `merge`: tests of one operand become one, and LIKE what is simpler (merge.h).
NodeId simplify(Expressions& expressions, NodeId root, Context context, bool merge);

/// The call's value, if all its operands are constants and it does not raise.
std::optional<Value> fold_call(const Function& function, std::span<const Value* const> operands);

/// The function of that name for exactly these types; none if there is none.
FunctionId function_named(const Registry& registry, std::string_view name, std::span<const Type> types);

/// The order of comparisons, of two values of one type that are not NULL: below, at or above 0.
int compare_values(const Value& a, const Value& b);

bool is_constant(const Expressions& expressions, NodeId node);
/// A Boolean constant that is true; one that is false or NULL.
bool is_known_true(const Expressions& expressions, NodeId node);
bool is_known_not_true(const Expressions& expressions, NodeId node);

}  // namespace inlay::filter
