// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which place of the guest's source code belongs to, where its front end said so (inlay/source.h).
#pragma once

#include <optional>
#include <vector>

#include "frozen/source.h"
#include "specialize/analyse.h"

namespace inlay::specialize {

using GuestPlace = std::optional<frozen::SourcePlace>;

/// The place of the code at an address of the program; nothing if nothing was said.
GuestPlace place_of_code(Symbols& symbols, const llvm::Constant* address);

/// The place of each context, by ContextId: of the address that it is, or of the first annotated memory that was folded
/// in it. Empty if no context has one. Walks over the nodes again where there are annotations.
std::vector<GuestPlace> places_of_contexts(Environment& environment, const Analysis& analysis);

/// A node of a tree that has a place.
struct PlacedNode {
  frozen::SourcePlace place;
  std::uintptr_t address;
  std::uint32_t object;   // the id of the frozen object that it is in; 0: promised memory
  bool through_function;  // the function is what a std::function calls to call the closure
};

/// The node that a function is specialized for: its first argument that is one. What std::function calls is given the
/// address of a pointer to the closure.
std::optional<PlacedNode> node_with_place(Symbols& symbols, const llvm::Function& function,
                                          llvm::ArrayRef<llvm::Constant*> known);

}  // namespace inlay::specialize
