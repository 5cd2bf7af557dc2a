// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/frames.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

namespace inlay::codegen {

namespace {

constexpr std::size_t MostPieces = 6;   // in registers for arguments
constexpr std::size_t MostResults = 3;  // in registers for results

/// What lies at one distance from the beginning of the frame.
struct Piece {
  llvm::Type* type = nullptr;
  bool written = false;
  std::vector<llvm::Instruction*> accesses;
};
using Pieces = std::map<std::int64_t, Piece>;

struct Plan {
  unsigned parameter = 0;
  Pieces pieces;
  std::vector<llvm::Instruction*> addresses;  // computed from the parameter, users first
  std::vector<llvm::CallBase*> calls;
};

/// Adds the accesses through a pointer at `at`. False: it is used otherwise.
bool add_accesses(llvm::Value& pointer, std::int64_t at, Plan& plan, const llvm::DataLayout& layout) {
  for (llvm::Use& use : pointer.uses()) {
    auto* inst = llvm::cast<llvm::Instruction>(use.getUser());
    if (auto* address = llvm::dyn_cast<llvm::GetElementPtrInst>(inst)) {
      llvm::APInt offset(64, 0);
      if (!address->accumulateConstantOffset(layout, offset) || offset.abs().uge(1u << 30) || std::abs(at) >= 1 << 30 ||
          !add_accesses(*address, at + offset.getSExtValue(), plan, layout))
        return false;
      plan.addresses.push_back(address);
      continue;
    }
    auto* load = llvm::dyn_cast<llvm::LoadInst>(inst);
    auto* store = llvm::dyn_cast<llvm::StoreInst>(inst);
    bool plain = load ? load->isSimple() : store && store->isSimple() && use.getOperandNo() == 1;
    if (!plain) return false;
    llvm::Type* type = llvm::getLoadStoreType(inst);
    if (!type->isIntegerTy() && !type->isPointerTy() && !type->isFloatTy() && !type->isDoubleTy()) return false;
    if (layout.getTypeSizeInBits(type).getFixedValue() > 64 || !layout.typeSizeEqualsStoreSize(type)) return false;
    Piece& piece = plan.pieces[at];
    if (!piece.type) piece.type = type;
    if (piece.type != type) return false;
    piece.written |= store != nullptr;
    piece.accesses.push_back(inst);
  }
  return true;
}

bool overlap(const Pieces& pieces, const llvm::DataLayout& layout) {
  for (auto piece = pieces.begin(); piece != pieces.end(); ++piece)
    if (auto next = std::next(piece); next != pieces.end()) {
      std::uint64_t size = layout.getTypeStoreSize(piece->second.type).getFixedValue();
      if (piece->first + static_cast<std::int64_t>(size) > next->first) return true;
    }
  return false;
}

/// Whether the address of a variable is told to nobody but `function`, as that parameter, which does not keep it.
bool is_told_to_none_else(const llvm::Value& address, const llvm::Function& function, unsigned parameter) {
  return llvm::all_of(address.uses(), [&](const llvm::Use& use) {
    auto* user = llvm::cast<llvm::Instruction>(use.getUser());
    if (llvm::isa<llvm::LoadInst>(user)) return true;
    if (llvm::isa<llvm::StoreInst>(user)) return use.getOperandNo() == 1;
    if (llvm::isa<llvm::GetElementPtrInst>(user)) return is_told_to_none_else(*user, function, parameter);
    if (user->isLifetimeStartOrEnd()) return true;
    auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    return call && call->getCalledFunction() == &function && call->isArgOperand(&use) &&
           call->getArgOperandNo(&use) == parameter;
  });
}

/// Whether a variable may be read at the beginning of a block or later.
bool may_be_read_from(llvm::BasicBlock& block, const llvm::Value& address) {
  return llvm::any_of(address.users(), [&](const llvm::User* user) {
    auto* inst = llvm::cast<llvm::Instruction>(user);
    if (llvm::isa<llvm::GetElementPtrInst>(inst)) return may_be_read_from(block, *inst);
    if (llvm::isa<llvm::StoreInst>(inst) || inst->isLifetimeStartOrEnd()) return false;
    return llvm::isPotentiallyReachable(&block, inst->getParent());
  });
}

std::optional<Plan> plan_for(llvm::Function& function, unsigned parameter) {
  const llvm::DataLayout& layout = function.getDataLayout();
  llvm::Argument& pointer = *function.getArg(parameter);
  Plan plan;
  plan.parameter = parameter;
  if (!pointer.getType()->isPointerTy() || pointer.hasPassPointeeByValueCopyAttr() || pointer.hasStructRetAttr() ||
      pointer.hasSwiftErrorAttr() || pointer.hasNestAttr() || !add_accesses(pointer, 0, plan, layout))
    return std::nullopt;
  auto written =
      static_cast<std::size_t>(llvm::count_if(plan.pieces, [](const auto& piece) { return piece.second.written; }));
  std::size_t results = written + (function.getReturnType()->isVoidTy() ? 0 : 1);
  // What is only read is LLVM's business.
  if (written == 0 || results > MostResults || plan.pieces.size() > MostPieces || overlap(plan.pieces, layout))
    return std::nullopt;
  for (const llvm::Use& use : function.uses()) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(use.getUser());
    if (!call || !llvm::isa<llvm::CallInst, llvm::InvokeInst>(call) || !call->isCallee(&use) ||
        call->isMustTailCall() || call->hasOperandBundles() || call->getFunctionType() != function.getFunctionType())
      return std::nullopt;
    llvm::APInt offset(64, 0);
    auto* variable = llvm::dyn_cast<llvm::AllocaInst>(
        call->getArgOperand(parameter)->stripAndAccumulateConstantOffsets(layout, offset, true));
    if (offset.abs().uge(1u << 30)) return std::nullopt;
    std::optional<llvm::TypeSize> size = variable ? variable->getAllocationSize(layout) : std::nullopt;
    if (!size || !variable->isStaticAlloca() || !is_told_to_none_else(*variable, function, parameter))
      return std::nullopt;
    // Where the function is left by an exception there are no results.
    auto* invoke = llvm::dyn_cast<llvm::InvokeInst>(call);
    if (invoke && may_be_read_from(*invoke->getUnwindDest(), *variable)) return std::nullopt;
    // What is read before the call must be there to be read.
    for (const auto& [at, piece] : plan.pieces) {
      std::int64_t from = offset.getSExtValue() + at;
      auto bytes = static_cast<std::int64_t>(layout.getTypeStoreSize(piece.type).getFixedValue());
      if (from < 0 || from + bytes > static_cast<std::int64_t>(size->getFixedValue())) return std::nullopt;
    }
    plan.calls.push_back(call);
  }
  return plan;
}

bool may_change(const llvm::Function& function) {
  if (function.isDeclaration() || !function.hasLocalLinkage() || function.isVarArg() || function.hasOptNone() ||
      function.use_empty() || function.hasFnAttribute(llvm::Attribute::Naked) || function.isPresplitCoroutine())
    return false;
  // A result behind a pointer comes back in a register of its own, which a struct of results would take.
  for (const llvm::Argument& argument : function.args())
    if (argument.hasStructRetAttr() || argument.hasInAllocaAttr() || argument.hasPreallocatedAttr()) return false;
  llvm::Type* result = function.getReturnType();
  if (!result->isVoidTy() && !result->isIntegerTy() && !result->isPointerTy() && !result->isDoubleTy()) return false;
  return llvm::none_of(llvm::instructions(function), [](const llvm::Instruction& inst) {
    auto* call = llvm::dyn_cast<llvm::CallInst>(&inst);
    return call && call->isMustTailCall();
  });
}

llvm::Value* address(llvm::IRBuilder<>& builder, llvm::Value* frame, std::int64_t at) {
  return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), frame, static_cast<std::uint64_t>(at));
}

class Rewrite {
 public:
  Rewrite(llvm::Function& old, Plan& plan) : old_(old), plan_(plan) {}

  llvm::Function* run() {
    declare();
    move_body();
    return_results();
    for (llvm::CallBase* call : plan_.calls) replace(*call);
    promote();
    old_.eraseFromParent();
    return new_;
  }

 private:
  void declare() {
    std::vector<llvm::Type*> parameters, results;
    std::vector<llvm::AttributeSet> attributes;
    llvm::AttributeList known = old_.getAttributes();
    for (llvm::Argument& argument : old_.args()) {
      if (argument.getArgNo() != plan_.parameter) {
        parameters.push_back(argument.getType());
        attributes.push_back(
            known.getParamAttrs(argument.getArgNo()).removeAttribute(old_.getContext(), llvm::Attribute::Returned));
        continue;
      }
      for (auto& [at, piece] : plan_.pieces) {
        parameters.push_back(piece.type);
        attributes.emplace_back();
      }
    }
    has_result_ = !old_.getReturnType()->isVoidTy();
    if (has_result_) results.push_back(old_.getReturnType());
    for (auto& [at, piece] : plan_.pieces)
      if (piece.written) results.push_back(piece.type);
    auto* type = llvm::FunctionType::get(llvm::StructType::get(old_.getContext(), results), parameters, false);
    new_ = llvm::Function::Create(type, old_.getLinkage(), old_.getAddressSpace(), "", old_.getParent());
    new_->copyAttributesFrom(&old_);
    new_->setAttributes(llvm::AttributeList::get(
        old_.getContext(), known.getFnAttrs().removeAttribute(old_.getContext(), llvm::Attribute::AllocSize), {},
        attributes));
    new_->setComdat(old_.getComdat());
    new_->takeName(&old_);
    new_->setSubprogram(old_.getSubprogram());
    old_.setSubprogram(nullptr);
  }

  void move_body() {
    new_->splice(new_->begin(), &old_);
    llvm::IRBuilder<> builder(&new_->getEntryBlock(), new_->getEntryBlock().begin());
    auto* argument = new_->arg_begin();
    for (llvm::Argument& before : old_.args()) {
      if (before.getArgNo() != plan_.parameter) {
        before.replaceAllUsesWith(argument);
        argument++->takeName(&before);
        continue;
      }
      for (auto& [at, piece] : plan_.pieces) {
        variables_[at] = builder.CreateAlloca(piece.type);
        builder.CreateStore(argument++, variables_[at]);
      }
    }
    for (auto& [at, piece] : plan_.pieces)
      for (llvm::Instruction* access : piece.accesses)
        access->setOperand(llvm::isa<llvm::LoadInst>(access) ? 0 : 1, variables_[at]);
    for (llvm::Instruction* computed : plan_.addresses) computed->eraseFromParent();
  }

  void return_results() {
    for (llvm::BasicBlock& block : *new_) {
      auto* leave = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
      if (!leave) continue;
      llvm::IRBuilder<> builder(leave);
      llvm::Value* all = llvm::PoisonValue::get(new_->getReturnType());
      unsigned index = 0;
      if (has_result_) all = builder.CreateInsertValue(all, leave->getReturnValue(), index++);
      for (auto& [at, piece] : plan_.pieces)
        if (piece.written)
          all = builder.CreateInsertValue(all, builder.CreateLoad(piece.type, variables_[at]), index++);
      builder.CreateRet(all);
      leave->eraseFromParent();
    }
  }

  void replace(llvm::CallBase& call) {
    llvm::IRBuilder<> builder(&call);
    llvm::Value* frame = call.getArgOperand(plan_.parameter);
    std::vector<llvm::Value*> arguments;
    std::vector<llvm::AttributeSet> attributes;
    for (unsigned i = 0; i < call.arg_size(); ++i) {
      if (i != plan_.parameter) {
        arguments.push_back(call.getArgOperand(i));
        attributes.push_back(
            call.getAttributes().getParamAttrs(i).removeAttribute(call.getContext(), llvm::Attribute::Returned));
        continue;
      }
      for (auto& [at, piece] : plan_.pieces) {
        llvm::Value* place = address(builder, frame, at);
        arguments.push_back(builder.CreateAlignedLoad(piece.type, place, alignment_of(*place)));
        attributes.emplace_back();
      }
    }
    llvm::CallBase* made;
    if (auto* invoke = llvm::dyn_cast<llvm::InvokeInst>(&call)) {
      llvm::BasicBlock* next = llvm::SplitEdge(invoke->getParent(), invoke->getNormalDest());
      made = builder.CreateInvoke(new_, next, invoke->getUnwindDest(), arguments);
      builder.SetInsertPoint(next->getFirstInsertionPt());
    } else {
      made = builder.CreateCall(new_, arguments);
    }
    made->setCallingConv(call.getCallingConv());
    made->setAttributes(llvm::AttributeList::get(
        call.getContext(),
        call.getAttributes().getFnAttrs().removeAttribute(call.getContext(), llvm::Attribute::AllocSize), {},
        attributes));
    made->setDebugLoc(call.getDebugLoc());
    unsigned index = 0;
    if (has_result_) {
      llvm::Value* result = builder.CreateExtractValue(made, index++);
      call.replaceAllUsesWith(result);
    }
    for (auto& [at, piece] : plan_.pieces)
      if (piece.written) store(builder, builder.CreateExtractValue(made, index++), address(builder, frame, at));
    call.eraseFromParent();
  }

  /// Of a place in a variable.
  llvm::Align alignment_of(const llvm::Value& place) const {
    const llvm::DataLayout& layout = new_->getDataLayout();
    llvm::APInt offset(64, 0);
    auto* variable = llvm::cast<llvm::AllocaInst>(place.stripAndAccumulateConstantOffsets(layout, offset, true));
    return llvm::commonAlignment(variable->getAlign(), offset.getZExtValue());
  }

  void store(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Value* place) const {
    builder.CreateAlignedStore(value, place, alignment_of(*place));
  }

  void promote() {
    std::vector<llvm::AllocaInst*> variables;
    for (auto& [at, variable] : variables_) variables.push_back(variable);
    llvm::DominatorTree dominators(*new_);
    llvm::PromoteMemToReg(variables, dominators);
  }

  llvm::Function& old_;
  Plan& plan_;
  llvm::Function* new_ = nullptr;
  bool has_result_ = false;
  std::map<std::int64_t, llvm::AllocaInst*> variables_;
};

}  // namespace

std::vector<llvm::Function*> pass_frames_by_value(llvm::Module& module) {
  std::vector<llvm::Function*> changed, functions;
  for (llvm::Function& function : module)
    if (may_change(function)) functions.push_back(&function);
  for (llvm::Function* function : functions) {
    for (unsigned i = 0; i < function->arg_size(); ++i) {
      std::optional<Plan> plan = plan_for(*function, i);
      if (!plan) continue;
      for (llvm::CallBase* call : plan->calls)
        if (call->getFunction() != function) changed.push_back(call->getFunction());
      std::erase(changed, function);
      changed.push_back(Rewrite(*function, *plan).run());
      break;
    }
  }
  // Each once, in the order in which they changed: that of addresses differs from run to run.
  llvm::SetVector<llvm::Function*> once(changed.begin(), changed.end());
  return {once.begin(), once.end()};
}

}  // namespace inlay::codegen
