// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The passes over a text, in terms of what the including file defines in its namespace: INLAY_ISA (the attribute of
// functions for its processors), Needle (what a byte is compared with), Block (64 bytes), load(), equal(), needle(),
// prefix_xor(), write_positions(). The attribute, not flags of the compiler, names the processor: so functions of the
// standard library that are shared with other files stay what they were.
// No #pragma once: included once by each of these files.

constexpr std::uint64_t Last = std::uint64_t{1} << 63;

// A block at the end of a text: the bytes behind it must not be read.
INLAY_ISA Block load_part(const char* text, std::size_t size) {
  char bytes[64] = {};
  __builtin_memcpy(bytes, text, size);
  return load(bytes);
}

INLAY_ISA std::uint64_t low_bits(std::size_t count) { return count >= 64 ? ~std::uint64_t{0} : (1ull << count) - 1; }

// What the first pass knows between blocks.
struct Counts {
  std::uint64_t inside = 0;
  std::uint64_t before = Last;  // line ends of the block before: a record begins at the text's begin
  std::int64_t records = 0;
  std::int64_t hidden = 0;
  std::int64_t empty_lines = 0;
};

INLAY_ISA void count_block(Counts& counts, std::uint64_t ends, std::uint64_t quotes, const char* block, char line_end) {
  const std::uint64_t quoted = prefix_xor(quotes) ^ counts.inside;
  counts.inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(quoted) >> 63);
  counts.hidden += __builtin_popcountll(ends & quoted);
  ends &= ~quoted;
  counts.records += __builtin_popcountll(ends);
  // Lines of no byte, or of one: that might be '\r'.
  const std::uint64_t next = ends << 1 | counts.before >> 63;
  const std::uint64_t second = ends << 2 | counts.before >> 62;
  counts.before = ends;
  counts.empty_lines += __builtin_popcountll(ends & next);
  if (line_end != '\n') return;
  for (std::uint64_t left = ends & second & ~next; left; left &= left - 1)
    counts.empty_lines += block[static_cast<std::ptrdiff_t>(__builtin_ctzll(left)) - 1] == '\r';
}

// Where the last record ends, backwards from the end, where `inside` tells whether that lies within quotes.
INLAY_ISA std::size_t last_record_end(const char* text, std::size_t size, std::uint64_t inside, Needle line_end,
                                      Needle quote, bool quoting) {
  for (std::size_t at = (size - 1) / 64 * 64;; at -= 64) {
    const Block block = size - at >= 64 ? load(text + at) : load_part(text + at, size - at);
    const std::uint64_t quotes = quoting ? equal(block, quote) : 0;
    if (__builtin_popcountll(quotes) % 2) inside = ~inside;
    const std::uint64_t ends = equal(block, line_end) & ~(prefix_xor(quotes) ^ inside);
    if (ends) return at + 64 - static_cast<std::size_t>(__builtin_clzll(ends));
    if (at == 0) return 0;
  }
}

INLAY_ISA_ENTRY Extent extent(std::string_view text_view, const Marks& marks) {
  const char* const text = text_view.data();
  const std::size_t size = text_view.size();
  if (size == 0) return {};
  const Needle line_end = needle(marks.line_end);
  const Needle quote = needle(marks.quote);
  const bool quoting = marks.quote != 0;
  Counts counts;
  std::size_t at = 0;
  for (; size - at >= 256; at += 256) {
    __builtin_prefetch(text + at + 2048);
    __builtin_prefetch(text + at + 2048 + 64);
    __builtin_prefetch(text + at + 2048 + 128);
    __builtin_prefetch(text + at + 2048 + 192);
    std::uint64_t ends[4];
    std::uint64_t quotes[4] = {};
    std::uint64_t unusual = counts.inside;
    std::uint64_t before = counts.before;
    for (int i = 0; i < 4; ++i) {
      const Block block = load(text + at + 64 * i);
      ends[i] = equal(block, line_end);
      if (quoting) quotes[i] = equal(block, quote);
      unusual |= quotes[i];
      unusual |= ends[i] & (ends[i] << 1 | before >> 63 | ends[i] << 2 | before >> 62);
      before = ends[i];
    }
    if (__builtin_expect(unusual == 0, 1)) {
      for (int i = 0; i < 4; ++i) counts.records += __builtin_popcountll(ends[i]);
      counts.before = before;
    } else {
      for (int i = 0; i < 4; ++i) count_block(counts, ends[i], quotes[i], text + at + 64 * i, marks.line_end);
    }
  }
  for (; at < size; at += 64) {
    const Block block = size - at >= 64 ? load(text + at) : load_part(text + at, size - at);
    count_block(counts, equal(block, line_end), quoting ? equal(block, quote) : 0, text + at, marks.line_end);
  }
  Extent extent;
  extent.end = last_record_end(text, size, counts.inside, line_end, quote, quoting);
  if (extent.end == 0) return {};
  extent.records = counts.records;
  extent.empty_lines = counts.empty_lines;
  extent.lines = counts.records + counts.hidden;
  // Those behind the last record's end lie within quotes.
  for (at = extent.end; at < size; ++at) extent.lines -= text[at] == marks.line_end;
  return extent;
}

// The quotes of a block: what lies within them, and whether they stand where they may.
INLAY_ISA std::uint64_t quoted_part(Structure& state, std::uint64_t quotes, std::uint64_t delimiters,
                                    std::uint64_t ends, std::uint64_t returns, std::uint64_t valid) {
  const std::uint64_t quoted = prefix_xor(quotes) ^ state.inside;
  const std::uint64_t separators = (delimiters | ends) & ~quoted;
  const std::uint64_t opening = quotes & quoted;
  const std::uint64_t closing = quotes & ~quoted;
  std::uint64_t bad = opening & ~((separators | closing) << 1 | state.begins);
  const std::uint64_t after = closing << 1 | state.closed;
  state.doubled |= (opening & after) != 0;
  bad |= after & ~(separators | quotes | returns);
  const std::uint64_t after_cr = (after & returns) << 1 | state.after_cr;
  bad |= after_cr & ~ends;
  bad &= valid;
  if (bad) state.bad = state.offset + static_cast<std::size_t>(__builtin_ctzll(bad));
  state.inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(quoted) >> 63);
  state.begins = (separators | closing) >> 63;
  state.closed = closing >> 63;
  state.after_cr = (after & returns) >> 63;
  state.quotes = true;
  return quoted;
}

INLAY_ISA_ENTRY std::size_t positions(Structure& state, std::string_view text_view, std::size_t until,
                                      const Marks& marks, std::uint32_t* out) {
  const char* const text = text_view.data();
  const Needle line_end = needle(marks.line_end);
  const Needle delimiter = needle(marks.delimiter);
  const Needle quote = needle(marks.quote);
  const Needle carriage_return = needle('\r');
  const bool quoting = marks.quote != 0;
  std::uint32_t* const begin = out;
  for (; state.offset < until; state.offset += 64) {
    const std::size_t left = text_view.size() - state.offset;
    const Block block = left >= 64 ? load(text + state.offset) : load_part(text + state.offset, left);
    std::uint64_t ends = equal(block, line_end);
    const std::uint64_t delimiters = equal(block, delimiter);
    std::uint64_t separators = ends | delimiters;
    if (quoting) {
      const std::uint64_t quotes = equal(block, quote);
      if (__builtin_expect((quotes | state.inside | state.closed | state.after_cr) != 0, 0)) {
        const std::uint64_t returns = marks.line_end == '\n' ? equal(block, carriage_return) : 0;
        const std::uint64_t quoted = quoted_part(state, quotes, delimiters, ends, returns, low_bits(left));
        std::uint64_t sound = ~std::uint64_t{0};
        if (state.bad != Structure::None) sound = low_bits(state.bad - state.offset);
        state.hidden_ends += __builtin_popcountll(ends & quoted & sound);
        ends &= ~quoted & sound;
        separators &= ~quoted & sound;
      } else {
        state.begins = separators >> 63;
      }
    }
    state.line_ends += __builtin_popcountll(ends);
    out = write_positions(out, separators, static_cast<std::uint32_t>(state.offset));
    if (__builtin_expect(state.bad != Structure::None, 0)) break;
  }
  return static_cast<std::size_t>(out - begin);
}
