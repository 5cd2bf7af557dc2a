// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/recursion.h"

#include "codegen/frames.h"
#include "runtime/names.h"

#include <vector>

#include <llvm/Analysis/InlineCost.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace inlay::codegen {

namespace {

/// A function does not grow beyond this by its own recursion.
constexpr unsigned MaxInstructions = 800;

std::vector<llvm::CallBase*> calls_of_itself(llvm::Function& function) {
  std::vector<llvm::CallBase*> calls;
  for (llvm::Instruction& inst : llvm::instructions(function)) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
    if (!call || call->getCalledFunction() != &function || call->isMustTailCall() || call->isNoInline()) continue;
    calls.push_back(call);
  }
  return calls;
}

bool may_take_in(const llvm::Function& function) {
  return !function.isDeclaration() && function.hasLocalLinkage() && !function.hasOptNone() &&
         !function.hasFnAttribute(llvm::Attribute::NoInline) && !function.hasFnAttribute(runtime::NoInlineAttribute) &&
         !function.hasFnAttribute(llvm::Attribute::ReturnsTwice);
}

bool inline_recursion(llvm::Function& function) {
  std::vector<llvm::CallBase*> calls = calls_of_itself(function);
  unsigned size = function.getInstructionCount();
  if (calls.empty() || size * (1 + calls.size()) > MaxInstructions) return false;
  llvm::ValueToValueMapTy map;
  llvm::Function* round = llvm::CloneFunction(&function, map);  // its calls are calls of `function`
  if (!llvm::isInlineViable(*round).isSuccess()) calls.clear();
  for (; !calls.empty() && function.getInstructionCount() + size * calls.size() <= MaxInstructions;
       calls = calls_of_itself(function)) {
    bool any = false;
    for (llvm::CallBase* call : calls) {
      call->setCalledFunction(round);
      llvm::InlineFunctionInfo info;
      const bool inlined = llvm::InlineFunction(*call, info).isSuccess();
      if (!inlined) call->setCalledFunction(&function);
      any |= inlined;
    }
    if (!any) break;
  }
  round->eraseFromParent();
  return true;
}

}  // namespace

llvm::PreservedAnalyses InlineRecursionPass::run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses) {
  std::vector<llvm::Function*> changed = pass_frames_by_value(module);
  auto& of_functions = analyses.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module).getManager();
  if (!changed.empty()) {
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    for (llvm::Function* function : changed) {
      of_functions.clear(*function, function->getName());
      passes.run(*function, of_functions);
    }
  }
  std::vector<llvm::Function*> grown;
  std::vector<llvm::Function*> functions;
  for (llvm::Function& function : module)
    if (may_take_in(function)) functions.push_back(&function);
  for (llvm::Function* function : functions)
    if (inline_recursion(*function)) grown.push_back(function);
  if (grown.empty()) return changed.empty() ? llvm::PreservedAnalyses::all() : llvm::PreservedAnalyses::none();

  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::DSEPass());
  passes.addPass(llvm::JumpThreadingPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  for (llvm::Function* function : grown) {
    of_functions.clear(*function, function->getName());
    passes.run(*function, of_functions);
  }
  return llvm::PreservedAnalyses::none();
}

}  // namespace inlay::codegen
