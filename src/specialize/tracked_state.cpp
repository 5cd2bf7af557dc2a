// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/tracked_state.h"

#include "runtime/markers.h"
#include "runtime/state_pointers.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>

namespace inlay::specialize {

TrackedState::TrackedState(const llvm::CallInst& hint) : hint_(&hint) {
  llvm::APInt offset(64, 0);
  const llvm::Value* base = hint.getArgOperand(0)->stripAndAccumulateConstantOffsets(
      hint.getFunction()->getDataLayout(), offset, /*AllowNonInbounds=*/true);
  if (offset.abs().uge(runtime::FarthestDistance)) return;
  base_ = llvm::dyn_cast<llvm::Argument>(base);
  begin_ = end_ = offset.getSExtValue();
}

bool TrackedState::may_be_written_by(const llvm::Instruction& writer) const {
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&writer)) return may_lead(store->getPointerOperand());
  if (auto* copy = llvm::dyn_cast<llvm::AnyMemIntrinsic>(&writer)) return may_lead(copy->getRawDest());
  return true;
}

bool TrackedState::may_lead(const llvm::Value* pointer, unsigned depth) const {
  llvm::SmallVector<const llvm::Value*, 4> objects;
  llvm::getUnderlyingObjects(pointer, objects, nullptr, /*MaxLookup=*/0);
  return llvm::any_of(objects, [&](const llvm::Value* object) {
    if (auto* call = llvm::dyn_cast<llvm::CallBase>(object); call && depth > 0)
      return llvm::any_of(call->args(), [&](const llvm::Use& argument) {
        return argument->getType()->isPointerTy() && may_lead(argument.get(), depth - 1);
      });
    return object == base_ || !llvm::isa<llvm::LoadInst, llvm::Argument, llvm::AllocaInst, llvm::Constant>(object);
  });
}

bool TrackedState::leads(const llvm::Value* pointer) const {
  llvm::SmallVector<const llvm::Value*, 4> objects;
  llvm::getUnderlyingObjects(pointer, objects, nullptr, /*MaxLookup=*/0);
  return llvm::all_of(objects, [this](const llvm::Value* object) { return object == base_; });
}

namespace {

/// The pointers that an instruction which is no call reads or writes through.
llvm::SmallVector<const llvm::Value*, 2> pointers_used(const llvm::Instruction& inst) {
  if (const llvm::Value* pointer = llvm::getLoadStorePointerOperand(&inst)) return {pointer};
  if (auto* copy = llvm::dyn_cast<llvm::AnyMemTransferInst>(&inst)) return {copy->getRawDest(), copy->getRawSource()};
  if (auto* fill = llvm::dyn_cast<llvm::AnyMemSetInst>(&inst)) return {fill->getRawDest()};
  return {};
}

void mark(llvm::Instruction& inst, unsigned kind, llvm::MDNode* scopes) {
  inst.setMetadata(kind, llvm::MDNode::concatenate(inst.getMetadata(kind), scopes));
}

}  // namespace

void mark_tracked_state(llvm::Function& function) {
  for (llvm::Instruction& hint : llvm::make_early_inc_range(llvm::instructions(function))) {
    if (runtime::marker_of(hint) != runtime::Marker::TrackedState) continue;
    const TrackedState state(llvm::cast<llvm::CallInst>(hint));
    hint.eraseFromParent();
    if (!state.valid()) continue;
    llvm::MDBuilder builder(function.getContext());
    llvm::MDNode* scope = builder.createAnonymousAliasScope(builder.createAnonymousAliasScopeDomain());
    llvm::MDNode* scopes = llvm::MDNode::get(function.getContext(), scope);
    for (llvm::Instruction& inst : llvm::instructions(function)) {
      const llvm::SmallVector<const llvm::Value*, 2> pointers = pointers_used(inst);
      if (pointers.empty()) continue;
      if (llvm::all_of(pointers, [&](const llvm::Value* pointer) { return state.leads(pointer); }))
        mark(inst, llvm::LLVMContext::MD_alias_scope, scopes);
      else if (llvm::none_of(pointers, [&](const llvm::Value* pointer) { return state.may_lead(pointer); }))
        mark(inst, llvm::LLVMContext::MD_noalias, scopes);
    }
  }
}

}  // namespace inlay::specialize
