// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the operations on numbers yield, lane by lane: no module, no memory, no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "inlay/ir/layout.h"
#include "inlay/ir/module.h"

namespace inlay::ir {

/// A scalar is one lane. Integers, floats and addresses lie there as C has them, a bool as a byte 0 or 1.
struct Lanes {
  TypeKind kind = TypeKind::Void;
  std::uint32_t count = 1;
};

/// How many bytes a lane takes; 0 for what is no scalar.
std::size_t lane_size(TypeKind kind);

/// An operation on one to three values of one type that yields as many lanes: Add to Bswap, without Bitcast and Select.
/// `out` must not overlap what is read. Operands that the operation has not may be null.
std::optional<TrapKind> compute(Op op, Lanes lanes, const std::byte* a, const std::byte* b, const std::byte* c,
                                std::byte* out);

/// Eq to GeU: a bool a lane.
void compare(Op op, Lanes lanes, const std::byte* a, const std::byte* b, std::byte* out);

/// Trunc to FloatCast, from lanes of one kind to as many of another.
void convert(Op op, TypeKind from, Lanes to, const std::byte* a, std::byte* out);

/// ReduceAdd to ReduceOr: one lane.
void reduce(Op op, Lanes lanes, const std::byte* a, std::byte* out);

}  // namespace inlay::ir
