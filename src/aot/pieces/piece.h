// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A piece: the machine code of one function, or one data object, as data. It says of others only their names, so it
// can be kept, and laid out anywhere and with anything.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aot/pieces/names.h"
#include "base/serial.h"

namespace inlay::aot {

enum class BlobKind : std::uint8_t { Code, Constant, Variable, Zero };
constexpr unsigned BlobKinds = 4;

/// What becomes of the bytes at a fixup, as the x86-64 psABI defines it.
enum class FixupKind : std::uint8_t {
  Absolute64,     // R_X86_64_64
  Absolute32,     // R_X86_64_32: zero-extended
  Signed32,       // R_X86_64_32S
  Relative32,     // R_X86_64_PC32
  Call32,         // R_X86_64_PLT32
  Relative64,     // R_X86_64_PC64
  Got32,          // R_X86_64_GOTPCREL: the address lies in a word of its own
  GotRelaxed,     // R_X86_64_GOTPCRELX: the instruction may be changed to do without
  GotRexRelaxed,  // R_X86_64_REX_GOTPCRELX
};
constexpr unsigned FixupKinds = 9;

constexpr unsigned width_of(FixupKind kind) {
  return kind == FixupKind::Absolute64 || kind == FixupKind::Relative64 ? 8 : 4;
}

/// Addends come from files: they wrap, as addresses do.
constexpr std::int64_t add_wrapping(std::int64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + b);
}

struct Fixup {
  std::uint32_t offset = 0;  // in its blob
  FixupKind kind = FixupKind::Absolute64;
  bool own = false;  // `target` is a blob of the same piece, otherwise the number of a SymbolId
  std::uint32_t target = 0;
  std::int64_t addend = 0;
};

/// Bytes that stay together.
struct Blob {
  BlobKind kind = BlobKind::Code;
  std::uint8_t align_log2 = 0;
  bool mergeable = false;   // equal ones may be one
  std::uint32_t begin = 0;  // in Piece::bytes; of a Zero blob nothing lies there
  std::uint32_t size = 0;
  std::uint32_t first_fixup = 0, end_fixup = 0;  // in Piece::fixups
};

/// A name for a place in a blob.
struct Definition {
  SymbolId name;
  std::uint32_t blob = 0;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  bool exported = false;  // others than the program's own pieces may use it
  bool weak = false;      // gives way to another definition
};

struct Piece {
  std::vector<Definition> definitions;  // the first one names the piece
  std::vector<Blob> blobs;
  std::vector<Fixup> fixups;
  base::Bytes bytes;

  SymbolId name() const { return definitions.empty() ? SymbolId{} : definitions.front().name; }
  std::span<const Fixup> fixups_of(const Blob& blob) const {
    return std::span(fixups).subspan(blob.first_fixup, blob.end_fixup - blob.first_fixup);
  }
  std::span<const std::byte> bytes_of(const Blob& blob) const {
    return blob.kind == BlobKind::Zero ? std::span<const std::byte>() : std::span(bytes).subspan(blob.begin, blob.size);
  }
};

/// Whether all that a piece says of itself lies within it: what every other function here takes for granted.
bool is_sound(const Piece& piece, const Names& names);

void write_piece(const Piece& piece, const Names& names, base::Bytes& into);
/// Nothing unless the bytes are a piece, whole and sound. What they name is added to the names.
std::optional<Piece> read_piece(std::span<const std::byte> bytes, Names& names);

}  // namespace inlay::aot
