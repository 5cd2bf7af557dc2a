// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/embed/entries.h"

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

/// `enter(way, all that the resume function takes)`: goes on in compiled code, and says so when that has ended, by an
/// exception too. It is here that calls return to, so that nobody is left inside when the code goes.
llvm::Function* make_enterer(llvm::Function& resume) {
  llvm::LLVMContext& context = resume.getContext();
  llvm::IRBuilder<> builder(context);
  llvm::Type* pointer = builder.getPtrTy();
  llvm::SmallVector<llvm::Type*, 16> types{pointer};
  llvm::SmallVector<llvm::AttributeSet, 16> attributes{{}};
  llvm::AttributeList old = resume.getAttributes();
  for (llvm::Argument& argument : resume.args()) {
    types.push_back(argument.getType());
    llvm::AttrBuilder kept(context);
    for (llvm::Attribute::AttrKind kind : {llvm::Attribute::SExt, llvm::Attribute::ZExt})
      if (argument.hasAttribute(kind)) kept.addAttribute(kind);
    attributes.push_back(llvm::AttributeSet::get(context, kept));
  }
  llvm::AttrBuilder own(context);
  for (const char* name : {"target-cpu", "target-features", "tune-cpu", "frame-pointer"})
    if (resume.hasFnAttribute(name)) own.addAttribute(resume.getFnAttribute(name));
  own.addAttribute(llvm::Attribute::NoInline);
  llvm::Function* enterer =
      llvm::Function::Create(llvm::FunctionType::get(resume.getReturnType(), types, false),
                             llvm::GlobalValue::InternalLinkage, resume.getName() + ".enter", resume.getParent());
  enterer->setAttributes(
      llvm::AttributeList::get(context, llvm::AttributeSet::get(context, own), old.getRetAttrs(), attributes));
  enterer->setUWTableKind(llvm::UWTableKind::Async);

  builder.SetInsertPoint(llvm::BasicBlock::Create(context, "", enterer));
  llvm::Value* way = enterer->getArg(0);
  llvm::Value* code = builder.CreateLoad(pointer, way);
  llvm::SmallVector<llvm::Value*, 16> passed;
  for (unsigned i = 1; i < enterer->arg_size(); ++i) passed.push_back(enterer->getArg(i));
  auto* leave_type = llvm::FunctionType::get(builder.getVoidTy(), {pointer}, false);
  auto leave = [&] {
    llvm::Value* at = builder.CreateConstInBoundsGEP1_32(pointer, way, 1);
    builder.CreateCall(leave_type, builder.CreateLoad(pointer, at), {way})->setDoesNotThrow();
  };
  auto as_of_resume = [&](llvm::CallBase& call) {
    call.setCallingConv(resume.getCallingConv());
    call.setAttributes(old.removeFnAttributes(context));
  };
  llvm::Value* result = nullptr;
  if (resume.doesNotThrow()) {
    llvm::CallInst* call = builder.CreateCall(resume.getFunctionType(), code, passed);
    as_of_resume(*call);
    enterer->setDoesNotThrow();
    result = call;
  } else {
    // Whose exceptions pass through does not matter: they are not looked at.
    enterer->setPersonalityFn(
        resume.hasPersonalityFn()
            ? resume.getPersonalityFn()
            : llvm::cast<llvm::Constant>(
                  resume.getParent()
                      ->getOrInsertFunction("__gcc_personality_v0", llvm::FunctionType::get(builder.getInt32Ty(), true))
                      .getCallee()));
    auto* returned = llvm::BasicBlock::Create(context, "", enterer);
    auto* thrown = llvm::BasicBlock::Create(context, "", enterer);
    llvm::InvokeInst* call = builder.CreateInvoke(resume.getFunctionType(), code, returned, thrown, passed);
    as_of_resume(*call);
    result = call;
    builder.SetInsertPoint(thrown);
    llvm::LandingPadInst* exception =
        builder.CreateLandingPad(llvm::StructType::get(pointer, builder.getInt32Ty()), /*NumClauses=*/0);
    exception->setCleanup(true);
    leave();
    builder.CreateResume(exception);
    builder.SetInsertPoint(returned);
  }
  leave();
  if (result->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(result);
  return enterer;
}

/// What is made once for each resume function.
struct Helpers {
  llvm::Function* asker = nullptr;
  llvm::Function* enterer = nullptr;
};

void ask_at(llvm::CallInst& hint, const Helpers& helpers) {
  llvm::OperandBundleUse place = *hint.getOperandBundle(PlaceBundle);
  llvm::Value* variable = hint.getOperandBundle(EntriesBundle)->Inputs[0].get();
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
  llvm::SmallVector<llvm::Value*, 16> passed{nullptr, place.Inputs[0].get(), depth};
  for (unsigned i = 2; i < place.Inputs.size(); ++i) {
    asked.push_back(place.Inputs[i].get());
    passed.push_back(place.Inputs[i].get());
  }
  llvm::Value* way = builder.CreateCall(helpers.asker, asked);
  passed[0] = way;
  llvm::Instruction* enter = llvm::SplitBlockAndInsertIfThen(builder.CreateIsNotNull(way), then, /*Unreachable=*/true);
  builder.SetInsertPoint(enter);
  llvm::CallInst* call = builder.CreateCall(helpers.enterer, passed);
  call->setAttributes(helpers.enterer->getAttributes().removeFnAttributes(context));
  // Without stack variables to hand over, what is called may take this function's place on the stack.
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
  std::map<llvm::Value*, Helpers> all;
  for (llvm::CallInst* hint : entry_hints(module)) {
    if (!hint->getOperandBundle(EntriesBundle)) continue;
    auto& resume = *llvm::cast<llvm::Function>(hint->getOperandBundle(PlaceBundle)->Inputs[1].get());
    Helpers& helpers = all[&resume];
    if (!helpers.asker) helpers = {make_asker(resume), make_enterer(resume)};
    ask_at(*hint, helpers);
  }
}

}  // namespace inlay::runtime
