// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/markers.h"

#include "runtime/names.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace inlay::runtime {

namespace {

Marker marker_named(llvm::StringRef name) {
  if (name == ContextOfPointer || name == ContextOfWord) return Marker::Context;
  if (name == EntryOfPointer || name == EntryOfWord) return Marker::Context;
  if (name == VirtualState) return Marker::VirtualState;
  if (name == TrackedState) return Marker::TrackedState;
  if (name == Expect) return Marker::Expect;
  if (name == Promote) return Marker::Promote;
  return Marker::None;
}

}  // namespace

Marker marker_of(const llvm::Instruction& inst) {
  auto* call = llvm::dyn_cast<llvm::CallInst>(&inst);
  const llvm::Function* callee = call ? call->getCalledFunction() : nullptr;
  if (!callee || !callee->isDeclaration() || !callee->getName().starts_with("inlay_marker_")) return Marker::None;
  return marker_named(callee->getName());
}

bool is_entry(const llvm::Instruction& inst) {
  if (marker_of(inst) != Marker::Context) return false;
  return llvm::cast<llvm::CallInst>(inst).getCalledFunction()->getName().starts_with("inlay_marker_entry_");
}

bool is_marker(const llvm::GlobalValue& global) {
  return marker_named(global.getName()) != Marker::None || global.getName() == AmICompiled;
}

bool has_markers(const llvm::Function& function) {
  return llvm::any_of(llvm::instructions(function),
                      [](const llvm::Instruction& inst) { return marker_of(inst) != Marker::None; });
}

bool has_state_marker(const llvm::Function& function) {
  return llvm::any_of(llvm::instructions(function),
                      [](const llvm::Instruction& inst) { return is_about_state(marker_of(inst)); });
}

void describe_markers(llvm::Module& module) {
  for (const llvm::StringRef name : {ContextOfPointer, ContextOfWord, EntryOfPointer, EntryOfWord, VirtualState,
                                     TrackedState, Expect, Promote, AmICompiled}) {
    llvm::Function* marker = module.getFunction(name);
    if (!marker || !marker->isDeclaration()) continue;
    // A question may be dropped, copied and reordered, too.
    marker->setMemoryEffects(name == AmICompiled ? llvm::MemoryEffects::none()
                                                 : llvm::MemoryEffects::inaccessibleMemOnly());
    marker->setDoesNotThrow();
    marker->addFnAttr(llvm::Attribute::WillReturn);
    marker->addFnAttr(llvm::Attribute::NoCallback);
    marker->addFnAttr(llvm::Attribute::NoSync);
    marker->addFnAttr(llvm::Attribute::NoFree);
    // Of a pointer, the hint is told the number only.
    for (llvm::Argument& argument : marker->args())
      if (argument.getType()->isPointerTy() && marker->getReturnType()->isVoidTy())
        argument.addAttr(llvm::Attribute::getWithCaptureInfo(module.getContext(), llvm::CaptureInfo::none()));
    // A call that was made an invoke, because the code around it catches, ends a block for nothing.
    for (llvm::User* user : llvm::make_early_inc_range(marker->users())) {
      auto* invoke = llvm::dyn_cast<llvm::InvokeInst>(user);
      if (!invoke || invoke->getCalledOperand() != marker) continue;
      llvm::SmallVector<llvm::Value*, 2> arguments(invoke->args());
      auto* call = llvm::CallInst::Create(marker->getFunctionType(), marker, arguments, "", invoke->getIterator());
      call->setDebugLoc(invoke->getDebugLoc());
      invoke->replaceAllUsesWith(call);
      llvm::BranchInst::Create(invoke->getNormalDest(), invoke->getIterator());
      invoke->getUnwindDest()->removePredecessor(invoke->getParent());
      invoke->eraseFromParent();
    }
  }
}

void answer_compiled(llvm::Function& function, bool compiled) {
  for (llvm::Instruction& inst : llvm::make_early_inc_range(llvm::instructions(function))) {
    auto* call = llvm::dyn_cast<llvm::CallInst>(&inst);
    if (!call || !call->getCalledFunction() || call->getCalledFunction()->getName() != AmICompiled) continue;
    call->replaceAllUsesWith(llvm::ConstantInt::get(call->getType(), compiled));
    call->eraseFromParent();
  }
}

void strip_markers(llvm::Function& function) {
  for (llvm::Instruction& inst : llvm::make_early_inc_range(llvm::instructions(function))) {
    if (marker_of(inst) == Marker::None) continue;
    if (!inst.getType()->isVoidTy()) inst.replaceAllUsesWith(inst.getOperand(0));
    inst.eraseFromParent();
  }
}

void strip_markers(llvm::Module& module) {
  for (llvm::Function& function : module) {
    strip_markers(function);
    answer_compiled(function, false);
  }
  for (llvm::Function& function : llvm::make_early_inc_range(module))
    if (is_marker(function) && function.use_empty()) function.eraseFromParent();
}

}  // namespace inlay::runtime
