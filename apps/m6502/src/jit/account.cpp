// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/account.h"

#include <algorithm>
#include <bitset>
#include <utility>

#include "jit/compile.h"
#include "jit/compiled_region.h"
#include "jit/jit.h"

namespace inlay::m6502 {

void Jit::add_to(Statistics& statistics) const {
  statistics.regions += statistics_.regions;
  statistics.region_instructions += statistics_.region_instructions;
  statistics.invalidated += statistics_.invalidated;
  statistics.dynamic_operands += statistics_.dynamic_operands;
  statistics.interpreted_bytes += statistics_.interpreted_bytes;
  statistics.entered += statistics_.entered;
  statistics.compile_ms += statistics_.compile_ms;
  statistics.failed += statistics_.failed;
  if (statistics_.failed > 0) statistics.failure = statistics_.failure;
}

JitAccount Jit::account() const {
  JitAccount account;
  std::bitset<Addresses> covered;  // by regions, entered there or not
  for (const auto& region : regions_) {
    if (region->active)
      for (const RegionNode& node : region->region.nodes) covered[node.pc] = true;
    RegionAccount& each = account.regions.emplace_back(
        RegionAccount{region->region, region->map, region->active, region->milliseconds,
                      region->loaded->report().code_bytes, region->entered, region->cycles});
    for (const RegionPlace& place : region->region.entries)
      if (const Pad& pad = pads_[place.pc]; pad.code == region->code) {
        each.entered += pad.entered;
        each.cycles += pad.cycles;
      }
  }
  std::sort(account.regions.begin(), account.regions.end(), [](const RegionAccount& a, const RegionAccount& b) {
    return std::pair(-a.cycles, a.region.entry) < std::pair(-b.cycles, b.region.entry);
  });
  for (std::size_t at = 0; at < Addresses; ++at) {
    const auto pc = static_cast<std::uint16_t>(at);
    if (pads_[pc].code || covered[pc]) continue;
    const bool waits = (job_ && job_->pc == pc) || std::find(waiting_.begin(), waiting_.end(), pc) != waiting_.end();
    const auto reason = reasons_.find(pc);
    const int jumps = heat_ - bus_.heat[pc];
    if (waits)
      account.places.push_back({pc, NoRegion::Waiting, 0});
    else if (reason != reasons_.end())
      account.places.push_back({pc, reason->second, 0});
    else if (jumps > 0)
      account.places.push_back({pc, NoRegion::Cold, jumps});
  }
  account.facts = facts_;
  account.map = map_;
  account.limits = limits_;
  account.level = options_.compile_at_once ? Level::O1 : Level::O2;
  account.names = names_->empty() ? *names_of_functions() : *names_;
  account.heat = heat_;
  return account;
}

}  // namespace inlay::m6502
