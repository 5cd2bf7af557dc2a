// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/working_copy.h"

#include "runtime/cold.h"
#include "runtime/markers.h"
#include "runtime/names.h"
#include "specialize/locations.h"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/CallPromotionUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace inlay::specialize {

namespace {

/// Limits of one copy.
constexpr std::uint64_t MaxInstructions = 60'000;
constexpr unsigned MaxBody = 600;       // of a function that is copied in
constexpr unsigned MaxCopies = 24;      // of one function
constexpr unsigned MaxDepth = 8;        // of copies within copies: each level is another analysis
constexpr std::size_t MaxTable = 4096;  // words of a table that are looked at

std::vector<llvm::CallInst*> tail_calls(llvm::Function& function) {
  std::vector<llvm::CallInst*> calls;
  for (llvm::Instruction& inst : llvm::instructions(function))
    if (auto* call = llvm::dyn_cast<llvm::CallInst>(&inst); call && call->isMustTailCall()) calls.push_back(call);
  return calls;
}

/// A copy of a template in the unit, that calls what the template calls: itself, too.
llvm::Function* copy_of(const llvm::Function& original, llvm::Module& unit, const std::string& name) {
  llvm::Function* copy =
      llvm::Function::Create(original.getFunctionType(), llvm::GlobalValue::InternalLinkage, name, &unit);
  copy->setCallingConv(original.getCallingConv());
  runtime::copy_body(*copy, original);
  copy->setLinkage(llvm::GlobalValue::InternalLinkage);
  copy->replaceAllUsesWith(runtime::declare_in(unit, original));
  return copy;
}

/// What was written in `handler` is now inlined into `into`.
void inline_locations(llvm::Function& handler, llvm::Function& into) {
  llvm::LLVMContext& context = into.getContext();
  llvm::DISubprogram* scope = into.getSubprogram();
  llvm::DISubprogram* of_handler = handler.getSubprogram();
  llvm::DILocation* at =
      scope && of_handler ? llvm::DILocation::getDistinct(context, of_handler->getLine(), 0, scope) : nullptr;
  llvm::DenseMap<const llvm::MDNode*, llvm::MDNode*> known;
  for (llvm::Instruction& inst : llvm::instructions(handler)) {
    const llvm::DebugLoc& location = inst.getDebugLoc();
    if (!location) continue;
    inst.setDebugLoc(at ? llvm::DebugLoc::appendInlinedAt(location, at, context, known) : llvm::DebugLoc());
  }
}

/// Hints of a function that is copied in are no places of the working copy: their resume function goes on behind them
/// in that function alone, and its result is not the interpreter's. Nor does what is said of state hold until the
/// working copy returns.
void forget_places(llvm::Function& body) {
  for (llvm::Instruction& inst : llvm::make_early_inc_range(llvm::instructions(body))) {
    auto* hint = llvm::dyn_cast<llvm::CallInst>(&inst);
    const runtime::Marker kind = runtime::marker_of(inst);
    if (runtime::is_about_state(kind)) inst.eraseFromParent();
    if (!hint || kind == runtime::Marker::None || runtime::is_about_state(kind) || !hint->hasOperandBundles()) continue;
    llvm::CallInst* bare = llvm::CallInst::Create(hint, {}, hint->getIterator());
    bare->takeName(hint);
    hint->replaceAllUsesWith(bare);
    hint->eraseFromParent();
  }
}

}  // namespace

bool needs_working_copy(const llvm::Function& function) {
  bool hints = false, tail_calls = false;
  for (const llvm::Instruction& inst : llvm::instructions(function)) {
    const runtime::Marker marker = runtime::marker_of(inst);
    // Virtual state is dealt with after all inlining; it does not make a function an interpreter that has places.
    if (marker != runtime::Marker::None && !runtime::is_about_state(marker)) return true;
    hints |= marker != runtime::Marker::None;
    auto* call = llvm::dyn_cast<llvm::CallInst>(&inst);
    tail_calls |= call && call->isMustTailCall();
  }
  return hints && tail_calls;
}

WorkingCopy::WorkingCopy(Symbols& symbols, llvm::Function& original) : symbols_(symbols), original_(original) {
  function_ = copy_of(original, symbols.unit(), (original.getName() + ".inlay.working").str());
  size_ = function_->getInstructionCount();
  if (!tail_calls(*function_).empty()) make_dispatch();
}

WorkingCopy::~WorkingCopy() {
  function_->deleteBody();
  function_->eraseFromParent();
}

llvm::Function* WorkingCopy::body_of(llvm::Function& declared) const {
  if (declared.isIntrinsic() || declared.hasFnAttribute(runtime::NoInlineAttribute) ||
      declared.hasFnAttribute(runtime::OpaqueAttribute) || declared.hasFnAttribute(runtime::ResumeAttribute))
    return nullptr;
  Result<llvm::Function*> body = symbols_.bodies().function(std::string_view(declared.getName()));
  return body && *body && !(*body)->isVarArg() ? *body : nullptr;
}

/// The function starts anew: with a jump to the dispatch, where the original is the first handler.
void WorkingCopy::make_dispatch() {
  function_->deleteBody();
  function_->setLinkage(llvm::GlobalValue::InternalLinkage);
  llvm::LLVMContext& context = function_->getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  llvm::BasicBlock* entry = llvm::BasicBlock::Create(context, "entry", function_);
  dispatch_ = llvm::BasicBlock::Create(context, "dispatch", function_);
  elsewhere_ = llvm::BasicBlock::Create(context, "elsewhere", function_);
  llvm::IRBuilder<> builder(dispatch_);
  auto* self = llvm::cast<llvm::Function>(runtime::declare_in(symbols_.unit(), original_));
  llvm::PHINode* target = builder.CreatePHI(pointer, 2, "target");
  target->addIncoming(self, entry);
  llvm::SmallVector<llvm::Value*, 8> arguments;
  for (llvm::Argument& argument : function_->args()) {
    llvm::PHINode* phi = builder.CreatePHI(argument.getType(), 2, argument.getName());
    phi->addIncoming(&argument, entry);
    arguments.push_back(phi);
  }
  builder.CreateBr(elsewhere_);
  llvm::BranchInst::Create(dispatch_, entry);
  copy_subprogram(original_, *function_);
  builder.SetInsertPoint(elsewhere_);
  llvm::CallInst* call = builder.CreateCall(function_->getFunctionType(), target, arguments);
  if (llvm::DISubprogram* scope = function_->getSubprogram())
    call->setDebugLoc(llvm::DILocation::get(context, scope->getLine(), 0, scope));
  call->setCallingConv(function_->getCallingConv());
  // Who is called there is any handler: what was inferred of the first one's parameters is not true of it.
  for (unsigned i = 0; i < function_->arg_size(); ++i)
    for (llvm::Attribute::AttrKind kind : {llvm::Attribute::SExt, llvm::Attribute::ZExt})
      if (original_.hasParamAttribute(i, kind)) call->addParamAttr(i, kind);
  call->addFnAttr(llvm::Attribute::get(context, LeavesAttribute));
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
  add_handler(*self);
}

bool WorkingCopy::add_handler(llvm::Function& handler) {
  llvm::Function* body = body_of(handler);
  if (!body || handlers_.contains(&handler) || body->getFunctionType() != function_->getFunctionType() ||
      body->getCallingConv() != function_->getCallingConv() || size_ + body->getInstructionCount() > MaxInstructions)
    return false;
  for (llvm::Instruction& inst : llvm::instructions(*body)) {
    auto* variable = llvm::dyn_cast<llvm::AllocaInst>(&inst);
    if ((variable && !variable->isStaticAlloca()) || inst.isEHPad() || inst.getType()->isTokenTy()) return false;
  }
  // A copy in the unit first, so that all it mentions is of the unit.
  llvm::Function* copy = copy_of(*body, symbols_.unit(), "inlay.handler");
  size_ += copy->getInstructionCount();
  inline_locations(*copy, *function_);
  std::vector<llvm::CallInst*> calls = tail_calls(*copy);
  auto parameter = dispatch_->phis().begin();
  llvm::PHINode* target = &*parameter++;
  for (llvm::Argument& argument : copy->args()) argument.replaceAllUsesWith(&*parameter++);
  llvm::BasicBlock* begin = &copy->getEntryBlock();
  std::vector<llvm::AllocaInst*> variables;
  for (llvm::Instruction& inst : *begin)
    if (auto* variable = llvm::dyn_cast<llvm::AllocaInst>(&inst)) variables.push_back(variable);
  for (llvm::AllocaInst* variable : variables)
    variable->moveBefore(function_->getEntryBlock().getTerminator()->getIterator());
  function_->splice(function_->end(), copy);
  copy->eraseFromParent();

  for (llvm::CallInst* call : calls) {
    llvm::BasicBlock* block = call->getParent();
    bool alike = call->getFunctionType() == function_->getFunctionType() &&
                 call->getCallingConv() == function_->getCallingConv();
    if (!alike) {
      call->setTailCallKind(llvm::CallInst::TCK_None);  // as good, but for the depth of the stack
      continue;
    }
    target->addIncoming(call->getCalledOperand(), block);
    auto phi = std::next(dispatch_->phis().begin());
    for (llvm::Use& argument : call->args()) (&*phi++)->addIncoming(argument.get(), block);
    auto* jump = llvm::BranchInst::Create(dispatch_, call->getIterator());
    jump->setDebugLoc(call->getDebugLoc());
    while (&block->back() != jump) {
      if (!block->back().use_empty()) block->back().replaceAllUsesWith(llvm::PoisonValue::get(block->back().getType()));
      block->back().eraseFromParent();
    }
  }

  // The comparison comes last, before what calls.
  llvm::BasicBlock* last = elsewhere_->getUniquePredecessor();
  auto* branch = llvm::cast<llvm::BranchInst>(last->getTerminator());
  llvm::BasicBlock* compare = llvm::BasicBlock::Create(function_->getContext(), "compare", function_, elsewhere_);
  branch->replaceSuccessorWith(elsewhere_, compare);
  llvm::IRBuilder<> builder(compare);
  auto* decision = builder.CreateCondBr(builder.CreateICmpEQ(target, &handler), begin, elsewhere_);
  decision->setMetadata(DispatchMark, llvm::MDNode::get(function_->getContext(), {}));
  handlers_[&handler] = begin;
  return true;
}

bool WorkingCopy::copy_in(llvm::CallBase& call, llvm::Function& callee) {
  llvm::Function* body = body_of(callee);
  if (!body || &callee == runtime::declare_in(symbols_.unit(), original_) || body->getInstructionCount() > MaxBody ||
      size_ + body->getInstructionCount() > MaxInstructions || ++copied_[&callee] > MaxCopies)
    return false;
  llvm::CallBase* direct = &call;
  if (call.isIndirectCall()) {
    if (!llvm::isLegalToPromote(call, &callee)) return false;
    direct = &llvm::promoteCallWithIfThenElse(call, &callee);
  }
  llvm::Function* copy = copy_of(*body, symbols_.unit(), "inlay.body");
  forget_places(*copy);
  direct->setCalledFunction(copy);
  llvm::InlineFunctionInfo info;
  const bool inlined = llvm::InlineFunction(*direct, info).isSuccess();
  if (inlined)
    size_ += copy->getInstructionCount();
  else
    direct->setCalledFunction(&callee);
  copy->eraseFromParent();
  return inlined;
}

// ---- what is wanted ----

/// Handlers come in tables, or in the program itself: where one was found, the others are too.
void WorkingCopy::add_from_tables(const Environment& environment, const llvm::Function& like, Wanted& wanted) const {
  for (llvm::Constant* table : environment.tables()) {
    std::optional<Symbols::Location> at = symbols_.locate(table);
    auto* variable = at ? llvm::dyn_cast<llvm::GlobalVariable>(at->symbol) : nullptr;
    if (!variable) continue;
    std::uint64_t words = MaxTable;
    if (auto object = symbols_.frozen_objects().find(variable); object != symbols_.frozen_objects().end())
      words = std::min<std::uint64_t>(words, object->second.size / 8);
    else
      words = std::min<std::uint64_t>(
          words, symbols_.unit().getDataLayout().getTypeAllocSize(variable->getValueType()).getFixedValue() / 8);
    auto* byte = llvm::Type::getInt8Ty(variable->getContext());
    auto* word = llvm::Type::getInt64Ty(variable->getContext());
    for (std::uint64_t i = 0; i < words; ++i) {
      llvm::Constant* place = llvm::ConstantExpr::getGetElementPtr(byte, variable, llvm::ConstantInt::get(word, i * 8));
      auto* function = llvm::dyn_cast_or_null<llvm::Function>(
          symbols_.load(place, llvm::PointerType::getUnqual(variable->getContext())));
      if (function && function->getFunctionType() == like.getFunctionType() && !handlers_.contains(function) &&
          !llvm::is_contained(wanted.handlers, function))
        wanted.handlers.push_back(function);
    }
  }
}

Wanted WorkingCopy::look(const Analysis& analysis, Environment& environment) const {
  Wanted wanted;
  std::set<const llvm::CallBase*> seen;
  const runtime::ColdBlocks cold = runtime::cold_blocks(*function_);
  for (unsigned id : analysis.order) {
    const Node& node = analysis.nodes[id];
    if (node.context == NoPlace) continue;
    enter(environment, node);
    llvm::BasicBlock* block = environment.facts().blocks[node.block];
    for (llvm::Instruction& inst : *block) {
      if (llvm::isa<llvm::PHINode>(inst)) continue;
      auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
      if (!call || llvm::isa<llvm::IntrinsicInst>(call) || runtime::marker_of(*call) != runtime::Marker::None) {
        environment.step(inst);
        continue;
      }
      auto* target = llvm::dyn_cast_or_null<llvm::Function>(environment.known(call->getCalledOperand()));
      const std::size_t before = environment.cells_of_use();
      environment.step(inst);
      llvm::Function* body = target ? body_of(*target) : nullptr;
      if (!body) continue;
      if (block == elsewhere_) {
        if (!handlers_.contains(target) && !llvm::is_contained(wanted.handlers, target)) {
          wanted.handlers.push_back(target);
          add_from_tables(environment, *target, wanted);
        }
      } else if (depth_ < MaxDepth && !cold.contains(block) && environment.cells_of_use() < before &&
                 tail_calls(*body).empty() && seen.insert(call).second) {
        // (Handlers are not bodies to be copied in: they are a loop of their own.)
        wanted.bodies.emplace_back(call, target);
      }
    }
  }
  return wanted;
}

bool WorkingCopy::take_in(const Wanted& wanted) {
  bool any = false;
  for (llvm::Function* handler : wanted.handlers) any |= add_handler(*handler);
  for (auto [call, callee] : wanted.bodies) any |= copy_in(*call, *callee);
  depth_ += !wanted.bodies.empty();
  return any;
}

}  // namespace inlay::specialize
