// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/state_pointers.h"

#include "runtime/names.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace inlay::runtime {

PointerAt pointer_at(llvm::Value& pointer, const llvm::DataLayout& layout) {
  llvm::APInt offset(64, 0);
  PointerAt at{pointer.stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true), std::nullopt};
  if (offset.abs().ult(FarthestDistance)) at.distance = offset.getSExtValue();
  return at;
}

StatePointers::StatePointers(llvm::Function& function, const llvm::CallInst& hint) : layout_(function.getDataLayout()) {
  const PointerAt state = pointer_at(*hint.getArgOperand(0), layout_);
  base_ = state.base;
  auto* size = llvm::dyn_cast<llvm::ConstantInt>(hint.getArgOperand(1));
  if (size && size->getValue().ult(FarthestDistance) && state.distance) {
    begin_ = *state.distance;
    end_ = begin_ + static_cast<std::int64_t>(size->getZExtValue());
  }
  llvm::SmallVector<const llvm::Value*, 4> bases;
  llvm::getUnderlyingObjects(base_, bases, nullptr, /*MaxLookup=*/0);
  bases_.insert(base_);
  bases_.insert(bases.begin(), bases.end());
  entered_ = function.hasFnAttribute(EnteredAttribute);
  // Where p itself was loaded, the same pointer may be loaded again.
  stored_elsewhere_ =
      !llvm::isa<llvm::Argument, llvm::AllocaInst, llvm::GlobalValue>(base_) || stores_elsewhere(function);
}

bool StatePointers::distance(const llvm::Value* pointer, std::int64_t& from_base) const {
  const PointerAt at = pointer_at(*const_cast<llvm::Value*>(pointer), layout_);
  if (at.base != base_ || !at.distance) return false;
  from_base = *at.distance;
  return true;
}

bool StatePointers::may_lead(const llvm::Value* pointer) const {
  llvm::SmallVector<const llvm::Value*, 4> objects;
  llvm::getUnderlyingObjects(pointer, objects, nullptr, /*MaxLookup=*/0);
  return llvm::any_of(objects, [this](const llvm::Value* object) {
    if (bases_.contains(object)) return true;
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(object)) return stored_elsewhere_ || reads_state(*load);
    if (auto* argument = llvm::dyn_cast<llvm::Argument>(object))
      return entered_ && !argument->hasAttribute(ElsewhereAttribute);
    return !llvm::isa<llvm::AllocaInst, llvm::Constant>(object) && !llvm::isNoAliasCall(object);
  });
}

bool StatePointers::may_be_used_by(const llvm::Instruction& inst) const {
  return llvm::any_of(inst.operands(), [&](const llvm::Use& operand) {
    bool stored = llvm::isa<llvm::StoreInst>(inst) && operand.getOperandNo() == 0;
    return operand->getType()->isPointerTy() && !stored && may_lead(operand.get());
  });
}

/// Whether a load may read the state, memory that is reached through it, or a variable: the functions that this one
/// calls may have put pointers there.
bool StatePointers::reads_state(const llvm::LoadInst& load) const {
  std::int64_t at = 0;
  if (!distance(load.getPointerOperand(), at)) {
    llvm::SmallVector<const llvm::Value*, 4> objects;
    llvm::getUnderlyingObjects(load.getPointerOperand(), objects, nullptr, /*MaxLookup=*/0);
    return may_lead(load.getPointerOperand()) ||
           llvm::any_of(objects, [](const llvm::Value* object) { return llvm::isa<llvm::AllocaInst>(object); });
  }
  auto size = static_cast<std::int64_t>(layout_.getTypeStoreSize(load.getType()).getFixedValue());
  return at < end_ && at + size > begin_;
}

/// Whether a value that is stored may hold a pointer into the state: as itself, or as a number.
bool StatePointers::may_carry(const llvm::Value& value) const {
  if (value.getType()->isPtrOrPtrVectorTy()) return may_lead(&value);
  if (auto* number = llvm::dyn_cast<llvm::PtrToIntOperator>(&value)) return may_lead(number->getPointerOperand());
  // A copy of a few bytes takes pointers for numbers. What is only a number elsewhere is loaded as one there.
  auto* load = llvm::dyn_cast<llvm::LoadInst>(&value);
  if (!load || layout_.getTypeStoreSize(load->getType()).getFixedValue() < 8 || !reads_state(*load)) return false;
  return llvm::any_of(load->getPointerOperand()->users(), [](const llvm::User* user) {
    auto* other = llvm::dyn_cast<llvm::LoadInst>(user);
    auto* store = llvm::dyn_cast<llvm::StoreInst>(user);
    return (other && other->getType()->isPtrOrPtrVectorTy()) ||
           (store && store->getValueOperand()->getType()->isPtrOrPtrVectorTy());
  });
}

/// Whether this function puts pointers that may lead into the state where loads of others find them.
bool StatePointers::stores_elsewhere(llvm::Function& function) const {
  auto is_elsewhere = [this](const llvm::Value* pointer) {
    std::int64_t at = 0;
    return distance(pointer, at) ? at < begin_ || at >= end_ : !may_lead(pointer);
  };
  for (llvm::Instruction& inst : llvm::instructions(function)) {
    if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&inst)) {
      if (may_carry(*store->getValueOperand()) && is_elsewhere(store->getPointerOperand())) return true;
    } else if (auto* copy = llvm::dyn_cast<llvm::AnyMemTransferInst>(&inst)) {
      if (may_lead(copy->getRawSource()) && is_elsewhere(copy->getRawDest())) return true;
    }
  }
  return false;
}

}  // namespace inlay::runtime
