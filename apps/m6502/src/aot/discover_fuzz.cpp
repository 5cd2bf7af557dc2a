// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whatever a program is: what is found of it before it runs is sound. The first two bytes say the processor and where
// the rest lies; control comes to its beginning and to some places behind that.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "aot/discover.h"

using namespace inlay::m6502;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  KnownProgram program;
  program.variant = static_cast<Variant>(data[0] % 3);
  program.memory.resize(0x10000);
  program.facts.resize(0x10000);
  const auto load = static_cast<std::uint16_t>(data[1] << 8);
  for (std::size_t k = 2; k < std::min<std::size_t>(size, 0x10000); ++k)
    program.memory[static_cast<std::uint16_t>(load + k - 2)] = data[k];
  program.places = {load, static_cast<std::uint16_t>(load + data[2]), 0xFFFF};
  DiscoveryLimits limits;
  limits.region.instructions = 200;
  limits.instructions = 1000;
  const std::vector<Region> regions = discover(program, limits);
  std::size_t instructions = 0;
  for (const Region& region : regions) {
    if (region.empty() || region.entries.empty() || region.entries.front().pc != region.entry) std::abort();
    for (const RegionPlace& place : region.entries)
      if (place.node >= region.nodes.size() || region.nodes[place.node].pc != place.pc) std::abort();
    for (const RegionNode& node : region.nodes)
      for (const NodeId to : {node.next, node.taken})
        if (to != NoNode && to >= region.nodes.size()) std::abort();
    for (const RegionByte& byte : region.bytes)
      if (program.memory[byte.address] != byte.value) std::abort();
    if (!std::is_sorted(region.bytes.begin(), region.bytes.end(),
                        [](const RegionByte& a, const RegionByte& b) { return a.address < b.address; }))
      std::abort();
    instructions += region.nodes.size();
  }
  if (instructions > limits.instructions + 200) std::abort();
  return 0;
}
