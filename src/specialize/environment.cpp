// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/environment.h"

#include "runtime/markers.h"
#include "runtime/names.h"
#include "specialize/fold.h"

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

using runtime::Marker;

void Environment::enter(const Known& in, bool guarded, unsigned context) {
  context_ = context;
  guarded_ = guarded;
  for (unsigned number : touched_) values_[number] = nullptr;
  touched_.clear();
  work_ += in.size() + 1;
  auto value = in.begin();
  for (; value != in.end() && !is_cell(value->first); ++value) set(value->first, value->second);
  cells_.assign(value, in.end());
}

void Environment::set(unsigned number, llvm::Constant* value) {
  if (is_cell(number)) return set_cell(number, value);
  values_[number] = value;
  touched_.push_back(number);
}

llvm::Constant* Environment::in_unit(llvm::Constant* constant) {
  if (llvm::isa<llvm::ConstantData>(constant)) return constant;
  auto [slot, inserted] = mapped_.try_emplace(constant, nullptr);
  if (inserted) {
    llvm::Constant* mapped = runtime::map_constant(symbols_.unit(), constant);
    return mapped_[constant] = mapped;
  }
  return slot->second;
}

llvm::Constant* Environment::known(const llvm::Value* value) {
  if (auto* constant = llvm::dyn_cast<llvm::Constant>(value)) {
    if (llvm::isa<llvm::UndefValue>(constant)) return nullptr;
    return in_unit(const_cast<llvm::Constant*>(constant));
  }
  int number = facts_.number(value);
  if (number < 0) return nullptr;
  if (!values_[number] && alias_)
    if (auto* argument = llvm::dyn_cast<llvm::Argument>(value); argument && argument->getType()->isPointerTy())
      return new_base(*argument);
  return values_[number];
}

llvm::Constant* Environment::evaluate(const llvm::Instruction& inst) {
  if (inst.getType()->isVoidTy()) return nullptr;
  if (runtime::marker_of(inst) != Marker::None) {
    llvm::Constant* expected = guarded_value(inst);
    return expected ? expected : known(inst.getOperand(0));
  }
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(&inst)) {
    llvm::Constant* condition = known(select->getCondition());
    if (auto* bit = llvm::dyn_cast_or_null<llvm::ConstantInt>(condition))
      return known(bit->isOne() ? select->getTrueValue() : select->getFalseValue());
  }
  llvm::SmallVector<llvm::Constant*, 8> operands;
  bool based = false;
  for (const llvm::Use& operand : inst.operands()) {
    llvm::Constant* value = known(operand.get());
    if (!value) return nullptr;
    based |= alias_ && mentions_base(value);
    operands.push_back(value);
  }
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst); load && alias_)
    if (llvm::Constant* value = load_cell(*load, operands[0]); value || based) return value;
  llvm::Constant* value = fold(inst, operands, symbols_);
  if (alias_ && value && llvm::isa<llvm::Function>(value) && llvm::isa<llvm::LoadInst>(inst))
    tables_.insert(operands[0]);
  // Only what can be written as one address, or the number of one.
  if (value && based && mentions_base(value) && !value->getType()->isPointerTy() && !value->getType()->isIntegerTy(64))
    return nullptr;
  return value;
}

llvm::Constant* Environment::guarded_value(const llvm::Instruction& inst) {
  if (!guarded_ || runtime::marker_of(inst) != Marker::Expect || known(inst.getOperand(0))) return nullptr;
  if (!llvm::cast<llvm::CallBase>(inst).getOperandBundle(runtime::PlaceBundle)) return nullptr;
  llvm::Constant* expected = known(inst.getOperand(1));
  return expected && !mentions_base(expected) ? expected : nullptr;
}

llvm::Constant* Environment::step(const llvm::Instruction& inst) {
  ++work_;
  llvm::Constant* value = evaluate(inst);
  if (alias_) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst); load && !value && guarded_ && noting_) note_table(*load);
    if (auto* store_inst = llvm::dyn_cast<llvm::StoreInst>(&inst))
      store(*store_inst);
    else if (inst.mayWriteToMemory()) {
      const Marker marker = runtime::marker_of(inst);
      if (marker == Marker::TrackedState) note_state(inst);
      if (marker == Marker::None) forget(inst);
    }
    bool once = inst.getParent() == facts_.blocks[0];
    auto* variable = llvm::dyn_cast<llvm::AllocaInst>(&inst);
    if (!value && once && inst.getType()->isPointerTy() && (!variable || variable->isStaticAlloca()))
      value = new_base(inst);
  }
  if (value) set(static_cast<unsigned>(facts_.number(&inst)), value);
  return value;
}

void Environment::walk(const llvm::BasicBlock& block) {
  for (const llvm::Instruction& inst : block)
    if (!llvm::isa<llvm::PHINode>(inst)) step(inst);
}

Known Environment::on_edge(const llvm::BasicBlock* from, const llvm::BasicBlock* to) {
  Known in;
  for (unsigned number : facts_.live_in[facts_.block_number.lookup(to)].set_bits()) {
    llvm::Value* value = facts_.values[number];
    auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
    llvm::Constant* at_end = phi && phi->getParent() == to ? known(phi->getIncomingValueForBlock(from)) : known(value);
    if (at_end) in.emplace_back(number, at_end);
  }
  in.insert(in.end(), cells_.begin(), cells_.end());
  work_ += in.size();
  return in;
}

llvm::SmallVector<unsigned, 4> Environment::feasible(const llvm::Instruction& terminator) {
  llvm::SmallVector<unsigned, 4> taken;
  if (auto* branch = llvm::dyn_cast<llvm::BranchInst>(&terminator); branch && branch->isConditional()) {
    if (!guarded_ && branch->hasMetadata(DispatchMark)) return {1u};
    if (auto* condition = llvm::dyn_cast_or_null<llvm::ConstantInt>(known(branch->getCondition())))
      return {condition->isOne() ? 0u : 1u};
  } else if (auto* dispatch = llvm::dyn_cast<llvm::SwitchInst>(&terminator)) {
    if (auto* value = llvm::dyn_cast_or_null<llvm::ConstantInt>(known(dispatch->getCondition())))
      return {dispatch->findCaseValue(value)->getSuccessorIndex()};
  }
  for (unsigned i = 0; i < terminator.getNumSuccessors(); ++i) taken.push_back(i);
  return taken;
}

}  // namespace inlay::specialize
