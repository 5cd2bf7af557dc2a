// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/guest_places.h"

#include <algorithm>

#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

namespace {

/// How libstdc++ names the function through which a std::function calls what it holds.
constexpr const char* FunctionHandler = "_ZNSt17_Function_handlerI";

/// The regions that may say something of the memory that a known pointer leads to.
std::vector<std::shared_ptr<const frozen::SourceTable>> tables_of(Symbols& symbols, const Symbols::Location& at) {
  std::vector<std::shared_ptr<frozen::Region>> regions;
  if (auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(at.symbol))
    if (auto object = symbols.frozen_objects().find(variable); object != symbols.frozen_objects().end()) {
      regions.push_back(object->second.region);
      // Memory of all graphs goes by the name of one of them.
      if (object->second.graph) regions.insert(regions.end(), symbols.held().begin(), symbols.held().end());
    }
  if (regions.empty() && at.address)
    if (std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(at.address)))
      regions.push_back(object->region);
  std::vector<std::shared_ptr<const frozen::SourceTable>> tables;
  for (const std::shared_ptr<frozen::Region>& region : regions)
    if (std::shared_ptr<const frozen::SourceTable> table = frozen::source_of(region))
      tables.push_back(std::move(table));
  return tables;
}

template <class Ask>
GuestPlace ask(Symbols& symbols, const llvm::Constant* address, Ask of_table) {
  if (!frozen::any_source() || !address) return std::nullopt;
  const std::optional<Symbols::Location> at = symbols.locate(address);
  if (!at || !at->address) return std::nullopt;
  for (const std::shared_ptr<const frozen::SourceTable>& table : tables_of(symbols, *at))
    if (GuestPlace place = of_table(*table, at->address)) return place;
  return std::nullopt;
}

}  // namespace

GuestPlace place_of_code(Symbols& symbols, const llvm::Constant* address) {
  return ask(symbols, address, [](const frozen::SourceTable& table, std::uintptr_t at) { return table.code_at(at); });
}

std::vector<GuestPlace> places_of_contexts(Environment& environment, const Analysis& analysis) {
  if (!frozen::any_source()) return {};
  Symbols& symbols = environment.symbols();
  std::vector<GuestPlace> places(analysis.contexts.size());
  for (ContextId id = NoPlace + 1; id < places.size(); ++id)
    if (analysis.contexts[id]->getType()->isPointerTy()) places[id] = place_of_code(symbols, analysis.contexts[id]);
  for (unsigned node_id : analysis.order) {
    const Node& node = analysis.nodes[node_id];
    if (node.context <= NoPlace || places[node.context]) continue;
    enter(environment, node);
    for (const llvm::Instruction& inst : *environment.facts().blocks[node.block]) {
      if (llvm::isa<llvm::PHINode>(inst) || inst.isTerminator()) continue;
      const auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst);
      const llvm::Constant* address = load ? environment.known(load->getPointerOperand()) : nullptr;
      if (!environment.step(inst) || !address || environment.mentions_base(address)) continue;
      places[node.context] = place_of_code(symbols, address);
      if (places[node.context]) break;
    }
  }
  if (std::none_of(places.begin(), places.end(), [](const GuestPlace& place) { return place.has_value(); })) return {};
  return places;
}

std::optional<PlacedNode> node_with_place(Symbols& symbols, const llvm::Function& function,
                                          llvm::ArrayRef<llvm::Constant*> known) {
  if (!frozen::any_source()) return std::nullopt;
  const bool holds_pointer = function.getName().starts_with(FunctionHandler);
  for (llvm::Constant* argument : known) {
    if (!argument || !argument->getType()->isPointerTy()) continue;
    llvm::Constant* node = holds_pointer ? symbols.load(argument, argument->getType()) : argument;
    GuestPlace place =
        ask(symbols, node, [](const frozen::SourceTable& table, std::uintptr_t at) { return table.node_at(at); });
    if (place) {
      const Symbols::Location at = *symbols.locate(node);
      auto object = symbols.frozen_objects().find(llvm::dyn_cast<llvm::GlobalVariable>(at.symbol));
      return PlacedNode{*std::move(place), at.address, object == symbols.frozen_objects().end() ? 0 : object->second.id,
                        holds_pointer};
    }
    if (holds_pointer) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace inlay::specialize
