// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the records and fields of a CSV text end, found 64 bytes at a time: masks of quotes, delimiters and line ends,
// one bit a byte; what lies within quotes is the running parity of the quotes before it. That holds because quotes are
// checked on the way: one that opens a field must begin it, one that closes a field must end it, any other is doubled.
//
// There is one body (structure_inl.h) and one file for each kind of processor, which defines the vectors it is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace inlay::filter {

/// The characters that a text is divided by.
struct Marks {
  char delimiter = ',';
  char quote = '"';      // 0: none
  char line_end = '\n';  // or '\r'; before '\n' a '\r' belongs to the line end
};

/// What a first pass over a text tells, so that it can be cut into batches: all of it up to the last record's end.
struct Extent {
  std::size_t end = 0;       // after the last line end that ends a record; 0: none does
  std::int64_t lines = 0;    // line ends before `end`, those within quotes too
  std::int64_t records = 0;  // records before `end`, empty lines too
  std::int64_t empty_lines = 0;
};

/// The state of a second pass, which tells of every field's end. One text, block by block.
struct Structure {
  static constexpr std::size_t None = ~std::size_t{0};

  std::size_t offset = 0;        // of the next block
  std::uint64_t inside = 0;      // all ones: the block begins within quotes
  std::uint64_t begins = 1;      // bit 0: a quote at the block's first byte may open
  std::uint64_t closed = 0;      // bit 0: the byte before the block was a quote that closed
  std::uint64_t after_cr = 0;    // bit 0: the bytes before were a quote that closed and '\r'
  std::int64_t line_ends = 0;    // that end records
  std::int64_t hidden_ends = 0;  // that lie within quotes
  bool quotes = false;           // whether there was any
  bool doubled = false;          // whether there were two that stand for one; reset it to ask about what follows
  std::size_t bad = None;        // the first byte that breaks the rules of quotes; nothing after it counts
};

/// The two passes, for one kind of processor. Texts are at most 2^32 - 2^16 bytes.
struct StructureCode {
  const char* name;
  bool (*supported)();
  /// The text begins where a record begins.
  Extent (*extent)(std::string_view text, const Marks& marks);
  /// Goes on from `state.offset` until `until` (a multiple of 64, or the text's size), or to a bad byte. Writes the
  /// offsets of delimiters and line ends that are not quoted; at `positions` must be room for one each byte, and 64
  /// more. Answers how many there are.
  std::size_t (*positions)(Structure& state, std::string_view text, std::size_t until, const Marks& marks,
                           std::uint32_t* positions);
};

/// All that were built, the plainest first; some may be unsupported here.
std::span<const StructureCode* const> structure_codes();
/// The best that this processor supports.
const StructureCode& structure_code();

}  // namespace inlay::filter
