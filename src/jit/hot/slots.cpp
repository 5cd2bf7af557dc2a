// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/hot/slots.h"

#include <algorithm>

#include "base/hash.h"
#include "frozen/recording.h"

namespace inlay::jit {

HotSlot* HotSlots::find(const EntryPlace& place, std::uint64_t key) {
  const std::uint64_t what[] = {key, reinterpret_cast<std::uintptr_t>(&place)};
  const std::uint64_t tag = base::hash(what, sizeof what) | 1;
  const auto probe = [&](std::size_t i) -> HotSlot& { return slots_[(tag / 2 + i) % Count]; };
  for (std::size_t i = 0; i < Probes; ++i) {
    HotSlot& slot = probe(i);
    std::uint64_t there = slot.tag.load(std::memory_order_relaxed);
    if (there == 0 && slot.tag.compare_exchange_strong(there, tag)) return &slot;
    if (there == tag) return &slot;
  }
  // All are in use. Each of them loses a pass for each one that has no slot, and is given up when none is left. So who
  // is passed often keeps its slot, and a program that is gone does not keep it for ever.
  for (std::size_t i = 0; i < Probes; ++i) {
    HotSlot& slot = probe(i);
    if (slot.versions.load(std::memory_order_relaxed) || slot.busy.load(std::memory_order_relaxed)) continue;
    const std::uint32_t passes = slot.passes.load(std::memory_order_relaxed);
    if (passes > 0) {
      slot.passes.store(passes - 1, std::memory_order_relaxed);
      continue;
    }
    std::uint64_t there = slot.tag.load(std::memory_order_relaxed);
    if (!slot.tag.compare_exchange_strong(there, tag)) continue;
    slot.changes = 0;
    start_anew(slot);
    return &slot;
  }
  return nullptr;
}

std::uint64_t value_of(const EntryPlace& place, unsigned word, const std::uint64_t* words) {
  return words[word] - (place.words[word] == Word::IntoFrame ? words[place.frame_of[word]] : 0);
}

void observe(HotSlot& slot, const EntryPlace& place, const std::uint64_t* words) {
  HotSample* sample = slot.sample.load(std::memory_order_acquire);
  if (!sample) {
    const frozen::Unrecorded unrecorded;
    auto fresh = std::make_unique<HotSample>();
    if (slot.sample.compare_exchange_strong(sample, fresh.get())) sample = fresh.release();
  }
  const auto count = static_cast<std::uint32_t>(std::min(place.words.size(), ObservedWords));
  const std::uint32_t known = sample->count.load(std::memory_order_acquire);
  if (known == 0) {
    for (unsigned i = 0; i < count; ++i) sample->words[i].store(value_of(place, i, words), std::memory_order_relaxed);
    sample->changed.store(0, std::memory_order_relaxed);
    sample->count.store(count, std::memory_order_release);
    return;
  }
  std::uint64_t changed = 0;
  for (unsigned i = 0; i < std::min(known, count); ++i) {
    const bool same = sample->words[i].load(std::memory_order_relaxed) == value_of(place, i, words);
    changed |= static_cast<std::uint64_t>(!same) << i;
  }
  if (changed & ~sample->changed.load(std::memory_order_relaxed)) sample->changed.fetch_or(changed);
}

void start_anew(HotSlot& slot) {
  slot.passes = 0;
  slot.refusals = 0;
  slot.done = false;
  if (HotSample* sample = slot.sample.load()) sample->count = 0;
}

std::vector<Pin> pins_for(const HotSlot& slot, const EntryPlace& place, const std::uint64_t* words, bool last) {
  const HotSample* sample = slot.sample.load(std::memory_order_acquire);
  const std::uint32_t known = sample ? sample->count.load(std::memory_order_acquire) : 0;
  const std::uint64_t changed = known ? sample->changed.load() : ~std::uint64_t{0};
  std::vector<Pin> pins;
  for (unsigned i = 0; i < place.words.size(); ++i) {
    const std::uint64_t value = value_of(place, i, words);
    const bool same = i < known && sample->words[i].load(std::memory_order_relaxed) == value && !(changed >> i & 1);
    bool pinned = place.is_key[i];
    switch (place.words[i]) {
      case Word::Other:
      case Word::Dead:
        continue;
      case Word::Number:
      case Word::IntoFrame:
        pinned |= same && !last;
        break;
      case Word::Pointer:
        pinned |= same || !last;
        break;
    }
    if (pinned) pins.push_back({i, value});
  }
  return pins;
}

}  // namespace inlay::jit
