// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/pins.h"

#include <algorithm>
#include <set>

#include "runtime/markers.h"

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace inlay::specialize {

using runtime::Marker;

namespace {

/// What an unknown value is computed from.
class Causes {
 public:
  Causes(const Environment& environment, const Variables& forbidden)
      : environment_(environment), forbidden_(forbidden) {}

  /// Follows `value` through arithmetic, through loads at addresses that depend on it, and through memory to what was
  /// stored there.
  void follow(const llvm::Value* value) {
    work_.push_back(value);
    while (!work_.empty()) {
      auto* inst = llvm::dyn_cast<llvm::Instruction>(work_.back());
      work_.pop_back();
      if (!inst || !seen_.insert(inst).second) continue;
      const Marker marker = runtime::marker_of(*inst);
      const bool hint = marker != Marker::None;
      if (!hint && !llvm::isa<llvm::PHINode, llvm::LoadInst, llvm::GetElementPtrInst, llvm::CastInst,
                              llvm::BinaryOperator, llvm::SelectInst, llvm::FreezeInst, llvm::ExtractValueInst>(inst))
        continue;
      int number = environment_.facts().number(inst);
      if (number < 0 || forbidden_.has(static_cast<unsigned>(number))) continue;
      chain.insert(static_cast<unsigned>(number));
      if (auto* phi = llvm::dyn_cast<llvm::PHINode>(inst)) {
        any_choice = true;
        behind.phis.insert(phi);
      }
      if (auto* load = llvm::dyn_cast<llvm::LoadInst>(inst)) {
        behind.loads.insert(load);
        follow_memory(*load);
      }
      if (marker == Marker::Context) continue;  // what was before is settled by the context
      if (hint)
        work_.push_back(inst->getOperand(0));
      else
        for (const llvm::Use& operand : inst->operands()) work_.push_back(operand.get());
    }
  }

  std::set<unsigned> chain;
  Behind behind;
  bool any_choice = false;  // a phi or a cell is among them: something with several values

 private:
  void follow_memory(const llvm::Instruction& load) {
    for (unsigned cell : environment_.cells_read_by(load)) {
      if (forbidden_.has(cell)) continue;
      chain.insert(cell);
      any_choice = true;
      for (const llvm::StoreInst* store : environment_.stores_to(cell)) work_.push_back(store->getValueOperand());
    }
  }

  const Environment& environment_;
  const Variables forbidden_;
  std::vector<const llvm::Value*> work_;
  std::set<const llvm::Value*> seen_;
};

/// One search for pins.
class PinFinder {
 public:
  PinFinder(Environment& environment, const Variables& forbidden, Variables& pins)
      : environment_(environment), forbidden_(forbidden), pins_(pins) {}

  bool look_at(const llvm::CallBase& call, ContextId context);
  void count(Found& found) const {
    found.unresolved = unresolved_.size();
    std::set<ContextId> contexts;
    for (const auto& [value, context] : unresolved_) contexts.insert(context);
    found.contexts = contexts.size();
  }

 private:
  /// Pins all of them: where the phi itself is dead, a pointer made from it must keep the copies apart.
  bool pin_causes(const llvm::Value* value, ContextId context) {
    unresolved_.insert({value, context});
    if (!followed_.insert(value).second) return false;  // at another node
    Causes causes(environment_, forbidden_);
    causes.follow(value);
    if (!causes.any_choice) return false;
    bool added = false;
    for (unsigned number : causes.chain) added |= pins_.add(number);
    return added;
  }
  bool read_from_known_memory(const llvm::Value* value);

  Environment& environment_;
  const Variables& forbidden_;
  Variables& pins_;
  std::set<const llvm::Value*> followed_;
  std::set<std::pair<const llvm::Value*, ContextId>> unresolved_;
};

/// Whether an unknown pointer is worth copying blocks for: it is read, at an unknown place, from memory that is known.
bool PinFinder::read_from_known_memory(const llvm::Value* value) {
  auto* load = llvm::dyn_cast<llvm::LoadInst>(value);
  if (!load || !load->getType()->isPointerTy()) {
    auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
    if (!phi || !phi->getType()->isPointerTy()) return false;
    // Which of several known objects: `c ? a : b`, or an iterator over them.
    return std::any_of(phi->incoming_values().begin(), phi->incoming_values().end(), [&](const llvm::Use& incoming) {
      auto* constant = llvm::dyn_cast_or_null<llvm::Constant>(environment_.known(incoming.get()));
      return constant && !constant->isNullValue() && !environment_.mentions_base(constant);
    });
  }
  const llvm::Value* address = load->getPointerOperand()->stripInBoundsOffsets();
  if (llvm::Constant* known = environment_.known(address))
    return !environment_.mentions_base(known) && environment_.symbols().locate(known).has_value();
  if (auto* phi = llvm::dyn_cast<llvm::PHINode>(address)) return read_from_known_memory(phi);
  return read_from_known_memory(address);
}

/// What of this call or hint would be known with more pins.
bool PinFinder::look_at(const llvm::CallBase& call, ContextId context) {
  Marker marker = runtime::marker_of(call);
  if (marker == Marker::Context)
    return !environment_.known(call.getArgOperand(0)) && pin_causes(call.getArgOperand(0), context);
  if (marker != Marker::None || llvm::isa<llvm::IntrinsicInst>(call)) return false;
  bool found = false;
  if (call.hasFnAttr(LeavesAttribute)) return false;
  if (call.isIndirectCall() && !environment_.known(call.getCalledOperand()))
    found |= pin_causes(call.getCalledOperand(), context);
  for (const llvm::Use& argument : call.args())
    if (argument->getType()->isPointerTy() && !environment_.known(argument.get()) &&
        read_from_known_memory(argument.get()))
      found |= pin_causes(argument.get(), context);
  return found;
}

}  // namespace

Found find_pins(const Analysis& analysis, Environment& environment, const Variables& forbidden, Variables& pins) {
  PinFinder finder(environment, forbidden, pins);
  Found found;
  for (unsigned id : analysis.order) {
    const Node& node = analysis.nodes[id];
    enter(environment, node);
    for (const llvm::Instruction& inst : *environment.facts().blocks[node.block]) {
      // In the interpreter itself, what it reads of its program is nobody's gain.
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst); call && node.context != NoPlace)
        found.pins |= finder.look_at(*call, node.context);
      if (!llvm::isa<llvm::PHINode>(inst)) environment.step(inst);
    }
  }
  finder.count(found);
  return found;
}

Variables context_variables(const Facts& facts) {
  Variables variables(static_cast<unsigned>(facts.values.size()));
  std::vector<const llvm::Value*> work;
  for (const llvm::BasicBlock* block : facts.blocks) {
    if (const llvm::CallInst* hint = context_at_end(*block)) work.push_back(hint);
    // What a promoted value makes known is lost where its versions meet; keeping them apart is what was asked for.
    if (const llvm::CallInst* hint = promote_at_end(*block)) {
      variables.add(static_cast<unsigned>(facts.number(hint)));
      for (const llvm::User* user : hint->users())
        if (llvm::isa<llvm::CastInst>(user))
          variables.add(static_cast<unsigned>(facts.number(llvm::cast<llvm::Instruction>(user))));
    }
  }
  while (!work.empty()) {
    auto* inst = llvm::dyn_cast<llvm::Instruction>(work.back());
    work.pop_back();
    if (!inst || !variables.add(static_cast<unsigned>(facts.number(inst)))) continue;
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(inst))
      for (const llvm::Use& incoming : phi->incoming_values()) work.push_back(incoming.get());
    else if (runtime::marker_of(*inst) != Marker::None ||
             llvm::isa<llvm::CastInst, llvm::GetElementPtrInst, llvm::FreezeInst, llvm::BinaryOperator>(inst))
      work.push_back(inst->getOperand(0));
  }
  return variables;
}

Behind values_behind(const llvm::Value& value, const Environment& environment) {
  Causes causes(environment, Variables());
  causes.follow(&value);
  return std::move(causes.behind);
}

std::vector<unsigned> pins_to_blame(const std::vector<Node>& nodes, const std::vector<unsigned>& ids, unsigned block,
                                    const Environment& environment, const Variables& kept) {
  struct Values {
    llvm::Constant* first;
    bool differ = false;
  };
  std::map<unsigned, Values> values;
  for (unsigned id : ids)
    if (nodes[id].block == block)
      for (const auto& [number, value] : nodes[id].pins)
        if (!kept.has(number)) {
          auto [seen, fresh] = values.try_emplace(number, Values{value});
          if (!fresh && seen->second.first != value) seen->second.differ = true;
        }
  std::vector<unsigned> cells, others;
  for (const auto& [number, seen] : values)
    if (seen.differ) (environment.is_cell(number) ? cells : others).push_back(number);
  return cells.empty() ? others : cells;
}

}  // namespace inlay::specialize
