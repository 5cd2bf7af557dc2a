// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/emit.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "core/opcodes.h"
#include "inlay/ir/builder.h"

namespace inlay::m6502 {

namespace {

using ir::Bool;
using ir::I16;
using ir::I32;
using ir::I64;
using ir::I8;
using ir::Ptr;

constexpr std::size_t MapWords = sizeof(Map) / 8;
static_assert(sizeof(Map) % 8 == 0 && sizeof(Cpu) == 24);

class Emitter {
 public:
  Emitter(ir::Module& module, const Region& region, Variant variant)
      : m_(module), b_(module), region_(region), table_(opcode_table(variant)) {}

  ir::FunctionId emit(std::string_view name, const Map& map, const DeviceNames& names);

 private:
  void emit_map(const std::string& name, const Map& map, const DeviceNames& names);
  void emit_node(NodeId id);
  void go_on(const RegionNode& node);
  void return_to(const RegionNode& node);
  void leave_at(std::uint16_t pc);
  std::string function_of(const RegionNode& node) const;
  ir::BlockId block_of(NodeId id) const { return id == NoNode ? leave_ : blocks_[id]; }
  void find_heads();
  /// Where what comes next is from.
  void at(NodeId id) { b_.at({file_, id + 1}); }

  ir::Value call(std::string_view name, std::initializer_list<ir::TypeId> parameters, ir::TypeId result,
                 std::initializer_list<ir::Operand> arguments) {
    return b_.call(m_.function(name, m_.signature(parameters, result), ir::FunctionExtern), arguments);
  }
  ir::Value has_time(int cycles) {
    return call("m6502_region_has_time", {Ptr, I64}, Bool, {cpu_, m_.integer(I64, cycles)});
  }
  void set_pc(std::uint16_t pc) { call("m6502_region_at", {Ptr, I16}, ir::Void, {cpu_, m_.integer(I16, pc)}); }
  ir::Value is_binary() { return call("m6502_region_is_binary", {Ptr}, Bool, {cpu_}); }
  ir::Value is_at(std::uint16_t pc) {
    return call("m6502_region_is_at", {Ptr, I16}, Bool, {cpu_, m_.integer(I16, pc)});
  }

  ir::Module& m_;
  ir::Builder b_;
  const Region& region_;
  const Opcode* table_;
  ir::FileId file_;
  ir::Value bus_, cpu_;
  ir::DataId map_;
  ir::BlockId leave_, refused_, places_;
  std::vector<ir::BlockId> blocks_;  // of nodes that begin one
};

void Emitter::emit_map(const std::string& called, const Map& map, const DeviceNames& names) {
  std::array<std::byte, sizeof(Map)> bytes;
  std::memcpy(bytes.data(), &map, sizeof map);
  std::vector<ir::Relocation> relocations;
  const auto name = [&](const void* function, std::size_t offset, std::initializer_list<ir::TypeId> parameters,
                        ir::TypeId result) {
    const auto found = names.find(function);
    if (!function || found == names.end()) return;
    const ir::FunctionId id = m_.function(found->second, m_.signature(parameters, result), ir::FunctionExtern);
    std::memset(bytes.data() + offset, 0, sizeof(void*));
    relocations.push_back({static_cast<std::uint32_t>(offset), id, 0});
  };
  for (std::size_t i = 0; i < MaxDevices; ++i) {
    const std::size_t at = offsetof(Map, devices) + i * sizeof(DeviceEntry);
    name(reinterpret_cast<const void*>(map.devices[i].read), at + offsetof(DeviceEntry, read), {Ptr, I16, I64}, I8);
    name(reinterpret_cast<const void*>(map.devices[i].write), at + offsetof(DeviceEntry, write), {Ptr, I16, I8, I64},
         ir::Void);
  }
  map_ = m_.add_data(called, m_.array(I64, MapWords), bytes, relocations);
}

/// Nodes where control comes from elsewhere than from the node before them in the code begin a block.
void Emitter::find_heads() {
  std::vector<std::uint8_t> comes(region_.nodes.size(), 0);  // 2: a block
  const auto to = [&](NodeId id, bool straight) {
    if (id != NoNode) comes[id] = straight && comes[id] == 0 ? 1 : 2;
  };
  for (const RegionPlace& place : region_.entries) to(place.node, false);
  for (const RegionContext& context : region_.contexts)
    for (const RegionPlace& place : context.returns) to(place.node, false);
  for (const RegionNode& node : region_.nodes) {
    to(node.next, node.flow == Flow::Next || node.flow == Flow::Jump || node.flow == Flow::Call);
    to(node.taken, false);
  }
  blocks_.resize(region_.nodes.size());
  for (NodeId id = 0; id < region_.nodes.size(); ++id)
    if (comes[id] == 2) blocks_[id] = b_.block();
}

/// Of instructions that need nothing but memory, the function that refuses anything else.
std::string Emitter::function_of(const RegionNode& node) const {
  constexpr std::string_view General = "opcode_", Quick = "region_";
  std::string name = table_[node.opcode].function_name;
  if (node.quick) name.replace(0, General.size(), Quick);
  return name;
}

void Emitter::leave_at(std::uint16_t pc) {
  set_pc(pc);
  b_.jump(leave_);
}

void Emitter::return_to(const RegionNode& node) {
  const std::vector<RegionPlace>& returns = region_.contexts[node.context].returns;
  if (returns.size() == 1 && returns[0].node != NoNode) {
    b_.branch(is_at(returns[0].pc), block_of(returns[0].node), places_);
    return;
  }
  std::vector<ir::Builder::Case> cases;
  for (const RegionPlace& place : returns)
    if (place.node != NoNode) cases.push_back({place.pc, block_of(place.node)});
  if (cases.empty()) {
    b_.jump(places_);
    return;
  }
  b_.switch_on(call("m6502_region_pc", {Ptr}, I16, {cpu_}), places_, cases);
}

void Emitter::go_on(const RegionNode& node) {
  switch (node.flow) {
    case Flow::Next:
    case Flow::Jump:
    case Flow::Call:
      b_.jump(block_of(node.next));
      break;
    case Flow::Branch:
      b_.branch(is_at(node.taken_pc), block_of(node.taken), block_of(node.next));
      break;
    case Flow::Return:
      return_to(node);
      break;
    case Flow::Anywhere:
      b_.jump(places_);
      break;
  }
}

/// The node, and those behind it up to the end of its block.
void Emitter::emit_node(NodeId id) {
  b_.start(blocks_[id]);
  for (;;) {
    const RegionNode& node = region_.nodes[id];
    at(id);
    if (node.check) {
      const ir::BlockId in_time = b_.block(), late = b_.block();
      b_.branch(has_time(node.bound), in_time, late);
      b_.start(late);
      leave_at(node.pc);
      b_.start(in_time);
    }
    if (!region_.anywhere) set_pc(node.pc);
    call(function_of(node), {Ptr, Ptr, Ptr, I32}, ir::Void,
         {cpu_, bus_, map_, m_.integer(I32, static_cast<std::int32_t>(node.code))});
    if (node.may_leave) {
      const ir::BlockId stays = b_.block();
      b_.branch(call("m6502_region_leaves", {Ptr}, Bool, {cpu_}), node.quick ? refused_ : leave_, stays);
      b_.start(stays);
    }
    if (region_.binary && node.sets_decimal) {
      const ir::BlockId stays = b_.block();
      b_.branch(is_binary(), stays, leave_);
      b_.start(stays);
    }
    const bool straight = node.flow == Flow::Next || node.flow == Flow::Jump || node.flow == Flow::Call;
    if (!straight || node.next == NoNode || blocks_[node.next]) {
      go_on(node);
      return;
    }
    id = node.next;
  }
}

ir::FunctionId Emitter::emit(std::string_view name, const Map& map, const DeviceNames& names) {
  emit_map("map_of_" + std::string(name), map, names);
  const ir::FunctionId function = m_.function(name, m_.signature({Ptr, Ptr}), ir::FunctionExported);
  const auto around = static_cast<NodeId>(region_.nodes.size());
  file_ = m_.file(RegionLines);
  b_.begin(function);
  at(around);
  bus_ = b_.parameter(0);
  const ir::Value registers = b_.parameter(1);
  cpu_ = b_.slot(m_.array(I64, sizeof(Cpu) / 8));
  call("m6502_region_begin", {Ptr, Ptr}, ir::Void, {registers, cpu_});
  leave_ = b_.block({}, "leave");
  refused_ = b_.block({}, "refused");
  places_ = b_.block({}, "places");
  const ir::BlockId table = b_.block();
  find_heads();
  const ir::BlockId inside = region_.anywhere ? blocks_[0] : places_;
  if (region_.binary)
    b_.branch(is_binary(), inside, leave_);
  else
    b_.jump(inside);

  b_.start(places_);
  b_.branch(has_time(region_.entry_bound), table, leave_);
  b_.start(table);
  std::vector<ir::Builder::Case> cases;
  for (const RegionPlace& place : region_.entries) cases.push_back({place.pc, block_of(place.node)});
  b_.switch_on(call("m6502_region_pc", {Ptr}, I16, {cpu_}), leave_, cases);

  for (NodeId id = 0; id < region_.nodes.size(); ++id)
    if (blocks_[id]) emit_node(id);

  at(around);
  b_.start(refused_);
  call("m6502_region_refused", {Ptr}, ir::Void, {cpu_});
  b_.jump(leave_);
  b_.start(leave_);
  call("m6502_region_end", {Ptr, Ptr}, ir::Void, {cpu_, registers});
  b_.ret();
  b_.end();
  return function;
}

}  // namespace

ir::FunctionId add_region(ir::Module& module, std::string_view name, const Region& region, Variant variant,
                          const Map& map, const DeviceNames& names) {
  return Emitter(module, region, variant).emit(name, map, names);
}

Result<ir::Module> emit_region(const Region& region, Variant variant, const Map& map, const DeviceNames& names) {
  INLAY_TRY(ir::Module module, ir::Module::create());
  add_region(module, RegionName, region, variant, map, names);
  if (module.error()) return *module.error();
  return module;
}

}  // namespace inlay::m6502
