// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/region.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "jit/checks.h"
#include "jit/shape.h"

namespace inlay::m6502 {

namespace {

constexpr int TooLarge = std::numeric_limits<int>::max();
/// Instructions of regions do not reach the vectors, so that no address behind one wraps.
constexpr int LastCode = 0xFFF9;

class Finder {
 public:
  Finder(const Guest& guest, const RegionLimits& limits) : guest_(guest), limits_(limits) {}

  Region find(std::uint16_t pc);
  std::optional<RegionNode> decode(std::uint16_t pc) const;

 private:
  NodeId node_at(std::uint16_t pc, std::uint32_t context);
  void go_on(NodeId id);
  void call(NodeId id);
  std::uint32_t context_of_call(std::uint16_t target, std::uint16_t back, std::uint32_t caller);
  bool is_calling(std::uint16_t target, std::uint32_t context) const;
  int subroutine_size(std::uint16_t target, int most);
  int measure(std::uint16_t target, int most);
  void add_places();
  void add_bytes();

  bool is_code(int address) const { return address <= LastCode && guest_.map->read[address >> 8] == ReadMemory; }
  bool leads_to_memory(const Shape& shape, const RegionNode& node) const;
  bool has_fact(int address, ByteFact fact) const { return guest_.facts && (guest_.facts[address] & fact) != 0; }

  const Guest& guest_;
  const RegionLimits& limits_;
  Region region_;
  std::map<std::pair<std::uint16_t, std::uint32_t>, NodeId> found_;
  std::map<std::uint16_t, std::uint32_t> shared_;  // contexts of subroutines that are not copied
  std::map<std::uint16_t, int> sizes_;
  std::deque<NodeId> waiting_;
  std::vector<RegionPlace> behind_;  // calls of what is not in the region
};

std::uint16_t operand(const RegionNode& node) { return static_cast<std::uint16_t>(node.code & (CodeLow | CodeHigh)); }

bool sets_d(const RegionNode& node) {
  constexpr std::uint8_t Sed = 0xF8;
  return node.opcode == Sed;
}

bool knows_operand(const RegionNode& node) {
  const Code needed = (node.length > 1 ? CodeKnowsLow : 0u) | (node.length > 2 ? CodeKnowsHigh : 0u);
  return (node.code & needed) == needed;
}

/// Whether what the instruction accesses is memory as far as its operand tells: its page, and the next, to which an
/// index may lead. Where addresses are computed, that is asked when it runs.
bool Finder::leads_to_memory(const Shape& shape, const RegionNode& node) const {
  const Map& map = *guest_.map;
  const auto is_memory = [&](int page) {
    return map.read[page] == ReadMemory && (!shape.writes || map.write[page] <= WriteUnwatched);
  };
  if (shape.writes_low && map.write[0] >= WriteDevice) return false;
  if (shape.pushes && map.write[1] >= WriteDevice) return false;
  const int page = operand(node) >> 8;
  return !shape.address || (is_memory(page) && is_memory((page + 1) & 0xFF));
}

/// The instruction there as far as it can be told without its surroundings; nothing if it is not compiled.
std::optional<RegionNode> Finder::decode(std::uint16_t pc) const {
  if (!is_code(pc) || has_fact(pc, ByteInterpreted)) return std::nullopt;
  const std::uint8_t opcode = guest_.memory[pc];
  const Shape shape = shape_of(guest_.variant, opcode);
  if (!shape.compiled || !is_code(pc + shape.fetched - 1)) return std::nullopt;
  RegionNode node;
  node.pc = pc;
  node.opcode = opcode;
  node.length = shape.length;
  node.flow = shape.flow;
  node.cycles = shape.cycles;
  node.code = CodeRegion | CodePlain | (region_.reads_memory ? CodeMemory : 0u);
  if (shape.length > 1 && !has_fact(pc + 1, ByteDynamic)) node.code |= CodeKnowsLow | guest_.memory[pc + 1];
  if (shape.length > 2 && !has_fact(pc + 2, ByteDynamic))
    node.code |= CodeKnowsHigh | static_cast<Code>(guest_.memory[pc + 2]) << 8;
  node.sets_decimal = shape.sets_decimal;
  node.quick = knows_operand(node) && leads_to_memory(shape, node) && !(shape.decimal && guest_.decimal);
  node.may_leave = !node.quick            ? shape.may_leave
                   : region_.reads_memory ? shape.may_be_refused_in_memory
                                          : shape.may_be_refused;
  node.next_pc = static_cast<std::uint16_t>(pc + shape.length);
  switch (shape.flow) {
    case Flow::Branch:
      if (shape.length == 3 ? (node.code & CodeKnowsHigh) == 0 : (node.code & CodeKnowsLow) == 0) {
        node.flow = Flow::Anywhere;
        break;
      }
      node.taken_pc =
          static_cast<std::uint16_t>(node.next_pc + static_cast<std::int8_t>(guest_.memory[pc + shape.length - 1]));
      break;
    case Flow::Jump:
      if (shape.relative) {  // the 65C02's BRA
        if ((node.code & CodeKnowsLow) == 0)
          node.flow = Flow::Anywhere;
        else
          node.next_pc = static_cast<std::uint16_t>(node.next_pc + static_cast<std::int8_t>(guest_.memory[pc + 1]));
        break;
      }
      if (knows_operand(node))
        node.next_pc = operand(node);
      else
        node.flow = Flow::Anywhere;
      break;
    case Flow::Call:
      // In the stack it may overwrite its own operand before it has read it.
      if (knows_operand(node) && pc >> 8 != 1)
        node.next_pc = operand(node);
      else
        node.flow = Flow::Anywhere;
      break;
    default:
      break;
  }
  return node;
}

NodeId Finder::node_at(std::uint16_t pc, std::uint32_t context) {
  if (const auto found = found_.find({pc, context}); found != found_.end()) return found->second;
  std::optional<RegionNode> node = decode(pc);
  if (!node) return NoNode;
  if (region_.nodes.size() >= static_cast<std::size_t>(limits_.instructions)) {
    region_.cut = true;
    return NoNode;
  }
  node->context = context;
  const auto id = static_cast<NodeId>(region_.nodes.size());
  region_.nodes.push_back(*node);
  found_.emplace(std::pair(pc, context), id);
  waiting_.push_back(id);
  return id;
}

bool Finder::is_calling(std::uint16_t target, std::uint32_t context) const {
  for (;; context = region_.contexts[context].parent) {
    if (region_.contexts[context].target == target) return true;
    if (region_.contexts[context].depth == 0) return false;
  }
}

std::uint32_t Finder::context_of_call(std::uint16_t target, std::uint16_t back, std::uint32_t caller) {
  const int depth = region_.contexts[caller].depth + 1;
  const bool copied = depth <= limits_.call_depth && !is_calling(target, caller) &&
                      subroutine_size(target, limits_.small_subroutine) != TooLarge;
  const auto next = static_cast<std::uint32_t>(region_.contexts.size());
  std::uint32_t context = next;
  if (!copied) context = shared_.emplace(target, next).first->second;
  if (context == next) region_.contexts.push_back({target, copied ? caller : 0, copied ? depth : 0, {}});
  std::vector<RegionPlace>& returns = region_.contexts[context].returns;
  if (std::none_of(returns.begin(), returns.end(), [&](const RegionPlace& place) { return place.pc == back; }))
    returns.push_back({back, NoNode});
  return context;
}

void Finder::call(NodeId id) {
  const std::uint16_t target = region_.nodes[id].next_pc;
  const auto back = static_cast<std::uint16_t>(region_.nodes[id].pc + 3);
  const std::uint32_t caller = region_.nodes[id].context;
  if (!decode(target)) {
    // What is called is run elsewhere, and comes back.
    behind_.push_back({back, node_at(back, caller)});
    return;
  }
  const std::uint32_t context = context_of_call(target, back, caller);
  region_.nodes[id].next = node_at(target, context);
  const NodeId behind = node_at(back, caller);
  for (RegionPlace& place : region_.contexts[context].returns)
    if (place.pc == back && place.node == NoNode) place.node = behind;
}

void Finder::go_on(NodeId id) {
  const RegionNode node = region_.nodes[id];
  switch (node.flow) {
    case Flow::Branch:
      region_.nodes[id].next = node_at(node.next_pc, node.context);
      region_.nodes[id].taken = node_at(node.taken_pc, node.context);
      break;
    case Flow::Next:
    case Flow::Jump:
      region_.nodes[id].next = node_at(node.next_pc, node.context);
      break;
    case Flow::Call:
      call(id);
      break;
    case Flow::Return:
    case Flow::Anywhere:
      break;
  }
}

/// Instructions up to its RTS, those of what it calls included; TooLarge if these are more than `most`, or if it goes
/// anywhere else. Each call leaves less for what is called, so it does not matter how deep the guest's calls go.
int Finder::subroutine_size(std::uint16_t target, int most) {
  const auto [at, fresh] = sizes_.emplace(target, TooLarge);  // while it is measured: it calls itself
  if (!fresh) return at->second <= most ? at->second : TooLarge;
  const int size = measure(target, most);
  if (size != TooLarge || most == limits_.small_subroutine)
    at->second = size;
  else
    sizes_.erase(at);  // it may not be for who has more left
  return size;
}

int Finder::measure(std::uint16_t target, int most) {
  std::set<std::uint16_t> seen = {target};
  std::vector<std::uint16_t> waiting = {target};
  int size = 0;
  const auto visit = [&](std::uint16_t pc) {
    if (seen.insert(pc).second) waiting.push_back(pc);
  };
  while (!waiting.empty()) {
    const std::optional<RegionNode> node = decode(waiting.back());
    waiting.pop_back();
    if (!node || node->flow == Flow::Anywhere || ++size > most) return TooLarge;
    switch (node->flow) {
      case Flow::Call: {
        const int called = subroutine_size(node->next_pc, most - size);
        if (called == TooLarge) return TooLarge;
        size += called;
        visit(static_cast<std::uint16_t>(node->pc + 3));
        break;
      }
      case Flow::Branch:
        visit(node->taken_pc);
        visit(node->next_pc);
        break;
      case Flow::Next:
      case Flow::Jump:
        visit(node->next_pc);
        break;
      case Flow::Return:
      case Flow::Anywhere:
        break;
    }
  }
  return size <= most ? size : TooLarge;
}

/// Where the region can be entered: at its entry, where its loops begin, and where calls return that are not copied.
void Finder::add_places() {
  std::set<std::uint16_t> taken;
  const auto add = [&](std::uint16_t pc, NodeId node) {
    if (node == NoNode || region_.entries.size() >= static_cast<std::size_t>(limits_.entries)) return;
    if (taken.insert(pc).second) region_.entries.push_back({pc, node});
  };
  add(region_.entry, 0);
  const auto is_copy = [&](const RegionNode& node) { return region_.contexts[node.context].depth > 0; };
  for (NodeId id = 0; id < region_.nodes.size(); ++id)
    if (region_.nodes[id].check && !is_copy(region_.nodes[id])) add(region_.nodes[id].pc, id);
  for (const RegionPlace& place : behind_) add(place.pc, place.node);
  for (const RegionContext& context : region_.contexts)
    if (context.depth == 0)
      for (const RegionPlace& place : context.returns) add(place.pc, place.node);
}

void Finder::add_bytes() {
  std::map<std::uint16_t, bool> bytes;
  const auto add = [&](int address, bool operand) {
    const auto [at, fresh] = bytes.emplace(static_cast<std::uint16_t>(address), operand);
    if (!fresh && !operand) at->second = false;
  };
  region_.pages[0] = region_.pages[1] = true;
  for (const RegionNode& node : region_.nodes) {
    add(node.pc, false);
    if (node.code & CodeKnowsLow) add(node.pc + 1, true);
    if (node.code & CodeKnowsHigh) add(node.pc + 2, true);
    for (int i = 0; i < 3; ++i) region_.pages[(node.pc + i) >> 8] = true;
    if ((node.code & CodeKnowsHigh) == 0) continue;
    // With an index it may be the next page.
    region_.pages[operand(node) >> 8] = region_.pages[static_cast<std::uint16_t>(operand(node) + 0x100) >> 8] = true;
  }
  for (const auto& [address, is_operand] : bytes)
    region_.bytes.push_back({address, guest_.memory[address], is_operand});
}

Region Finder::find(std::uint16_t pc) {
  if (guest_.map->read[0] != ReadMemory || guest_.map->read[1] != ReadMemory) return {};
  region_.entry = pc;
  region_.binary = !guest_.decimal;
  region_.reads_memory =
      std::all_of(guest_.map->read, guest_.map->read + 256, [](std::uint8_t kind) { return kind == ReadMemory; });
  region_.contexts.push_back({pc, 0, 0, {}});
  shared_.emplace(pc, 0);
  if (node_at(pc, 0) == NoNode) return {};
  while (!waiting_.empty()) {
    const NodeId id = waiting_.front();
    waiting_.pop_front();
    go_on(id);
  }
  mark_loops(region_);
  add_places();
  place_checks(region_, limits_.between_checks);
  add_bytes();
  return std::move(region_);
}

}  // namespace

Region find_region(const Guest& guest, std::uint16_t pc, const RegionLimits& limits) {
  RegionLimits tried = limits;
  Guest seen = guest;
  for (;;) {
    Region region = Finder(seen, tried).find(pc);
    // Code that sets D itself would leave there each time.
    if (!seen.decimal && std::any_of(region.nodes.begin(), region.nodes.end(), sets_d)) {
      seen.decimal = true;
      continue;
    }
    if (!region.cut || tried.small_subroutine == 0) return region;
    tried.small_subroutine /= 2;
  }
}

Region single_instruction(Variant variant, std::uint8_t opcode, Code code) {
  const Shape shape = shape_of(variant, opcode);
  Region region;
  region.anywhere = true;
  RegionNode node;
  node.opcode = opcode;
  node.length = shape.length;
  node.may_leave = true;
  node.code = code;
  node.cycles = shape.cycles;
  region.nodes.push_back(node);
  region.contexts.emplace_back();
  region.entries.push_back({0, 0});
  return region;
}

}  // namespace inlay::m6502
