// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an object to pieces.
#pragma once

#include <string_view>
#include <vector>

#include "aot/pieces/piece.h"
#include "inlay/result.h"

namespace inlay::aot {

/// Cuts a relocatable object for x86-64 into a piece for each function and variable that it defines for others, with
/// what only that one uses: literals, tables of jumps, private constants. The object must be made with a section for
/// each function and object. Constants without a name that several use are given to each of them. Unwind tables and
/// debug information are left behind.
///
/// What it does not know how to cut is an error (kind Codegen), never guessed: thread-local variables, constructors,
/// relocations of other kinds, local functions or variables that several pieces share, damage of any sort.
Result<std::vector<Piece>> split_object(std::string_view object, Names& names);

}  // namespace inlay::aot
