// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Eight bytes at a time, without branches that depend on them: which rows pass, nobody can guess.
#include "engine/pass_bytes.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace inlay::filter {

static_assert(std::endian::native == std::endian::little);

namespace {

constexpr std::size_t Word = sizeof(std::uint64_t);

std::uint64_t word_at(std::span<const std::uint8_t> pass, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, pass.data() + at, std::min(Word, pass.size() - at));
  return word;
}

/// Bit i of the result is byte i.
std::uint8_t gather_bits(std::uint64_t ones) { return static_cast<std::uint8_t>((ones * 0x0102040810204080u) >> 56); }

}  // namespace

std::int64_t count_of(std::span<const std::uint8_t> pass) {
  // Sums of bytes, eight side by side, for as many rounds as a byte can hold.
  constexpr std::size_t Rounds = 255;
  std::int64_t count = 0;
  for (std::size_t at = 0; at < pass.size();) {
    std::uint64_t sums = 0;
    for (std::size_t round = 0; round < Rounds && at < pass.size(); ++round, at += Word) sums += word_at(pass, at);
    const std::uint64_t pairs = (sums & 0x00ff00ff00ff00ffu) + ((sums >> 8) & 0x00ff00ff00ff00ffu);
    count += static_cast<std::int64_t>((pairs * 0x0001000100010001u) >> 48);
  }
  return count;
}

void add_selected(std::span<const std::uint8_t> pass, std::uint32_t first, Selection& selection) {
  const std::size_t before = selection.size();
  selection.resize(before + static_cast<std::size_t>(count_of(pass)));
  std::uint32_t* out = selection.data() + before;
  for (std::size_t at = 0; at < pass.size(); at += Word)
    for (std::uint64_t ones = word_at(pass, at); ones != 0; ones &= ones - 1)
      *out++ = first + static_cast<std::uint32_t>(at) + static_cast<std::uint32_t>(std::countr_zero(ones) / 8);
}

void add_bitmap(std::span<const std::uint8_t> pass, std::vector<std::uint8_t>& bits) {
  for (std::size_t at = 0; at < pass.size(); at += Word) bits.push_back(gather_bits(word_at(pass, at)));
}

}  // namespace inlay::filter
