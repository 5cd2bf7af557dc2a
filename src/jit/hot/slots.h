// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where it is counted how often running interpreters pass an entry() with which program counter. Any number of threads
// at once, without a lock: counts may be lost, and two programs may now and then be taken for one. That costs time, and
// nothing else: what was assumed is compared when code is entered.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "jit/hot/way_in.h"

namespace inlay::jit {

struct HotVersion;

/// Of the words beyond, it is not observed whether they stay the same.
constexpr std::size_t ObservedWords = 64;

/// What an entry was passed with at first, and what has changed since.
struct HotSample {
  std::atomic<std::uint32_t> count = 0;  // of words; 0: none yet
  std::array<std::atomic<std::uint64_t>, ObservedWords> words = {};
  std::atomic<std::uint64_t> changed = 0;  // a bit for each
};

struct HotSlot {
  std::atomic<std::uint64_t> tag = 0;  // 0: free
  std::atomic<std::uint32_t> passes = 0;
  std::atomic<std::uint32_t> changes = 0;       // times that code was dropped since what it read has changed
  std::atomic<std::uint32_t> refusals = 0;      // times that the budget had nothing left for it
  std::atomic<bool> done = false;               // nothing more will be compiled
  std::atomic<bool> busy = false;               // something is being compiled
  std::atomic<HotVersion*> versions = nullptr;  // to be followed behind the gate only
  std::atomic<HotSample*> sample = nullptr;     // stays once it is there

  ~HotSlot() { delete sample.load(); }
};

class HotSlots {
 public:
  /// The slot for this program counter at this place; null if so many are counted that it is not.
  HotSlot* find(const EntryPlace& place, std::uint64_t key);

 private:
  static constexpr std::size_t Count = 4096, Probes = 16;
  std::array<HotSlot, Count> slots_;
};

/// Of a word that is IntoFrame, its distance from the beginning of the variable.
std::uint64_t value_of(const EntryPlace& place, unsigned word, const std::uint64_t* words);

void observe(HotSlot& slot, const EntryPlace& place, const std::uint64_t* words);

/// Forgets what was observed so far, and how often.
void start_anew(HotSlot& slot);

/// What to take for constant: the program counter and, but for the last version, all that leads to memory that may be
/// frozen and all that was the same each time.
std::vector<Pin> pins_for(const HotSlot& slot, const EntryPlace& place, const std::uint64_t* words, bool last);

}  // namespace inlay::jit
