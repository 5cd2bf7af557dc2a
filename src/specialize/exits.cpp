// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/exits.h"

#include "runtime/resume_frames.h"

#include <llvm/IR/IRBuilder.h>

namespace inlay::specialize {

/// Gives the call of a resume function copies of the stack variables that nothing else points to, so that handing
/// them over does not keep them out of registers; and pointers into the copies.
void Exits::move_frames(llvm::CallInst& call) {
  const llvm::Function& resume = *call.getCalledFunction();
  const llvm::DataLayout& layout = from_.getDataLayout();
  llvm::SmallVector<llvm::Value*, 16> old(call.args());
  llvm::IRBuilder<> builder(&call);
  for (unsigned i = 0; i < old.size(); ++i) {
    const std::optional<runtime::MovedFrame> frame = runtime::moved_frame(resume, i);
    if (!frame) continue;
    llvm::AllocaInst*& copy = moved_frames_[{&resume, i}];
    if (!copy) {
      copy = new llvm::AllocaInst(llvm::ArrayType::get(builder.getInt8Ty(), frame->size), layout.getAllocaAddrSpace(),
                                  nullptr, frame->alignment, "frame", from_.getEntryBlock().begin());
    }
    builder.CreateMemCpy(copy, copy->getAlign(), old[i], copy->getAlign(), frame->size);
    call.setArgOperand(i, copy);
  }
  for (unsigned i = 0; i < old.size(); ++i) {
    const std::optional<unsigned> frame = runtime::frame_pointed_into(resume, i);
    if (!frame || llvm::isa<llvm::UndefValue>(old[i])) continue;
    llvm::APInt known(64, 0);
    llvm::Value* offset;
    if (old[i]->stripAndAccumulateConstantOffsets(layout, known, /*AllowNonInbounds=*/true) == old[*frame])
      offset = builder.getInt(known);
    else
      offset = runtime::distance(builder, old[i], old[*frame]);
    call.setArgOperand(i, builder.CreatePtrAdd(call.getArgOperand(*frame), offset));
  }
}

void Exits::leave(llvm::Function& resume, llvm::ArrayRef<llvm::Value*> arguments, llvm::BasicBlock& block,
                  const llvm::DebugLoc& where) {
  llvm::CallInst* call = llvm::CallInst::Create(resume.getFunctionType(), &resume, arguments, "", &block);
  call->setCallingConv(resume.getCallingConv());
  call->setAttributes(resume.getAttributes().removeFnAttributes(from_.getContext()));
  call->addFnAttr(llvm::Attribute::get(from_.getContext(), llvm::Attribute::Cold));
  call->setDebugLoc(where);
  move_frames(*call);
  llvm::ReturnInst::Create(from_.getContext(), call->getType()->isVoidTy() ? nullptr : call, &block)
      ->setDebugLoc(call->getDebugLoc());
}

}  // namespace inlay::specialize
