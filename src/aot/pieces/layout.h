// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the blobs of pieces lie, each kind behind one another in the order of the pieces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "aot/pieces/piece.h"
#include "inlay/result.h"

namespace inlay::aot {

/// A definition: of which piece, and which one of it.
struct DefinedAt {
  std::uint32_t piece = None;
  std::uint32_t definition = 0;
  static constexpr std::uint32_t None = ~std::uint32_t{0};
  explicit operator bool() const { return piece != None; }
};

struct Layout {
  std::vector<DefinedAt> definitions;  // by number of a SymbolId
  std::vector<std::uint32_t> first;    // the first blob of each piece, among all
  std::vector<std::uint64_t> offsets;  // of each blob among those of its kind
  std::vector<bool> repeated;          // mergeable, and lies where an equal one does
  std::array<std::uint64_t, BlobKinds> sizes = {};
  std::array<std::uint64_t, BlobKinds> alignments = {1, 1, 1, 1};

  std::uint64_t offset_of(std::uint32_t piece, std::uint32_t blob) const { return offsets[first[piece] + blob]; }
};

/// Lays sound pieces out. An error if two define the same name, unless one of them gives way, or if they are too large
/// to reach each other.
Result<Layout> lay_out(std::span<const Piece* const> pieces, const Names& names);

}  // namespace inlay::aot
