// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What has to be true of embedded bitcode, and why:
//
// - No fmuladd: whether `a*b+c` is fused must not depend on the machine that compiles it later, or specialized code
//   and original would round differently. It is split here, before the native code is made.
// - A call of pow stays one: where specialization makes an argument known, LLVM would make a division or exp2 of it,
//   which rounds otherwise. Where the author wrote the number, that was done here, for native code, too.
// - Internal symbols get unique names and hidden external linkage. So the bitcode, the host's instance of the same
//   function and an ahead-of-time object can all mean it by name; and no later pass may change the signature of the
//   native one, which specialized code calls.
// - A thread-local's address is asked of a small native function. Code that is linked at run time could not reach it
//   otherwise, and the host's variable is the one that counts.
// - Aliases (constructors' C1 = C2) are resolved: what is left are functions and variables.
// - Light passes only: the evaluator needs bodies whose small helpers are inlined and whose locals are in registers.
//   Unrolling, vectorizing and turning branches into selects come later, when more is known.
// - Selects between pointers, and between offsets, become branches: a pointer that is one of two known ones can then be
//   known on each path. So do those that decide where an interpreter goes next.
// - Functions with hints of where they are can be entered there (resume.h).
#include "runtime/embed/prepare.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "runtime/embed/entries.h"
#include "runtime/embed/labels.h"
#include "runtime/embed/resume.h"
#include "runtime/markers.h"
#include "runtime/names.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/ReplaceConstant.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

namespace inlay::runtime {

namespace {

constexpr const char* PrepareFirst = "always-inline";
// Conditions are folded before variables are in registers, as in LLVM's own pipelines: later, InstCombine takes chains
// of them (`a || b || c`) for values, and what is left are branches that no loop of a caller becomes vector code with.
constexpr const char* PrepareNext =
    "function(lower-expect,simplifycfg,sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg),"
    "cgscc(inline,function-attrs,function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>)),"
    "globaldce";

void run_passes(llvm::Module& module, const char* pipeline) {
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(passes, pipeline));  // a constant of ours
  passes.run(module, modules);
}

/// `__attribute__((annotate("inlay.x")))` on functions → the function attribute "inlay-x".
void apply_annotations(llvm::Module& module) {
  llvm::GlobalVariable* annotations = module.getGlobalVariable("llvm.global.annotations");
  if (!annotations || !annotations->hasInitializer()) return;
  for (const llvm::Use& entry : annotations->getInitializer()->operands()) {
    auto* fields = llvm::dyn_cast<llvm::ConstantStruct>(entry.get());
    if (!fields) continue;
    auto* function = llvm::dyn_cast<llvm::Function>(fields->getOperand(0)->stripPointerCasts());
    auto* text = llvm::dyn_cast<llvm::GlobalVariable>(fields->getOperand(1)->stripPointerCasts());
    if (!function || !text || !text->hasInitializer()) continue;
    auto* data = llvm::dyn_cast<llvm::ConstantDataSequential>(text->getInitializer());
    if (!data || !data->isCString() || !data->getAsCString().starts_with("inlay.")) continue;
    function->addFnAttr("inlay-" + data->getAsCString().drop_front(6).str());
  }
  annotations->eraseFromParent();
}

void split_fused_operations(llvm::Module& module) {
  for (llvm::Function& function : module) {
    for (llvm::Instruction& inst : llvm::make_early_inc_range(llvm::instructions(function))) {
      auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&inst);
      if (!call || call->getIntrinsicID() != llvm::Intrinsic::fmuladd) continue;
      llvm::IRBuilder<> builder(call);
      llvm::Value* product = builder.CreateFMulFMF(call->getArgOperand(0), call->getArgOperand(1), call);
      call->replaceAllUsesWith(builder.CreateFAddFMF(product, call->getArgOperand(2), call));
      call->eraseFromParent();
    }
  }
}

void keep_powers(llvm::Module& module) {
  for (llvm::Function& function : module)
    for (llvm::Instruction& inst : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::CallInst>(&inst);
      const llvm::Function* callee = call ? call->getCalledFunction() : nullptr;
      if (!callee) continue;
      const llvm::StringRef name = callee->getName();
      if (callee->getIntrinsicID() == llvm::Intrinsic::pow || name == "pow" || name == "powf" || name == "powl")
        call->addFnAttr(llvm::Attribute::NoBuiltin);
    }
}

void resolve_aliases(llvm::Module& module) {
  for (llvm::GlobalAlias& alias : module.aliases())
    if (!alias.isInterposable() && llvm::isa<llvm::Function>(alias.getAliasee()->stripPointerCasts()))
      alias.replaceAllUsesWith(alias.getAliasee());
}

void make_names_unique(llvm::Module& module, const std::string& unique) {
  unsigned unnamed = 0;
  for (llvm::GlobalValue& global : module.global_values()) {
    if (global.getName().starts_with("llvm.")) continue;
    if (!global.hasLocalLinkage() && global.hasName()) continue;
    std::string base = global.hasName() ? global.getName().str() : "unnamed" + std::to_string(unnamed++);
    global.setName(base + ".inlay." + unique);
    global.setLinkage(llvm::GlobalValue::ExternalLinkage);
    global.setVisibility(llvm::GlobalValue::HiddenVisibility);
    global.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
    if (auto* object = llvm::dyn_cast<llvm::GlobalObject>(&global)) {
      object->setComdat(nullptr);
      object->addMetadata("inlay.internal", *llvm::MDNode::get(module.getContext(), {}));
    }
  }
}

/// Gives each variable a byte behind its end, so that a pointer to the end of one is not a pointer to the next.
void keep_ends_apart(llvm::Module& module) {
  for (llvm::GlobalVariable& variable : llvm::make_early_inc_range(module.globals())) {
    if (!variable.hasInitializer() || variable.isThreadLocal() || variable.getName().starts_with("llvm.") ||
        variable.hasSection() || !(variable.hasLocalLinkage() || variable.hasExternalLinkage()))
      continue;
    auto* byte = llvm::Type::getInt8Ty(module.getContext());
    auto* type = llvm::StructType::get(variable.getValueType(), byte);
    llvm::Align alignment = module.getDataLayout().getPreferredAlign(&variable);
    auto* padded = new llvm::GlobalVariable(
        module, type, variable.isConstant(), variable.getLinkage(),
        llvm::ConstantStruct::get(type, variable.getInitializer(), llvm::ConstantInt::get(byte, 0)), "", &variable);
    padded->copyAttributesFrom(&variable);
    padded->setComdat(variable.getComdat());
    padded->setAlignment(alignment);
    padded->takeName(&variable);
    variable.replaceAllUsesWith(padded);
    variable.eraseFromParent();
  }
}

/// Uses of a thread-local in code: behind the intrinsic that clang asks for its address with, and bare, as the guards
/// of initializers are.
void replace_uses(llvm::GlobalVariable& variable, llvm::Function& accessor) {
  llvm::convertUsersOfConstantsToInstructions({&variable});
  for (llvm::Use& use : llvm::make_early_inc_range(variable.uses())) {
    auto* user = llvm::dyn_cast<llvm::Instruction>(use.getUser());
    if (!user || user->getFunction() == &accessor) continue;
    auto* asked = llvm::dyn_cast<llvm::IntrinsicInst>(user);
    auto* phi = llvm::dyn_cast<llvm::PHINode>(user);
    llvm::IRBuilder<> at(phi ? phi->getIncomingBlock(use)->getTerminator() : user);
    llvm::Value* address = at.CreateCall(&accessor);
    if (asked && asked->getIntrinsicID() == llvm::Intrinsic::threadlocal_address) {
      asked->replaceAllUsesWith(address);
      asked->eraseFromParent();
    } else {
      use.set(address);
    }
  }
}

void put_thread_locals_behind_functions(llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  std::vector<llvm::GlobalVariable*> variables;
  for (llvm::GlobalVariable& variable : module.globals())
    if (variable.isThreadLocal()) variables.push_back(&variable);
  for (llvm::GlobalVariable* each : variables) {
    llvm::GlobalVariable& variable = *each;
    llvm::Function* accessor = llvm::Function::Create(
        llvm::FunctionType::get(llvm::PointerType::getUnqual(context), false),
        // Of an internal variable, each runtime has its own.
        variable.hasLocalLinkage() ? llvm::GlobalValue::InternalLinkage : llvm::GlobalValue::LinkOnceODRLinkage,
        variable.getName() + ".inlay.tls", &module);
    if (!accessor->hasLocalLinkage()) accessor->setVisibility(llvm::GlobalValue::HiddenVisibility);
    accessor->setDoesNotThrow();
    accessor->setDoesNotAccessMemory();
    accessor->addFnAttr(llvm::Attribute::WillReturn);
    accessor->addRetAttr(llvm::Attribute::NonNull);
    accessor->addFnAttr(NoInlineAttribute);
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", accessor));
    builder.CreateRet(builder.CreateThreadLocalAddress(&variable));
    replace_uses(variable, *accessor);
  }
}

/// One function that runs the static initializers in order, for programs that take this runtime with them.
void name_static_initializers(llvm::Module& module, const std::string& runtime_name) {
  llvm::GlobalVariable* list = module.getGlobalVariable("llvm.global_ctors");
  if (!list || !list->hasInitializer()) return;
  struct Initializer {
    std::uint64_t priority;
    std::size_t position;
    llvm::Function* function;
  };
  std::vector<Initializer> initializers;
  for (const llvm::Use& entry : list->getInitializer()->operands()) {
    auto* fields = llvm::dyn_cast<llvm::ConstantStruct>(entry.get());
    if (!fields) continue;
    auto* function = llvm::dyn_cast<llvm::Function>(fields->getOperand(1)->stripPointerCasts());
    std::uint64_t priority = llvm::cast<llvm::ConstantInt>(fields->getOperand(0))->getZExtValue();
    if (function) initializers.push_back({priority, initializers.size(), function});
  }
  if (initializers.empty()) return;
  std::sort(initializers.begin(), initializers.end(), [](const auto& a, const auto& b) {
    return std::tie(a.priority, a.position) < std::tie(b.priority, b.position);
  });
  llvm::Function* all =
      llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()), false),
                             llvm::GlobalValue::ExternalLinkage, runtime_name + ".inlay.ctors", &module);
  all->setVisibility(llvm::GlobalValue::HiddenVisibility);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.getContext(), "", all));
  for (const Initializer& initializer : initializers) builder.CreateCall(initializer.function);
  builder.CreateRetVoid();
}

/// Whether a select decides where a pointer leads: itself, or as an offset of one.
bool chooses_address(const llvm::SelectInst& select) {
  if (!select.getCondition()->getType()->isIntegerTy(1)) return false;
  if (select.getType()->isPointerTy()) return true;
  return select.getType()->isIntegerTy(64) &&
         llvm::any_of(select.users(), [](const llvm::User* user) { return llvm::isa<llvm::GetElementPtrInst>(user); });
}

/// The selects that decide where an interpreter goes next.
void add_context_selects(llvm::Function& function, llvm::SetVector<llvm::SelectInst*>& selects) {
  llvm::SetVector<llvm::Instruction*> causes;
  for (llvm::Instruction& inst : llvm::instructions(function))
    if (marker_of(inst) == Marker::Context) causes.insert(&inst);
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (auto* select = llvm::dyn_cast<llvm::SelectInst>(causes[i]);
        select && select->getCondition()->getType()->isIntegerTy(1))
      selects.insert(select);
    for (const llvm::Use& operand : causes[i]->operands())
      if (llvm::isa<llvm::SelectInst, llvm::PHINode, llvm::BinaryOperator, llvm::CastInst, llvm::GetElementPtrInst,
                    llvm::FreezeInst>(operand.get()))
        causes.insert(llvm::cast<llvm::Instruction>(operand.get()));
  }
}

void unfold_address_selects(llvm::Module& module) {
  for (llvm::Function& function : module) {
    llvm::SetVector<llvm::SelectInst*> selects;
    for (llvm::Instruction& inst : llvm::instructions(function))
      if (auto* select = llvm::dyn_cast<llvm::SelectInst>(&inst); select && chooses_address(*select))
        selects.insert(select);
    add_context_selects(function, selects);
    for (llvm::SelectInst* select : selects) {
      // A chosen value may be null or poison where it is not chosen; as a phi it is only read where it is.
      llvm::BasicBlock* head = select->getParent();
      llvm::Instruction* then = llvm::SplitBlockAndInsertIfThen(select->getCondition(), select, false);
      llvm::PHINode* phi = llvm::PHINode::Create(select->getType(), 2, "", select->getIterator());
      phi->addIncoming(select->getTrueValue(), then->getParent());
      phi->addIncoming(select->getFalseValue(), head);
      phi->setDebugLoc(select->getDebugLoc());
      phi->takeName(select);
      llvm::BasicBlock* tail = select->getParent();
      select->replaceAllUsesWith(phi);
      select->eraseFromParent();
      // Phis must come first in their block; the split put the select first already.
      phi->moveBefore(tail->begin());
    }
  }
}

}  // namespace

Result<void> prepare(llvm::Module& module, const std::string& runtime_name, const std::string& unique) {
  apply_annotations(module);
  split_fused_operations(module);
  resolve_aliases(module);
  describe_markers(module);
  run_passes(module, PrepareFirst);
  // What is said of state holds until its function returns; in its caller there is more behind that.
  llvm::SmallPtrSet<llvm::Function*, 8> kept_whole;
  for (llvm::Function& function : module)
    if (!function.hasFnAttribute(llvm::Attribute::NoInline) &&
        !function.hasFnAttribute(llvm::Attribute::AlwaysInline) && has_state_marker(function))
      kept_whole.insert(&function);
  for (llvm::Function* function : kept_whole) function->addFnAttr(llvm::Attribute::NoInline);
  run_passes(module, PrepareNext);
  for (llvm::Function& function : module)
    if (kept_whole.contains(&function)) function.removeFnAttr(llvm::Attribute::NoInline);
  keep_powers(module);
  put_thread_locals_behind_functions(module);
  keep_ends_apart(module);
  unfold_address_selects(module);
  add_resume_functions(module);
  add_entry_variables(module);
  add_number_tables(module);
  make_names_unique(module, unique);
  name_static_initializers(module, runtime_name);
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  if (llvm::verifyModule(module, &stream))
    return Error(ErrorKind::InvalidBitcode, "the runtime's bitcode does not verify: " + problem);
  return {};
}

}  // namespace inlay::runtime
