// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/facts.h"

#include "runtime/markers.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace inlay::specialize {

std::string why_not_evaluable(const llvm::Function& function) {
  if (function.isDeclaration()) return "its body is not available";
  if (function.isVarArg()) return "it takes a variable number of arguments";
  if (function.hasFnAttribute("inlay-opaque")) return "it is marked INLAY_OPAQUE";
  if (function.hasFnAttribute(llvm::Attribute::Naked)) return "it is a naked function";
  if (function.isPresplitCoroutine()) return "it is a coroutine";
  for (const llvm::Instruction& inst : llvm::instructions(function)) {
    if (llvm::isa<llvm::IndirectBrInst>(inst)) return "it keeps labels (&&label) where others may see them";
    if (llvm::isa<llvm::CallBrInst>(inst)) return "it holds an inline assembly jump";
    if (inst.getType()->isTokenTy()) return "it holds a token that cannot be copied";
    if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst)) {
      if (call->hasFnAttr(llvm::Attribute::ReturnsTwice)) return "it calls a function that returns twice (setjmp)";
      if (call->isMustTailCall() && !runtime::has_markers(function))
        return "it ends in a guaranteed tail call, and no inlay::context says where in its program it is";
    }
    for (const llvm::Use& operand : inst.operands())
      if (llvm::isa<llvm::BlockAddress>(operand.get())) return "it takes the address of a label without jumping to it";
  }
  return {};
}

}  // namespace inlay::specialize
