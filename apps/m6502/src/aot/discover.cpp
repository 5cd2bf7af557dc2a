// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/discover.h"

#include <algorithm>
#include <bitset>
#include <deque>
#include <utility>

#include "core/opcodes.h"
#include "jit/shape.h"

namespace inlay::m6502 {

namespace {

constexpr std::size_t Addresses = 65536;
/// What neither repeats nor is shorter is not worth entering. That is less than what is worth compiling while the
/// program runs (jit/compile.cpp): here the user has asked for all of it, and time to compile is not the program's.
constexpr std::size_t WorthEntering = 16;
/// Each pass may find code that writes to code, and must begin again then.
constexpr int Passes = 4;

bool is_worth_entering(const Region& region) {
  return region.nodes.size() >= WorthEntering ||
         std::any_of(region.nodes.begin(), region.nodes.end(), [](const RegionNode& node) { return node.check; });
}

class Discovery {
 public:
  Discovery(const KnownProgram& program, const DiscoveryLimits& limits)
      : program_(program), limits_(limits), map_(map_of({})) {}

  std::vector<Region> run() {
    waiting_.assign(program_.places.begin(), program_.places.end());
    find_subroutines();
    std::size_t instructions = 0;
    while (!waiting_.empty() && regions_.size() < limits_.regions && instructions < limits_.instructions) {
      const std::uint16_t place = waiting_.front();
      waiting_.pop_front();
      if (covered_[place]) continue;
      Region region = find(place, limits_.region);
      covered_[place] = true;
      add(region);
      if (!is_worth_entering(region)) continue;
      instructions += region.nodes.size();
      regions_.push_back(std::move(region));
    }
    return std::move(regions_);
  }

 private:
  Region find(std::uint16_t place, const RegionLimits& limits) {
    // A subroutine that has a region of its own ends that of who calls it.
    std::vector<std::uint8_t> facts = program_.facts;
    for (const std::uint16_t subroutine : subroutines_)
      if (subroutine != place) facts[subroutine] |= ByteInterpreted;
    return find_region({program_.variant, program_.memory.data(), &map_, facts.data()}, place, limits);
  }

  /// If the program is too large for one region, what it calls that is not small, to be looked at first.
  void find_subroutines() {
    RegionLimits all = limits_.region;
    all.instructions = static_cast<int>(limits_.instructions);
    const std::vector<std::uint16_t> places(waiting_.begin(), waiting_.end());
    for (const std::uint16_t place : places) {
      const Region whole = find(place, all);
      if (whole.nodes.size() <= static_cast<std::size_t>(limits_.region.instructions)) continue;
      for (const RegionContext& context : whole.contexts) {
        if (context.depth > 0 || context.target == place) continue;
        subroutines_.push_back(context.target);
        waiting_.push_back(context.target);
      }
    }
  }

  /// What the region has is covered, and where it is left is to be looked at.
  void add(const Region& region) {
    for (const RegionNode& node : region.nodes) covered_[node.pc] = true;
    for (const RegionNode& node : region.nodes) {
      switch (node.flow) {
        case Flow::Branch:
          look_at(node.next, node.next_pc);
          look_at(node.taken, node.taken_pc);
          break;
        case Flow::Call:
          look_at(node.next, node.next_pc);
          look_at(NoNode, static_cast<std::uint16_t>(node.pc + node.length));
          break;
        case Flow::Next:
        case Flow::Jump:
          look_at(node.next, node.next_pc);
          break;
        case Flow::Return:
        case Flow::Anywhere:
          // An indirect call comes back behind it, in programs of the 65C02 and others that push an address themselves.
          break;
      }
    }
  }
  void look_at(NodeId node, std::uint16_t pc) {
    if (node == NoNode && !covered_[pc]) waiting_.push_back(pc);
  }

  const KnownProgram& program_;
  const DiscoveryLimits& limits_;
  Map map_;
  std::vector<Region> regions_;
  std::deque<std::uint16_t> waiting_;
  std::vector<std::uint16_t> subroutines_;
  std::bitset<Addresses> covered_;
};

/// Whether there was anything new.
bool learn_from_stores(const std::vector<Region>& regions, KnownProgram& program) {
  const Opcode* table = opcode_table(program.variant);
  std::vector<std::uint8_t> is_code(Addresses);  // 1: an operand; 2: an opcode
  for (const Region& region : regions)
    for (const RegionNode& node : region.nodes) {
      is_code[node.pc] = 2;
      for (int k = 1; k < node.length; ++k) {
        std::uint8_t& byte = is_code[static_cast<std::uint16_t>(node.pc + k)];
        byte = std::max<std::uint8_t>(byte, 1);
      }
    }
  bool fresh = false;
  for (const Region& region : regions)
    for (const RegionNode& node : region.nodes) {
      const Opcode& opcode = table[node.opcode];
      if ((opcode.flags & OpcodeWrites) == 0) continue;
      const bool absolute = opcode.mode == Mode::ABS && (node.code & CodeKnowsLow) && (node.code & CodeKnowsHigh);
      if (!absolute && !(opcode.mode == Mode::ZP && (node.code & CodeKnowsLow))) continue;
      const auto address =
          static_cast<std::uint16_t>(node.code & (absolute ? static_cast<Code>(CodeLow | CodeHigh) : CodeLow));
      const std::uint8_t fact = is_code[address] == 2   ? std::uint8_t{ByteInterpreted}
                                : is_code[address] == 1 ? std::uint8_t{ByteDynamic}
                                                        : std::uint8_t{0};
      fresh = fresh || (program.facts[address] | fact) != program.facts[address];
      program.facts[address] |= fact;
    }
  return fresh;
}

}  // namespace

Map map_of(const std::vector<Region>& regions) {
  Map map = {};
  map.write[0] = map.write[1] = WriteUnwatched;
  for (const Region& region : regions)
    for (const RegionByte& byte : region.bytes) map.write[byte.address >> 8] = WriteMemory;
  return map;
}

std::vector<Region> discover(KnownProgram& program, const DiscoveryLimits& limits) {
  program.memory.resize(Addresses);
  program.facts.resize(Addresses);
  for (int pass = 1;; ++pass) {
    std::vector<Region> regions = Discovery(program, limits).run();
    if (!learn_from_stores(regions, program) || pass == Passes) return regions;
  }
}

}  // namespace inlay::m6502
