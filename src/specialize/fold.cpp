// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/fold.h"

#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Operator.h>

namespace inlay::specialize {

namespace {

/// Pointers are compared by where they point in this process: LLVM knows too little of our symbols (two of them may be
/// neighbours), and what it assumes of separate objects need not hold for promised ranges.
llvm::Constant* compare_pointers(const llvm::ICmpInst& compare, llvm::Constant* left, llvm::Constant* right,
                                 Symbols& symbols) {
  auto place = [&](llvm::Constant* pointer) -> std::optional<Symbols::Location> {
    if (pointer->isNullValue()) return Symbols::Location{};
    return symbols.locate(pointer);
  };
  std::optional<Symbols::Location> a = place(left), b = place(right);
  if (!a || !b) return nullptr;
  bool same_object = a->symbol == b->symbol;
  if (same_object && a->address == 0 && a->symbol)  // no object reaches round the end of memory
    return llvm::ConstantInt::getBool(
        compare.getType(), llvm::ICmpInst::compare(llvm::APInt(64, a->offset, true), llvm::APInt(64, b->offset, true),
                                                   llvm::ICmpInst::getSignedPredicate(compare.getPredicate())));
  if ((a->symbol && a->address == 0) || (b->symbol && b->address == 0)) return nullptr;
  // Whether one object lies before another may differ in the next process.
  if (!compare.isEquality() && !same_object) return nullptr;
  return llvm::ConstantInt::getBool(
      compare.getType(),
      llvm::ICmpInst::compare(llvm::APInt(64, a->address), llvm::APInt(64, b->address), compare.getPredicate()));
}

/// The pointer under a ptrtoint, or null.
llvm::Constant* as_pointer(llvm::Constant* integer) {
  auto* cast = llvm::dyn_cast<llvm::ConstantExpr>(integer);
  return cast && (cast->getOpcode() == llvm::Instruction::PtrToInt) ? cast->getOperand(0) : nullptr;
}

/// `pointer & mask` where the mask only looks at bits that alignment fixes: the virtual bit of a pointer to member,
/// a tag in the low bits.
llvm::Constant* mask_pointer(llvm::Constant* integer, llvm::Constant* mask, Symbols& symbols) {
  auto* bits = llvm::dyn_cast<llvm::ConstantInt>(mask);
  llvm::Constant* pointer = as_pointer(integer);
  if (!bits || !pointer || bits->getBitWidth() != 64) return nullptr;
  std::optional<Symbols::Location> at = symbols.locate(pointer);
  if (!at) return nullptr;
  auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(at->symbol);
  // The Itanium C++ ABI keeps bit 0 of a function's address free.
  std::uint64_t alignment = variable ? variable->getAlign().valueOrOne().value() : 2;
  if (bits->getZExtValue() >= alignment) return nullptr;
  return llvm::ConstantInt::get(integer->getType(), static_cast<std::uint64_t>(at->offset) & bits->getZExtValue());
}

llvm::Constant* usable(llvm::Constant* value) {
  if (!value || llvm::isa<llvm::UndefValue>(value) || value->containsUndefOrPoisonElement()) return nullptr;
  return value;
}

}  // namespace

llvm::Constant* fold(const llvm::Instruction& inst, llvm::ArrayRef<llvm::Constant*> operands, Symbols& symbols) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst))
    return load->isSimple() ? symbols.load(operands[0], load->getType()) : nullptr;
  if (llvm::isa<llvm::FreezeInst>(inst)) return usable(operands[0]);
  if (auto* compare = llvm::dyn_cast<llvm::ICmpInst>(&inst)) {
    llvm::Constant *left = operands[0], *right = operands[1];
    if (llvm::Constant* l = as_pointer(left), *r = as_pointer(right); l && (r || right->isNullValue())) {
      left = l;
      right = r ? r : llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(l->getType()));
    }
    if (left->getType()->isPointerTy()) return compare_pointers(*compare, left, right, symbols);
  }
  if (inst.getOpcode() == llvm::Instruction::And)
    for (int i : {0, 1})
      if (llvm::Constant* masked = mask_pointer(operands[i], operands[1 - i], symbols)) return masked;
  if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst)) {
    // Arithmetic intrinsics only. A library function's result is the host library's business.
    if (!llvm::isa<llvm::IntrinsicInst>(call) || call->getType()->isVoidTy() || call->mayHaveSideEffects())
      return nullptr;
    auto* callee = call->getCalledFunction();
    if (!callee || !llvm::canConstantFoldCallTo(call, callee)) return nullptr;
    return usable(llvm::ConstantFoldCall(call, callee, operands.take_front(call->arg_size())));
  }
  if (llvm::isa<llvm::AllocaInst, llvm::StoreInst, llvm::PHINode, llvm::LandingPadInst, llvm::AtomicRMWInst,
                llvm::AtomicCmpXchgInst, llvm::FenceInst, llvm::VAArgInst>(inst) ||
      inst.isTerminator())
    return nullptr;
  // A division by zero or the like stays, and traps where it did.
  return usable(llvm::ConstantFoldInstOperands(&inst, operands, symbols.unit().getDataLayout(), nullptr,
                                               /*AllowNonDeterministic=*/false));
}

}  // namespace inlay::specialize
