// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/changing.h"

#include <algorithm>
#include <cstring>

#include "jit/region.h"

namespace inlay::m6502 {

namespace {

constexpr std::size_t Addresses = 65536;
/// Compared at once: most of memory does not change.
constexpr std::size_t Block = 256;
/// Code that is loaded, or unpacked and corrected, changes once or twice.
constexpr std::uint8_t KeepsChanging = 3;
/// After so many looks what was seen counts half: an overlay that comes now and then is worth compiling.
constexpr int Memory = 64;

}  // namespace

void ChangingBytes::look(const std::uint8_t* memory) {
  if (last_.empty()) {
    last_.assign(memory, memory + Addresses);
    changes_.resize(Addresses);
    return;
  }
  for (std::size_t at = 0; at < Addresses; at += Block) {
    if (std::memcmp(last_.data() + at, memory + at, Block) == 0) continue;
    for (std::size_t i = at; i < at + Block; ++i)
      changes_[i] = static_cast<std::uint8_t>(changes_[i] + (last_[i] != memory[i] && changes_[i] < 255));
    std::memcpy(last_.data() + at, memory + at, Block);
  }
  if (++looks_ < Memory) return;
  looks_ = 0;
  for (std::uint8_t& count : changes_) count /= 2;
}

void ChangingBytes::has_changed(std::uint16_t address) {
  changes_.resize(Addresses);
  changes_[address] = std::max(changes_[address], KeepsChanging);
}

void ChangingBytes::add_to(std::vector<std::uint8_t>& facts) const {
  for (std::size_t at = 0; at < changes_.size(); ++at)
    if (changes_[at] >= KeepsChanging) facts[at] |= ByteDynamic | ByteInterpreted;
}

}  // namespace inlay::m6502
