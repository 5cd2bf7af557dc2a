// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What happens to the types of operands without being asked for.
#pragma once

#include "inlay/filter/function.h"
#include "inlay/filter/type.h"

namespace inlay::filter {

/// Whether a value of one type is taken where another is wanted.
constexpr bool converts(Type from, Type to) {
  return from == to || from == Registry::AnyType || (from == Type::Integer && to == Type::Real) ||
         (from == Type::Date && to == Type::Timestamp);
}

}  // namespace inlay::filter
