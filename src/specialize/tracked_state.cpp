// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/tracked_state.h"

#include "runtime/markers.h"
#include "runtime/state_pointers.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>

namespace inlay::specialize {

TrackedState::TrackedState(const llvm::CallInst& hint) : hint_(&hint), layout_(hint.getFunction()->getDataLayout()) {
  const runtime::PointerAt state = runtime::pointer_at(*hint.getArgOperand(0), layout_);
  if (!state.distance) return;
  base_ = llvm::dyn_cast<llvm::Argument>(state.base);
  begin_ = end_ = *state.distance;
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

bool TrackedState::leads(const llvm::Value* pointer, std::uint64_t size) const {
  const runtime::PointerAt at = runtime::pointer_at(*const_cast<llvm::Value*>(pointer), layout_);
  return at.base == base_ && at.distance && covers(*at.distance, size);
}

namespace {

/// The pointers that an instruction which is no call reads or writes through, and how many bytes.
struct Accessed {
  llvm::SmallVector<const llvm::Value*, 2> pointers;
  std::uint64_t size = ~std::uint64_t{0} / 4;  // not known
};

Accessed accessed_by(const llvm::Instruction& inst) {
  Accessed accessed;
  if (const llvm::Value* pointer = llvm::getLoadStorePointerOperand(&inst)) {
    accessed.pointers = {pointer};
    const llvm::TypeSize size = inst.getDataLayout().getTypeStoreSize(llvm::getLoadStoreType(&inst));
    if (!size.isScalable()) accessed.size = size.getFixedValue();
  } else if (auto* memory = llvm::dyn_cast<llvm::AnyMemIntrinsic>(&inst)) {
    accessed.pointers = {memory->getRawDest()};
    if (auto* copy = llvm::dyn_cast<llvm::AnyMemTransferInst>(memory))
      accessed.pointers.push_back(copy->getRawSource());
    if (auto* size = llvm::dyn_cast<llvm::ConstantInt>(memory->getLength());
        size && size->getValue().ult(accessed.size))
      accessed.size = size->getZExtValue();
  }
  return accessed;
}

void mark(llvm::Instruction& inst, unsigned kind, llvm::MDNode* scopes) {
  inst.setMetadata(kind, llvm::MDNode::concatenate(inst.getMetadata(kind), scopes));
}

}  // namespace

void mark_tracked_state(llvm::Function& function) {
  for (llvm::Instruction& hint : llvm::make_early_inc_range(llvm::instructions(function))) {
    if (runtime::marker_of(hint) != runtime::Marker::TrackedState) continue;
    TrackedState state(llvm::cast<llvm::CallInst>(hint));
    auto* size = llvm::dyn_cast<llvm::ConstantInt>(hint.getOperand(1));
    if (size && size->getValue().ult(runtime::FarthestDistance)) state.set_size(size->getZExtValue());
    llvm::IRBuilder<> at(hint.getNextNode());
    hint.eraseFromParent();
    if (!state.valid() || !size || size->isZero()) continue;
    llvm::MDBuilder builder(function.getContext());
    llvm::MDNode* scope = builder.createAnonymousAliasScope(builder.createAnonymousAliasScopeDomain());
    llvm::MDNode* scopes = llvm::MDNode::get(function.getContext(), scope);
    at.CreateNoAliasScopeDeclaration(scopes);  // so that each copy of the function has a scope of its own
    for (llvm::Instruction& inst : llvm::instructions(function)) {
      const Accessed accessed = accessed_by(inst);
      if (accessed.pointers.empty()) continue;
      auto leads = [&](const llvm::Value* pointer) { return state.leads(pointer, accessed.size); };
      auto may_lead = [&](const llvm::Value* pointer) { return state.may_lead(pointer); };
      if (llvm::all_of(accessed.pointers, leads))
        mark(inst, llvm::LLVMContext::MD_alias_scope, scopes);
      else if (llvm::none_of(accessed.pointers, may_lead))
        mark(inst, llvm::LLVMContext::MD_noalias, scopes);
    }
  }
}

}  // namespace inlay::specialize
