// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/embed_entries.h"

#include <map>
#include <vector>

#include "runtime/markers.h"
#include "runtime/names.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

namespace inlay::runtime {

namespace {

std::vector<llvm::CallInst*> entry_hints(llvm::Module& module) {
  std::vector<llvm::CallInst*> found;
  for (llvm::Function& function : module)
    for (llvm::Instruction& inst : llvm::instructions(function))
      if (is_entry(inst) && llvm::cast<llvm::CallInst>(inst).getOperandBundle(PlaceBundle))
        found.push_back(llvm::cast<llvm::CallInst>(&inst));
  return found;
}

llvm::CallInst* with_bundle(llvm::CallInst& call, const char* name, llvm::Value* value) {
  llvm::SmallVector<llvm::OperandBundleDef, 2> bundles;
  call.getOperandBundlesAsDefs(bundles);
  bundles.emplace_back(name, value);
  llvm::CallInst* extended = llvm::CallInst::Create(&call, bundles, call.getIterator());
  extended->takeName(&call);
  call.replaceAllUsesWith(extended);
  call.eraseFromParent();
  return extended;
}

/// A value as the word that entries.h promises.
llvm::Value* word_of(llvm::Value* value, llvm::IRBuilder<>& builder) {
  llvm::Type* type = value->getType();
  if (type->isPointerTy()) return builder.CreatePtrToInt(value, builder.getInt64Ty());
  if (type->isIntegerTy() && type->getIntegerBitWidth() <= 64) return builder.CreateZExt(value, builder.getInt64Ty());
  return builder.getInt64(0);
}

/// `ask(entries, place, depth, key, all that the resume function takes)`: apart, so that the interpreter's own frame
/// need not hold the words.
llvm::Function* make_asker(llvm::Function& resume) {
  llvm::LLVMContext& context = resume.getContext();
  llvm::IRBuilder<> builder(context);
  llvm::Type *pointer = builder.getPtrTy(), *number = builder.getInt32Ty(), *word = builder.getInt64Ty();
  llvm::SmallVector<llvm::Type*, 16> types{pointer, number, number, word};
  for (unsigned i = 2; i < resume.arg_size(); ++i) types.push_back(resume.getArg(i)->getType());
  llvm::Function* asker =
      llvm::Function::Create(llvm::FunctionType::get(pointer, types, false), llvm::GlobalValue::InternalLinkage,
                             resume.getName() + ".ask", resume.getParent());
  asker->addFnAttr(llvm::Attribute::NoInline);
  asker->addFnAttr(llvm::Attribute::Cold);
  asker->setDoesNotThrow();
  asker->setUWTableKind(llvm::UWTableKind::Async);
  builder.SetInsertPoint(llvm::BasicBlock::Create(context, "", asker));
  const unsigned count = asker->arg_size() - 4;
  llvm::Value* words = builder.CreateAlloca(word, builder.getInt32(std::max(count, 1u)));
  for (unsigned i = 0; i < count; ++i)
    builder.CreateStore(word_of(asker->getArg(i + 4), builder), builder.CreateConstGEP1_32(word, words, i));
  auto* type = llvm::FunctionType::get(pointer, {pointer, number, number, word, pointer}, false);
  llvm::Value* entries = asker->getArg(0);
  builder.CreateRet(builder.CreateCall(type, builder.CreateLoad(pointer, entries),
                                       {entries, asker->getArg(1), asker->getArg(2), asker->getArg(3), words}));
  return asker;
}

void ask_at(llvm::CallInst& hint, llvm::Function& asker) {
  llvm::OperandBundleUse place = *hint.getOperandBundle(PlaceBundle);
  llvm::Value* variable = hint.getOperandBundle(EntriesBundle)->Inputs[0].get();
  auto* resume = llvm::cast<llvm::Function>(place.Inputs[1].get());
  llvm::Function& function = *hint.getFunction();
  function.removeFnAttr(llvm::Attribute::Memory);
  llvm::LLVMContext& context = function.getContext();
  llvm::IRBuilder<> builder(&hint);
  llvm::LoadInst* entries = builder.CreateLoad(builder.getPtrTy(), variable);
  entries->setAtomic(llvm::AtomicOrdering::Acquire);
  entries->setAlignment(llvm::Align(8));
  llvm::Instruction* then = llvm::SplitBlockAndInsertIfThen(builder.CreateIsNotNull(entries), &hint, false,
                                                            llvm::MDBuilder(context).createUnlikelyBranchWeights());
  builder.SetInsertPoint(then);
  llvm::Value* depth = builder.getInt32(0);
  if (function.hasFnAttribute(ResumeAttribute)) depth = function.getArg(1);
  llvm::SmallVector<llvm::Value*, 16> asked{entries, place.Inputs[0].get(), depth,
                                            word_of(hint.getArgOperand(0), builder)};
  llvm::SmallVector<llvm::Value*, 16> passed{place.Inputs[0].get(), depth};
  for (unsigned i = 2; i < place.Inputs.size(); ++i) {
    asked.push_back(place.Inputs[i].get());
    passed.push_back(place.Inputs[i].get());
  }
  llvm::Value* code = builder.CreateCall(&asker, asked);
  llvm::Instruction* enter = llvm::SplitBlockAndInsertIfThen(builder.CreateIsNotNull(code), then, /*Unreachable=*/true);
  builder.SetInsertPoint(enter);
  llvm::CallInst* call = builder.CreateCall(resume->getFunctionType(), code, passed);
  call->setCallingConv(resume->getCallingConv());
  call->setAttributes(resume->getAttributes().removeFnAttributes(context));
  // Without stack variables to hand over, compiled code may take this function's place on the stack.
  if (llvm::none_of(passed, [](llvm::Value* value) { return llvm::isa<llvm::AllocaInst>(value); })) call->setTailCall();
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
  enter->eraseFromParent();
}

}  // namespace

void add_entry_variables(llvm::Module& module) {
  auto* pointer = llvm::PointerType::getUnqual(module.getContext());
  std::map<llvm::Value*, llvm::GlobalVariable*> variables;  // by resume function, which each hint of a function names
  auto variable_of = [&](llvm::CallInst& hint) -> llvm::GlobalVariable*& {
    return variables[hint.getOperandBundle(PlaceBundle)->Inputs[1].get()];
  };
  std::vector<llvm::CallInst*> hints = entry_hints(module);
  for (llvm::CallInst* hint : hints) {
    llvm::Function& function = *hint->getFunction();
    if (function.hasFnAttribute(ResumeAttribute) || variable_of(*hint)) continue;
    // As one as the function is, however many objects have it.
    variable_of(*hint) =
        new llvm::GlobalVariable(module, pointer, false, function.getLinkage(), llvm::ConstantPointerNull::get(pointer),
                                 function.getName() + EntriesSuffix);
    variable_of(*hint)->setVisibility(function.getVisibility());
    variable_of(*hint)->setAlignment(llvm::Align(8));
  }
  for (llvm::CallInst* hint : hints)
    if (llvm::GlobalVariable* variable = variable_of(*hint)) with_bundle(*hint, EntriesBundle, variable);
}

void ask_at_entries(llvm::Module& module) {
  std::map<llvm::Value*, llvm::Function*> askers;
  for (llvm::CallInst* hint : entry_hints(module)) {
    if (!hint->getOperandBundle(EntriesBundle)) continue;
    auto& resume = *llvm::cast<llvm::Function>(hint->getOperandBundle(PlaceBundle)->Inputs[1].get());
    llvm::Function*& asker = askers[&resume];
    if (!asker) asker = make_asker(resume);
    ask_at(*hint, *asker);
  }
}

}  // namespace inlay::runtime
