// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/layout.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/hash.h"

namespace inlay::aot {

namespace {

/// Code reaches data by 32 bits with sign; this leaves room for all else that lies between them.
constexpr std::uint64_t LargestKind = std::uint64_t{1} << 29;

struct HashOfHash {
  std::size_t operator()(const base::Hash128& hash) const { return hash.low; }
};

}  // namespace

Result<Layout> lay_out(std::span<const Piece* const> pieces, const Names& names) {
  Layout layout;
  layout.definitions.resize(names.size() + 1);
  layout.first.reserve(pieces.size());
  std::size_t blobs = 0;
  for (std::uint32_t i = 0; i < pieces.size(); ++i) {
    layout.first.push_back(static_cast<std::uint32_t>(blobs));
    blobs += pieces[i]->blobs.size();
    for (std::uint32_t k = 0; k < pieces[i]->definitions.size(); ++k) {
      const Definition& definition = pieces[i]->definitions[k];
      DefinedAt& at = layout.definitions[definition.name.value];
      if (at) {
        const Definition& other = pieces[at.piece]->definitions[at.definition];
        if (definition.weak) continue;
        if (!other.weak)
          return Error(ErrorKind::LinkFailed,
                       "'" + names.text(definition.name) + "' is defined twice; give one of them another name");
      }
      at = {i, k};
    }
  }
  layout.offsets.resize(blobs);
  layout.repeated.resize(blobs);

  std::unordered_map<base::Hash128, std::uint64_t, HashOfHash> merged;  // contents, to offsets among the constants
  std::size_t number = 0;
  for (const Piece* piece : pieces) {
    for (const Blob& blob : piece->blobs) {
      const auto kind = static_cast<std::size_t>(blob.kind);
      const std::uint64_t align = std::uint64_t{1} << blob.align_log2;
      std::uint64_t& size = layout.sizes[kind];
      const std::uint64_t offset = (size + align - 1) & ~(align - 1);
      std::uint64_t place = offset;
      if (blob.mergeable && blob.kind == BlobKind::Constant && blob.first_fixup == blob.end_fixup) {
        base::Hash128 key = base::hash128(piece->bytes_of(blob));
        key.low += align;
        place = merged.try_emplace(key, offset).first->second;
      }
      layout.offsets[number] = place;
      layout.repeated[number] = place != offset;
      ++number;
      if (place != offset) continue;
      size = offset + blob.size;
      layout.alignments[kind] = std::max(layout.alignments[kind], align);
      if (size > LargestKind)
        return Error(ErrorKind::LinkFailed,
                     "the program is too large: more than 512 MB of code or of data of one kind");
    }
  }
  return layout;
}

}  // namespace inlay::aot
