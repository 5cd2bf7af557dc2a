// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From pieces to one object, for programs that are linked with others' code.
#pragma once

#include <span>

#include "aot/pieces/piece.h"
#include "inlay/result.h"

namespace inlay::aot {

/// A relocatable ELF object for x86-64 with one section of each kind, the pieces in their order. What is not exported
/// is local to it; what nothing here defines is left to the linker.
Result<base::Bytes> to_object(std::span<const Piece* const> pieces, const Names& names);

}  // namespace inlay::aot
