// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explain/explanation.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "explain/listing.h"
#include "inlay/m6502/disassemble.h"
#include "jit/compile.h"
#include "jit/shape.h"
#include "machine/state.h"

namespace inlay::m6502 {

namespace {

/// Why control leaves compiled code at `pc`, or never was in it, as far as the instruction there tells.
std::string why_interpreted(Machine& machine, const JitAccount& account, std::uint16_t pc) {
  const Bus& bus = state_of(machine).bus;
  if (state_of(machine).memory.hooked(pc)) return "a hook takes over there, such as a system call";
  if (account.map.read[pc >> 8] != ReadMemory) return "it is in a page of a device";
  if (account.facts[pc] & ByteInterpreted) return "the program keeps changing it, so it is left to the interpreter";
  const Variant variant = machine.options().variant;
  const Shape shape = shape_of(variant, bus.memory[pc]);
  if (!shape.compiled)
    return std::string(opcode_text(variant, machine.peek(pc)).mnemonic) + " is left to the interpreter";
  if (account.map.read[static_cast<std::uint16_t>(pc + shape.fetched - 1) >> 8] != ReadMemory)
    return "it reaches into a page of a device";
  return {};
}

class Writer {
 public:
  Writer(Machine& machine, const JitAccount& account, const Labels* labels)
      : machine_(machine), account_(account), labels_(labels), variant_(machine.options().variant) {}

  std::string label_of(std::uint16_t pc) const { return labels_ ? std::string(labels_->name_of(pc)) : std::string(); }
  std::string name_of(std::uint16_t pc) const {
    char text[8];
    std::snprintf(text, sizeof text, "$%04X", pc);
    const std::string label = label_of(pc);
    return label.empty() ? text : std::string(text) + " (" + label + ")";
  }
  std::string listing_of(std::uint16_t pc) const {
    const Peek peek = [&](std::uint16_t address) { return machine_.peek(address); };
    return listing_line(variant_, pc, instruction_at(peek, pc), labels_);
  }

  ExplainedRegion describe(const RegionAccount& account) const;
  Result<RegionListing> list(const inlay::Jit& compiler, const RegionAccount& account) const;
  std::vector<NotCompiled> not_compiled() const;

 private:
  std::vector<std::string> notes_of(const Region& region, const RegionNode& node) const;
  std::string why_left(const Region& region, std::uint16_t pc) const;
  std::string heading_of(const Region& region, std::uint32_t context) const;
  std::vector<MachineDevice> devices_of(const Map& map) const;
  std::string why_no_region(const PlaceAccount& place) const;

  Machine& machine_;
  const JitAccount& account_;
  const Labels* labels_;
  Variant variant_;
};

ExplainedRegion Writer::describe(const RegionAccount& account) const {
  ExplainedRegion made;
  made.account = account;
  made.entry = account.region.entry;
  made.name = name_of(made.entry);
  made.instructions = account.region.nodes.size();
  std::set<std::uint16_t> seen;
  for (const RegionNode& node : account.region.nodes) seen.insert(node.pc);
  made.copies = made.instructions - seen.size();
  for (const RegionPlace& place : account.region.entries) made.entries.push_back(name_of(place.pc));
  return made;
}

std::string Writer::why_left(const Region& region, std::uint16_t pc) const {
  if (std::string why = why_interpreted(machine_, account_, pc); !why.empty()) return why;
  if (region.cut) return "the limit of " + std::to_string(account_.limits.instructions) + " instructions was reached";
  return "it is not part of this region";
}

std::vector<std::string> Writer::notes_of(const Region& region, const RegionNode& node) const {
  std::vector<std::string> notes;
  const Shape shape = shape_of(variant_, node.opcode);
  if (node.check) notes.push_back("looks whether " + std::to_string(node.bound) + " cycles are left, else leaves");
  if ((node.length > 1 && !(node.code & CodeKnowsLow)) || (node.length > 2 && !(node.code & CodeKnowsHigh)))
    notes.push_back("the program keeps changing its operand: loaded each time it runs");
  if (shape.address && node.length == 3 && (node.code & CodeKnowsHigh)) {
    const auto page = static_cast<std::uint8_t>((node.code & CodeHigh) >> 8);
    if (account_.map.read[page] >= ReadDevice || account_.map.write[page] >= WriteDevice)
      notes.push_back("a page of a device");
    else if (account_.map.write[page] == WriteNothing && !node.quick)
      notes.push_back("a page of ROM");
  }
  if (shape.decimal && !region.binary) notes.push_back("decimal mode is looked at");
  const auto leaves = [&](NodeId to, std::uint16_t pc) {
    if (to == NoNode) notes.push_back("leaves for " + name_of(pc) + ": " + why_left(region, pc));
  };
  switch (node.flow) {
    case Flow::Branch:
      leaves(node.taken, node.taken_pc);
      leaves(node.next, node.next_pc);
      break;
    case Flow::Next:
    case Flow::Jump:
    case Flow::Call:
      leaves(node.next, node.next_pc);
      break;
    case Flow::Return: {
      const std::vector<RegionPlace>& returns = region.contexts[node.context].returns;
      if (returns.empty()) notes.emplace_back("leaves for who called, if that is no place of this region");
      if (returns.size() == 1) notes.push_back("expects to return to " + name_of(returns[0].pc));
      if (returns.size() > 1) notes.push_back("expects one of " + std::to_string(returns.size()) + " callers");
      break;
    }
    case Flow::Anywhere:
      notes.push_back("where to is known when it runs: to one of " + std::to_string(region.entries.size()) +
                      " places of this region, or out of it");
      break;
  }
  return notes;
}

std::string Writer::heading_of(const Region& region, std::uint32_t number) const {
  const RegionContext& context = region.contexts[number];
  if (number == 0) return {};
  if (context.depth == 0) return "subroutine " + name_of(context.target);
  std::string text = "subroutine " + name_of(context.target) + ", copied to its call";
  if (!context.returns.empty()) text += " at " + name_of(static_cast<std::uint16_t>(context.returns[0].pc - 3));
  return text;
}

std::vector<MachineDevice> Writer::devices_of(const Map& map) const {
  std::vector<MachineDevice> devices;
  for (int index = 0; index < MaxDevices; ++index) {
    const DeviceEntry& device = map.devices[index];
    int page = 0;
    while (page < 256 && map.read[page] != ReadDevice + index && map.write[page] != WriteDevice + index) ++page;
    if (page == 256) continue;
    char at[40];
    std::snprintf(at, sizeof at, "device at $%02X00", page);
    devices.push_back({reinterpret_cast<std::uintptr_t>(device.read), std::string(at) + ": read"});
    devices.push_back({reinterpret_cast<std::uintptr_t>(device.write), std::string(at) + ": write"});
    devices.push_back({reinterpret_cast<std::uintptr_t>(device.context), std::string(at)});
  }
  return devices;
}

Result<RegionListing> Writer::list(const inlay::Jit& compiler, const RegionAccount& account) const {
  const Region& region = account.region;
  INLAY_TRY(const Loaded loaded, compile_region(compiler, region, variant_, account.map, account_.names, account_.level,
                                                /*explain=*/true));
  RegionCodeLines code = lines_of(loaded.report(), region.nodes.size(), devices_of(account.map));
  RegionListing listing;
  listing.code_bytes = code.bytes;
  listing.around = std::move(code.around);
  listing.functions = std::move(code.functions);
  std::vector<NodeId> order(region.nodes.size());
  for (NodeId id = 0; id < order.size(); ++id) order[id] = id;
  std::sort(order.begin(), order.end(), [&](NodeId a, NodeId b) {
    return std::pair(region.nodes[a].context, region.nodes[a].pc) <
           std::pair(region.nodes[b].context, region.nodes[b].pc);
  });
  std::uint32_t context = 0;
  for (const NodeId id : order) {
    const RegionNode& node = region.nodes[id];
    ListedInstruction& each = listing.instructions.emplace_back();
    each.pc = node.pc;
    each.label = label_of(node.pc);
    each.listing = listing_of(node.pc);
    if (node.context != context) each.heading = heading_of(region, node.context);
    context = node.context;
    each.notes = notes_of(region, node);
    each.code = std::move(code.of_nodes[id]);
  }
  return listing;
}

std::string Writer::why_no_region(const PlaceAccount& place) const {
  std::string why = why_interpreted(machine_, account_, place.pc);
  switch (place.why) {
    case NoRegion::Cold:
      if (!why.empty()) return why;
      return std::to_string(place.jumps) + (place.jumps == 1 ? " jump" : " jumps") + " to it since it was looked at; " +
             std::to_string(account_.heat) + " make it hot";
    case NoRegion::Waiting:
      return "it waits to be compiled, or is being compiled";
    case NoRegion::Nothing:
      return why.empty() ? "it could not be compiled" : why;
    case NoRegion::TooShort:
      return "what begins there neither repeats nor is long: entering it costs more than it saves";
    case NoRegion::DidNotPay:
      return "it was compiled and entered, but left again too soon to be worth it";
    case NoRegion::DidNotLast:
      return "it was compiled, but its bytes have changed";
    case NoRegion::Failed:
      return "it could not be compiled: " + machine_.statistics().failure;
  }
  return why;
}

std::vector<NotCompiled> Writer::not_compiled() const {
  std::vector<NotCompiled> all;
  const auto add = [&](std::uint16_t pc, std::string why) {
    all.push_back({pc, name_of(pc), listing_of(pc), std::move(why)});
  };
  for (const PlaceAccount& place : account_.places) add(place.pc, why_no_region(place));
  for (std::size_t at = 0; at < account_.facts.size(); ++at)
    if (account_.facts[at] & ByteInterpreted)
      add(static_cast<std::uint16_t>(at), "the program keeps changing it, so it is left to the interpreter");
  std::set<std::uint16_t> left;
  for (const RegionAccount& each : account_.regions)
    for (const RegionNode& node : each.region.nodes) {
      const auto leaves = [&](NodeId to, std::uint16_t pc) {
        if (to == NoNode && left.insert(pc).second) add(pc, why_left(each.region, pc));
      };
      if (node.flow == Flow::Branch) leaves(node.taken, node.taken_pc);
      if (node.flow != Flow::Return && node.flow != Flow::Anywhere) leaves(node.next, node.next_pc);
    }
  std::sort(all.begin(), all.end(),
            [](const NotCompiled& a, const NotCompiled& b) { return std::tie(a.pc, a.why) < std::tie(b.pc, b.why); });
  all.erase(std::unique(all.begin(), all.end(),
                        [](const NotCompiled& a, const NotCompiled& b) { return a.pc == b.pc && a.why == b.why; }),
            all.end());
  return all;
}

}  // namespace

std::int64_t Explanation::cycles_in_regions() const {
  std::int64_t sum = 0;
  for (const ExplainedRegion& region : regions) sum += region.account.cycles;
  return sum;
}

std::string Explanation::summary() const {
  std::size_t instructions = 0;
  double milliseconds = 0;
  for (const ExplainedRegion& region : regions) {
    instructions += region.instructions;
    milliseconds += region.account.milliseconds;
  }
  char text[200];
  std::snprintf(text, sizeof text, "%zu %s of %zu instructions", regions.size(),
                regions.size() == 1 ? "region" : "regions", instructions);
  std::string made = text;
  if (milliseconds > 0) {
    std::snprintf(text, sizeof text, ", compiled in %.1f ms", milliseconds);
    made += text;
  }
  if (ran && statistics.cycles > 0) {
    std::snprintf(text, sizeof text, "; %.1f %% of %lld cycles were spent in %s",
                  100.0 * static_cast<double>(cycles_in_regions()) / static_cast<double>(statistics.cycles),
                  static_cast<long long>(statistics.cycles), regions.size() == 1 ? "it" : "them");
    made += text;
  }
  return made;
}

Stopped run_to_explain(Machine& machine, std::int64_t until) {
  constexpr std::int64_t Slice = 1 << 18;
  MachineState& state = state_of(machine);
  for (;;) {
    const Stopped stopped = machine.run(std::min(until, machine.cycle() + Slice));
    if (state.jit) state.jit->wait();
    if (stopped.reason != StopReason::Time || machine.cycle() >= until) return stopped;
  }
}

Result<Explanation> explain(Machine& machine, const ExplainOptions& options) {
  MachineState& state = state_of(machine);
  if (!state.jit)
    return Error(ErrorKind::InvalidArgument, "nothing is compiled by this engine; explain needs the JIT's");
  state.jit->wait();
  JitAccount account = state.jit->account();
  Explanation made;
  made.program = options.program;
  made.statistics = machine.statistics();
  made.ran = made.statistics.cycles > 0;
  if (options.at && std::none_of(account.regions.begin(), account.regions.end(), [&](const RegionAccount& each) {
        return each.active && each.region.entry == *options.at;
      })) {
    RegionAccount wanted;
    wanted.map = account.map;
    const Bus& bus = state.bus;
    wanted.region =
        find_region({machine.options().variant, bus.memory, &wanted.map, account.facts.data(), bus.cpu.d != 0},
                    *options.at, account.limits);
    watch_own_code(wanted.region, wanted.map);
    if (wanted.region.empty()) {
      const Writer writer(machine, account, options.labels);
      const std::string why = why_interpreted(machine, account, *options.at);
      return Error(ErrorKind::InvalidArgument, "nothing is compiled at " + writer.name_of(*options.at) + ": " +
                                                   (why.empty() ? "pages 0 and 1 are no memory" : why));
    }
    account.regions.push_back(std::move(wanted));
  }
  const Writer writer(machine, account, options.labels);
  for (const RegionAccount& each : account.regions) made.regions.push_back(writer.describe(each));
  made.not_compiled = writer.not_compiled();

  std::optional<inlay::Jit> compiler;
  bool listed = false;
  for (ExplainedRegion& region : made.regions) {
    const bool wanted = options.at ? region.entry == *options.at : !listed;
    if (!wanted && !options.all) continue;
    if (!compiler) {
      INLAY_TRY(inlay::Jit created, inlay::Jit::create());
      compiler = std::move(created);
    }
    INLAY_TRY(region.listing, writer.list(*compiler, region.account));
    listed = true;
  }
  return made;
}

}  // namespace inlay::m6502
