// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program after one function of ten thousand has changed: code behind it moves by some bytes, and so do addresses
// everywhere. To lay out and write all pieces anew is to go through ten thousand of them, each in another place of
// memory; that takes ten times as long as to go through what they came to: one array of blobs, one of fixups, one of
// symbols, and the file as it was. So those are kept. What changes more than sizes of code is left to the long way.
#include <utility>

#include "aot/pieces/linker.h"

namespace inlay::aot {

namespace {

/// What others see of a definition, but for its size.
bool look_alike(const Definition& a, const Definition& b) {
  return a.name == b.name && a.blob == b.blob && a.offset == b.offset && a.exported == b.exported && a.weak == b.weak;
}

}  // namespace

bool Linker::fits_in(const Change& change) const {
  const Piece &was = *pieces_[change.place], &is = *change.piece;
  if (!std::ranges::equal(was.definitions, is.definitions, look_alike) || was.blobs.size() != is.blobs.size())
    return false;
  for (std::size_t i = 0; i < is.blobs.size(); ++i) {
    const Blob &a = was.blobs[i], &b = is.blobs[i];
    if (a.kind != b.kind || a.align_log2 != b.align_log2 || a.mergeable || b.mergeable) return false;
    if (a.kind != BlobKind::Code && a.size != b.size) return false;
    for (const Fixup& fixup : is.fixups_of(b)) {
      if (is_got(fixup.kind) && access_of(is, b, fixup) == Access::Word) return false;
      if (!fixup.own && (fixup.target >= layout_.definitions.size() || !layout_.definitions[fixup.target]))
        return false;
    }
  }
  return true;
}

/// Adds the fixups of a piece to the flat ones.
bool Linker::flatten(std::uint32_t number) {
  const Piece& piece = *pieces_[number];
  const auto begin = static_cast<std::uint32_t>(fixups_.size());
  for (std::uint32_t k = 0; k < piece.blobs.size(); ++k) {
    const Blob& blob = piece.blobs[k];
    const std::uint32_t place = layout_.first[number] + k;
    if (blob.kind == BlobKind::Zero || layout_.repeated[place]) continue;
    for (const Fixup& fixup : piece.fixups_of(blob)) {
      FixupPlace flat{.blob = place, .at = fixup.offset, .target = 0, .addend = fixup.addend, .kind = fixup.kind};
      if (fixup.own) {
        flat.target = layout_.first[number] + fixup.target;
      } else {
        const DefinedAt at = layout_.definitions[fixup.target];
        const Definition& definition = pieces_[at.piece]->definitions[at.definition];
        flat.target = layout_.first[at.piece] + definition.blob;
        flat.addend = add_wrapping(flat.addend, definition.offset);
      }
      if (is_got(fixup.kind)) {
        // The instruction was changed to do without a word.
        const Access access = access_of(piece, blob, fixup);
        if (access == Access::Word) return false;
        if (access == Access::Jump) --flat.at;
        flat.kind = FixupKind::Relative32;
      }
      fixups_.push_back(flat);
    }
  }
  fixups_of_[number] = {begin, static_cast<std::uint32_t>(fixups_.size())};
  return true;
}

bool Linker::flatten() {
  if (!worded_.empty() || !own_words_.empty()) return false;
  blobs_.clear();
  fixups_.clear();
  symbols_.clear();
  fixups_of_.assign(pieces_.size(), {});
  for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
    for (const Blob& blob : pieces_[i]->blobs)
      blobs_.push_back({.offset = layout_.offsets[blobs_.size()],
                        .size = blob.size,
                        .kind = blob.kind,
                        .align_log2 = blob.align_log2});
    if (!flatten(i)) return false;
  }
  if (!options_.strip) {
    for_each_symbol([&](DefinedAt at, const Definition& definition) {
      symbols_.push_back({.blob = layout_.first[at.piece] + definition.blob, .offset = definition.offset});
    });
  }
  return true;
}

/// Lays out code anew, and puts all into another file at its new place, with the fixups as they were.
bool Linker::move(std::span<const Change> changes) {
  const std::array<std::uint64_t, BlobKinds> old_begin = begin_;
  const std::uint64_t old_loaded_end = loaded_end_, old_code = begin(BlobKind::Code);
  std::uint64_t& size = layout_.sizes[static_cast<std::size_t>(BlobKind::Code)];
  const std::uint64_t old_size = size;
  for (const Change& change : changes) {
    for (std::uint32_t k = 0; k < change.piece->blobs.size(); ++k)
      blobs_[layout_.first[change.place] + k].size = change.piece->blobs[k].size;
  }
  // Blobs that move by the same distance are copied together, with what lies between them.
  struct Run {
    std::uint64_t from, to, size;
  };
  std::vector<Run> runs;
  size = 0;
  for (std::uint32_t i = 0; i < blobs_.size(); ++i) {
    BlobPlace& blob = blobs_[i];
    if (blob.kind != BlobKind::Code) continue;
    const std::uint64_t from = blob.offset, to = round_up(size, std::uint64_t{1} << blob.align_log2);
    if (runs.empty() || to - from != runs.back().to - runs.back().from) {
      if (!runs.empty()) runs.back().size = from - runs.back().from;
      runs.push_back({.from = from, .to = to, .size = old_size - from});
    }
    blob.offset = layout_.offsets[i] = to;
    size = to + blob.size;
  }
  if (!place_kinds()) return false;
  std::swap(file_, before_);
  const std::size_t tail = round_up(old_loaded_end, 8);  // symbols and sections, of which only the place changes
  const std::size_t new_tail = round_up(loaded_end_, 8);
  const std::size_t tail_size = options_.strip ? 0 : before_.size() - tail;
  file_.resize(options_.strip ? loaded_end_ : new_tail + tail_size);
  const auto at = [](base::Bytes& bytes, std::uint64_t offset) { return bytes.data() + offset; };
  const std::uint64_t code = begin(BlobKind::Code), variables = begin(BlobKind::Variable);
  std::memcpy(file_.data(), before_.data(), code);
  std::uint64_t filled = 0;
  for (const Run& run : runs) {
    if (run.to > filled) std::fill(at(file_, code + filled), at(file_, code + run.to), Breakpoint);
    const std::uint64_t length = std::min(run.size, size - run.to);
    std::memcpy(at(file_, code + run.to), at(before_, old_code + run.from), length);
    filled = run.to + length;
  }
  if (filled < size) std::fill(at(file_, code + filled), at(file_, code + size), Breakpoint);
  std::fill(at(file_, code + size), at(file_, variables), std::byte{0});
  std::memcpy(at(file_, variables), at(before_, old_begin[static_cast<std::size_t>(BlobKind::Variable)]),
              loaded_end_ - variables);
  if (tail_size > 0) {
    std::fill(at(file_, loaded_end_), at(file_, new_tail), std::byte{0});
    std::memcpy(at(file_, new_tail), at(before_, tail), tail_size);
    sections_at_ = sections_at_ - tail + new_tail;
    for (const Sections section : {Symtab, Strtab, Shstrtab})
      sections_[section].sh_offset = sections_[section].sh_offset - tail + new_tail;
  }
  return true;
}

/// Of a blob that shrank, the end still lies there.
void Linker::fill_behind(std::uint32_t number) {
  std::uint32_t next = number + 1;
  while (next < blobs_.size() && blobs_[next].kind != BlobKind::Code) ++next;
  const std::uint64_t end =
      next < blobs_.size() ? blobs_[next].offset : layout_.sizes[static_cast<std::size_t>(BlobKind::Code)];
  const std::uint64_t code = begin(BlobKind::Code);
  std::fill(file_.data() + code + blobs_[number].offset + blobs_[number].size, file_.data() + code + end, Breakpoint);
}

void Linker::move_symbols(std::span<const Change> changes) {
  if (options_.strip) return;
  std::byte* const table = file_.data() + sections_[Symtab].sh_offset;
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    const std::uint64_t value = addresses_[symbols_[i].blob] + symbols_[i].offset;
    std::memcpy(table + (i + 1) * sizeof(Elf64_Sym) + offsetof(Elf64_Sym, st_value), &value, sizeof value);
  }
  for (const Change& change : changes) {
    const std::uint32_t first = layout_.first[change.place];
    for (const Definition& definition : change.piece->definitions) {
      const SymbolPlace place{.blob = first + definition.blob, .offset = definition.offset};
      for (std::size_t i = 0; i < symbols_.size(); ++i) {
        if (symbols_[i].blob != place.blob || symbols_[i].offset != place.offset) continue;
        Elf64_Sym symbol;
        std::memcpy(&symbol, table + (i + 1) * sizeof symbol, sizeof symbol);
        const char* name = reinterpret_cast<const char*>(file_.data()) + sections_[Strtab].sh_offset + symbol.st_name;
        if (names_.text(definition.name) != name) continue;
        symbol.st_size = definition.size;
        std::memcpy(table + (i + 1) * sizeof symbol, &symbol, sizeof symbol);
      }
    }
  }
  describe_kinds();
  std::memcpy(file_.data() + sections_at_, sections_.data(), sizeof sections_);
}

bool Linker::apply_all() {
  for (const Range& range : fixups_of_) {
    for (std::uint32_t i = range.begin; i < range.end; ++i) {
      const FixupPlace& fixup = fixups_[i];
      const BlobPlace& blob = blobs_[fixup.blob];
      std::uint64_t value = addresses_[fixup.target] + static_cast<std::uint64_t>(fixup.addend);
      const auto is_signed = [&] { return static_cast<std::int64_t>(value) == static_cast<std::int32_t>(value); };
      bool fits = true;
      switch (fixup.kind) {
        case FixupKind::Absolute64:
          break;
        case FixupKind::Relative64:
          value -= addresses_[fixup.blob] + fixup.at;
          break;
        case FixupKind::Absolute32:
          fits = value <= UINT32_MAX;
          break;
        case FixupKind::Signed32:
          fits = is_signed();
          break;
        default:
          value -= addresses_[fixup.blob] + fixup.at;
          fits = is_signed();
          break;
      }
      if (!fits) return false;
      put(begin(blob.kind) + blob.offset + fixup.at, value, width_of(fixup.kind));
    }
  }
  return true;
}

bool Linker::relink(std::span<const Change> changes) {
  constexpr std::size_t MostGrowth = 2;
  if (!std::ranges::all_of(changes, [&](const Change& change) { return fits_in(change); })) return false;
  if (fixups_.size() > MostGrowth * fixups_when_flat_ + 1024) flat_ = false;
  if (!flat_) {
    if (!flatten()) return false;
    fixups_when_flat_ = fixups_.size();
    flat_ = true;
  }
  if (!move(changes)) return false;
  addresses_.resize(blobs_.size());
  for (std::size_t i = 0; i < blobs_.size(); ++i)
    addresses_[i] = begin(blobs_[i].kind) + shift_[static_cast<std::size_t>(blobs_[i].kind)] + blobs_[i].offset;
  for (const Change& change : changes) {
    const bool other = std::exchange(pieces_[change.place], change.piece) != change.piece;
    if (other && !flatten(change.place)) return false;
    const Piece& piece = *change.piece;
    for (std::uint32_t k = 0; k < piece.blobs.size(); ++k) {
      const Blob& blob = piece.blobs[k];
      if (blob.kind == BlobKind::Zero) continue;
      const std::uint64_t offset = offset_in_file(change.place, k);
      if (blob.size > 0) std::memcpy(&file_[offset], &piece.bytes[blob.begin], blob.size);
      if (blob.kind == BlobKind::Code) fill_behind(layout_.first[change.place] + k);
      // With what instructions are changed to; the rest is done with all.
      for (const Fixup& fixup : piece.fixups_of(blob))
        if (is_got(fixup.kind) &&
            !apply(change.place, blob, fixup, offset + fixup.offset, shift_[static_cast<std::size_t>(blob.kind)]))
          return false;
    }
  }
  if (!apply_all()) return false;
  move_symbols(changes);
  write_headers();
  return true;
}

}  // namespace inlay::aot
