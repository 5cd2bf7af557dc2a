// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/piece.h"

#include <unordered_map>

namespace inlay::aot {

namespace {

constexpr unsigned LargestAlignLog2 = 12;
enum : unsigned { Mergeable = 1, Own = 1, Exported = 1, Weak = 2 };

bool lies_within(std::uint64_t begin, std::uint64_t size, std::uint64_t whole) {
  return size <= whole && begin <= whole - size;
}

}  // namespace

bool is_sound(const Piece& piece, const Names& names) {
  if (piece.definitions.empty()) return false;
  for (const Blob& blob : piece.blobs) {
    if (static_cast<unsigned>(blob.kind) >= BlobKinds || blob.align_log2 > LargestAlignLog2) return false;
    if (blob.kind == BlobKind::Zero ? blob.first_fixup != blob.end_fixup
                                    : !lies_within(blob.begin, blob.size, piece.bytes.size()))
      return false;
    if (blob.first_fixup > blob.end_fixup || blob.end_fixup > piece.fixups.size()) return false;
    for (const Fixup& fixup : piece.fixups_of(blob)) {
      if (static_cast<unsigned>(fixup.kind) >= FixupKinds) return false;
      if (!lies_within(fixup.offset, width_of(fixup.kind), blob.size)) return false;
      if (fixup.own ? fixup.target >= piece.blobs.size() : fixup.target == 0 || fixup.target > names.size())
        return false;
    }
  }
  for (const Definition& definition : piece.definitions) {
    if (!definition.name || definition.name.value > names.size() || definition.blob >= piece.blobs.size()) return false;
    if (!lies_within(definition.offset, definition.size, piece.blobs[definition.blob].size)) return false;
  }
  return true;
}

void write_piece(const Piece& piece, const Names& names, base::Bytes& into) {
  // Names stand at the front, each once; everything else gives their place in that list.
  std::unordered_map<std::uint32_t, std::uint32_t> places;
  std::vector<SymbolId> used;
  auto place_of = [&](SymbolId id) {
    const auto [found, added] = places.try_emplace(id.value, static_cast<std::uint32_t>(used.size()));
    if (added) used.push_back(id);
    return found->second;
  };
  for (const Definition& definition : piece.definitions) place_of(definition.name);
  for (const Fixup& fixup : piece.fixups)
    if (!fixup.own) place_of(SymbolId{fixup.target});

  base::Writer to(into);
  to.number(used.size());
  for (SymbolId id : used) to.text(names.text(id));
  to.number(piece.definitions.size());
  for (const Definition& definition : piece.definitions) {
    to.number(place_of(definition.name));
    to.number(definition.blob);
    to.number(definition.offset);
    to.number(definition.size);
    to.byte((definition.exported ? Exported : 0u) | (definition.weak ? Weak : 0u));
  }
  to.number(piece.blobs.size());
  for (const Blob& blob : piece.blobs) {
    to.byte(static_cast<unsigned>(blob.kind));
    to.byte(blob.align_log2);
    to.byte(blob.mergeable ? unsigned{Mergeable} : 0u);
    to.number(blob.size);
    to.number(blob.end_fixup - blob.first_fixup);
    for (const Fixup& fixup : piece.fixups_of(blob)) {
      to.number(fixup.offset);
      to.byte(static_cast<unsigned>(fixup.kind));
      to.byte(fixup.own ? unsigned{Own} : 0u);
      to.number(fixup.own ? fixup.target : place_of(SymbolId{fixup.target}));
      to.signed_number(fixup.addend);
    }
    to.raw(piece.bytes_of(blob));
  }
}

std::optional<Piece> read_piece(std::span<const std::byte> bytes, Names& names) {
  base::Reader from(bytes);
  // Each element takes a byte at least, so a wrong count cannot make us reserve much.
  std::vector<std::string_view> texts(static_cast<std::size_t>(from.number_up_to(from.left())));
  for (std::string_view& text : texts) text = from.text();
  Piece piece;
  piece.definitions.resize(static_cast<std::size_t>(from.number_up_to(from.left())));
  auto place = [&] {
    if (texts.empty()) from.fail();
    return texts.empty() ? 0u : static_cast<std::uint32_t>(from.number_up_to(texts.size() - 1));
  };
  auto word = [&] { return static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX)); };
  // Numbers of names are places in `texts`, and one more, until all else is known to be right.
  for (Definition& definition : piece.definitions) {
    definition.name = SymbolId{place() + 1};
    definition.blob = word();
    definition.offset = word();
    definition.size = word();
    const unsigned flags = from.byte();
    if (flags > (Exported | Weak)) from.fail();
    definition.exported = (flags & Exported) != 0;
    definition.weak = (flags & Weak) != 0;
  }
  piece.blobs.resize(static_cast<std::size_t>(from.number_up_to(from.left())));
  for (Blob& blob : piece.blobs) {
    blob.kind = static_cast<BlobKind>(from.byte());
    blob.align_log2 = static_cast<std::uint8_t>(from.byte());
    blob.mergeable = from.byte() == Mergeable;
    blob.size = word();
    blob.first_fixup = static_cast<std::uint32_t>(piece.fixups.size());
    for (std::uint64_t left = from.number_up_to(from.left()); left > 0 && from.good(); --left) {
      Fixup fixup;
      fixup.offset = word();
      fixup.kind = static_cast<FixupKind>(from.byte());
      fixup.own = from.byte() == Own;
      fixup.target = fixup.own ? word() : place() + 1;
      fixup.addend = from.signed_number();
      piece.fixups.push_back(fixup);
    }
    blob.end_fixup = static_cast<std::uint32_t>(piece.fixups.size());
    blob.begin = static_cast<std::uint32_t>(piece.bytes.size());
    if (blob.kind == BlobKind::Zero) continue;
    const std::span<const std::byte> content = from.raw(blob.size);
    piece.bytes.insert(piece.bytes.end(), content.begin(), content.end());
  }
  if (!from.good() || !from.at_end()) return std::nullopt;

  std::vector<SymbolId> ids;
  ids.reserve(texts.size());
  for (std::string_view text : texts) ids.push_back(names.add(text));
  for (Definition& definition : piece.definitions) definition.name = ids[definition.name.value - 1];
  for (Fixup& fixup : piece.fixups)
    if (!fixup.own) fixup.target = ids[fixup.target - 1].value;
  if (!is_sound(piece, names)) return std::nullopt;
  return piece;
}

}  // namespace inlay::aot
