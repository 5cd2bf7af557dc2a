// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The store of regions: which are active, which are aside, and what becomes of them when bytes or the map change.
#include <algorithm>
#include <utility>

#include "jit/compiled_region.h"
#include "jit/jit.h"

namespace inlay::m6502 {

namespace {

/// A change of compiled code counts little if the code was active for so many cycles before: overlays, and operands
/// that are set now and then.
constexpr std::int64_t Lasting = 1'000'000;
/// In changes_; with MostChanges, a byte is learned.
constexpr std::uint8_t QuickChange = 4, SlowChange = 1, MostChanges = 12;
constexpr std::size_t MostRegions = 1000;

bool same_device(const DeviceEntry& a, const DeviceEntry& b) {
  return a.read == b.read && a.write == b.write && a.context == b.context;
}

bool same_page(const Map& a, const Map& b, int page) {
  if (a.read[page] != b.read[page] || a.write[page] != b.write[page]) return false;
  if (a.read[page] >= ReadDevice &&
      !same_device(a.devices[a.read[page] - ReadDevice], b.devices[b.read[page] - ReadDevice]))
    return false;
  return a.write[page] < WriteDevice ||
         same_device(a.devices[a.write[page] - WriteDevice], b.devices[b.write[page] - WriteDevice]);
}

}  // namespace

/// The machine's map, with stores to pages 0 and 1 unwatched while nothing there is watched.
void Jit::take_map() {
  map_ = bus_.map;
  for (int page = 0; page < 2; ++page) {
    if (code_in_page_[page] || map_.read[page] != ReadMemory || map_.write[page] != WriteMemory) continue;
    const std::uint8_t* watch = bus_.watch + page * 256;
    if (std::none_of(watch, watch + 256, [](std::uint8_t bits) { return (bits & WatchPage) != 0; }))
      map_.write[page] = WriteUnwatched;
  }
}

bool Jit::matches(const CompiledRegion& region) const {
  if (region.region.reads_memory &&
      std::any_of(map_.read, map_.read + 256, [](std::uint8_t kind) { return kind != ReadMemory; }))
    return false;
  for (int page = 0; page < 256; ++page)
    if (region.region.pages[page] && !same_page(region.map, map_, page)) return false;
  return std::all_of(region.region.bytes.begin(), region.region.bytes.end(),
                     [&](const RegionByte& byte) { return bus_.memory[byte.address] == byte.value; });
}

void Jit::activate(CompiledRegion& region) {
  // It has come back, as overlays do: that does not count.
  if (region.counted == SlowChange) changes_[region.changed] -= std::min(changes_[region.changed], SlowChange);
  region.counted = 0;
  region.active = true;
  region.since = now();
  ++active_;
  const auto size = static_cast<std::uint32_t>(region.region.nodes.size());
  for (const RegionByte& byte : region.region.bytes)
    if (users_[byte.address]++ == 0) bus_.watch[byte.address] |= WatchCode;
  for (const RegionPlace& place : region.region.entries) {
    const Pad& pad = pads_[place.pc];
    // A region that begins here is better than one that comes by, unless that is much larger.
    if (pad.code && place.pc != region.region.entry && size < 2 * pad.size) continue;
    set_pad(place.pc, region);
  }
}

void Jit::put_aside(CompiledRegion& region) {
  region.active = false;
  --active_;
  for (const RegionByte& byte : region.region.bytes)
    if (--users_[byte.address] == 0) bus_.watch[byte.address] &= static_cast<std::uint8_t>(~WatchCode);
  for (const RegionPlace& place : region.region.entries)
    if (Pad& pad = pads_[place.pc]; pad.code == region.code) {
      note(pad);
      pad = {};
    }
  bus_.attention |= AttentionCode;
}

/// From now on control goes from that place, one of its entries, into this region.
void Jit::set_pad(std::uint16_t pc, const CompiledRegion& region) {
  note(pads_[pc]);
  pads_[pc] = {region.code, region.region.entry_bound, 0, 0, static_cast<std::uint32_t>(region.region.nodes.size()),
               false};
  bus_.heat[pc] = 1;
}

/// Enters what there is for that place, active or aside.
bool Jit::install(std::uint16_t pc) {
  for (const auto& region : regions_) {
    if (!region->is_entered_at(pc)) continue;
    if (region->active) {
      set_pad(pc, *region);
      return true;
    }
    if (!matches(*region)) continue;
    activate(*region);
    if (pads_[pc].code) return true;
  }
  return false;
}

/// Before there are too many, those that were put aside go; if that is not enough, the oldest.
void Jit::make_room() {
  if (regions_.size() < MostRegions) return;
  const auto goes = [&](const std::unique_ptr<CompiledRegion>& region) { return !region->active; };
  if (std::none_of(regions_.begin(), regions_.end(), goes)) put_aside(*regions_.front());
  for (auto& region : regions_)
    if (goes(region)) gone_.push_back(std::move(region));
  std::erase(regions_, nullptr);
}

void Jit::changed(std::uint16_t address, std::optional<std::int64_t> cycle) {
  std::uint8_t counted = 0;
  for (const auto& region : regions_) {
    if (!region->active || !region->depends_on(address)) continue;
    put_aside(*region);
    const std::uint16_t entry = region->region.entry;
    reasons_[entry] = NoRegion::DidNotLast;
    for (const RegionPlace& place : region->region.entries) bus_.heat[place.pc] = 1;  // it may have been there before
    asked_[entry] = 0;
    ++statistics_.invalidated;
    if (!cycle) continue;
    const bool lasted = *cycle - region->since >= Lasting;
    if (!lasted) wasted_ms_ += region->milliseconds;  // each time: what comes and goes is worth no more code
    if (!lasted && doublings_[entry] < MostOfChanges) ++doublings_[entry];
    region->changed = address;
    region->counted = lasted ? SlowChange : QuickChange;
    counted = std::max(counted, region->counted);
  }
  if (counted == 0) return;
  changes_[address] = static_cast<std::uint8_t>(changes_[address] + counted);
  if (changes_[address] >= MostChanges) learn(address);
}

/// From now on code is made that can do with that byte's changes; what there is cannot.
void Jit::learn(std::uint16_t address) {
  bool operand = true;
  for (auto& region : regions_) {
    if (region->active || !region->depends_on(address)) continue;
    operand = operand && region->is_operand(address);
    doublings_[region->region.entry] = 0;
    gone_.push_back(std::move(region));
  }
  std::erase(regions_, nullptr);
  if (facts_[address] != 0) return;
  facts_[address] = operand ? ByteDynamic : ByteInterpreted;
  ++(operand ? statistics_.dynamic_operands : statistics_.interpreted_bytes);
}

void Jit::map_changed(int first, int count) {
  take_map();
  for (const auto& region : regions_) {
    if (!region->active) continue;
    const bool* pages = region->region.pages;
    if (!region->region.reads_memory &&
        std::none_of(pages + first, pages + first + count, [](bool used) { return used; }))
      continue;
    if (matches(*region)) continue;
    put_aside(*region);
    for (const RegionPlace& place : region->region.entries) bus_.heat[place.pc] = 1;
  }
}

/// A pad's counts are going to be cleared.
void Jit::note(const Pad& pad) {
  if (pad.entered == 0) return;
  for (const auto& region : regions_)
    if (region->code == pad.code) {
      region->entered += pad.entered;
      region->cycles += pad.cycles;
    }
}

}  // namespace inlay::m6502
