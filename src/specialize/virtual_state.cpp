// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/virtual_state.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "runtime/markers.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/CFG.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

namespace inlay::specialize {

namespace {

/// More would be written back at each call.
constexpr std::size_t MaxSlots = 96;

struct Slot {
  std::uint64_t size = 0;
  llvm::Type* type = nullptr;  // of the first access
  llvm::Align alignment;
  std::vector<llvm::Instruction*> accesses;  // loads and stores
  llvm::AllocaInst* variable = nullptr;
};

llvm::Value* pointer_of(llvm::Instruction& inst) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst)) return load->getPointerOperand();
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&inst)) return store->getPointerOperand();
  return nullptr;
}

bool is_simple(const llvm::Instruction& inst) {
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst)) return load->isSimple();
  return llvm::cast<llvm::StoreInst>(inst).isSimple();
}

class VirtualState {
 public:
  VirtualState(llvm::Function& function, llvm::CallInst& hint)
      : function_(function), hint_(hint), layout_(function.getDataLayout()), dominators_(function) {}

  unsigned run() {
    auto* size = llvm::dyn_cast<llvm::ConstantInt>(hint_.getArgOperand(1));
    if (!size) return 0;
    llvm::APInt offset(64, 0);
    base_ = hint_.getArgOperand(0)->stripAndAccumulateConstantOffsets(layout_, offset, true);
    begin_ = offset.getSExtValue();
    end_ = begin_ + static_cast<std::int64_t>(size->getZExtValue());
    find_slots();
    drop_shared();
    if (slots_.empty() || slots_.size() > MaxSlots || comes_again() || entered_elsewhere()) return 0;
    auto count = static_cast<unsigned>(slots_.size());
    make_variables();
    keep_in_step();
    promote();
    return count;
  }

 private:
  void find_slots() {
    for (llvm::Instruction& inst : llvm::instructions(function_)) {
      llvm::Value* pointer = pointer_of(inst);
      if (!pointer) continue;
      llvm::APInt offset(64, 0);
      if (pointer->stripAndAccumulateConstantOffsets(layout_, offset, true) != base_) continue;
      llvm::Type* type = llvm::getLoadStoreType(&inst);
      std::int64_t at = offset.getSExtValue();
      std::uint64_t size = layout_.getTypeStoreSize(type).getFixedValue();
      if (at < begin_ || at + static_cast<std::int64_t>(size) > end_) continue;
      Slot& slot = slots_[at];
      if (slot.size == 0) {
        slot.size = size;
        slot.type = type;
        slot.alignment = llvm::getLoadStoreAlignment(&inst);
      }
      slot.alignment = std::min(slot.alignment, llvm::getLoadStoreAlignment(&inst));
      slot.accesses.push_back(&inst);
      // A flag of one bit and the byte that it is stored in have the same size, but not the same bits.
      if (slot.size != size || !is_simple(inst) ||
          !llvm::CastInst::isBitOrNoopPointerCastable(type, slot.type, layout_))
        shared_.insert(at);
    }
    // Two that overlap are none.
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot)
      if (auto next = std::next(slot);
          next != slots_.end() && slot->first + static_cast<std::int64_t>(slot->second.size) > next->first) {
        shared_.insert(slot->first);
        shared_.insert(next->first);
      }
  }

  /// Drops slots that are also accessed otherwise: through a pointer from p at a variable distance, or one that was
  /// chosen among several or loaded. Pointers that have nothing to do with p do not count, by contract.
  void drop_shared() {
    llvm::TargetLibraryInfoImpl library_info(function_.getParent()->getTargetTriple());
    llvm::TargetLibraryInfo library(library_info);
    llvm::AssumptionCache assumptions(function_);
    llvm::BasicAAResult basic(layout_, function_, library, assumptions, &dominators_);
    llvm::TypeBasedAAResult types(false);
    llvm::AAResults alias(library);
    alias.addAAResult(basic);
    alias.addAAResult(types);
    llvm::SmallPtrSet<const llvm::Instruction*, 32> direct;
    for (auto& [at, slot] : slots_) direct.insert(slot.accesses.begin(), slot.accesses.end());
    for (llvm::Instruction& inst : llvm::instructions(function_)) {
      if (!inst.mayReadOrWriteMemory() || direct.contains(&inst) || runtime::marker_of(inst) != runtime::Marker::None)
        continue;
      bool call = llvm::isa<llvm::CallBase>(inst) && !llvm::isa<llvm::AnyMemIntrinsic>(inst);
      if (call || !may_come_from_state(inst)) continue;
      for (auto& [at, slot] : slots_) {
        if (shared_.contains(at)) continue;
        llvm::Instruction* access = slot.accesses.front();
        if (alias.getModRefInfo(&inst, llvm::MemoryLocation(pointer_of(*access), slot.size)) !=
            llvm::ModRefInfo::NoModRef)
          shared_.insert(at);
      }
    }
    for (std::int64_t at : shared_) slots_.erase(at);
  }

  bool may_come_from_state(const llvm::Instruction& inst) const {
    llvm::SmallVector<const llvm::Value*, 4> pointers;
    for (const llvm::Use& operand : inst.operands())
      if (operand->getType()->isPointerTy() && !(llvm::isa<llvm::StoreInst>(inst) && operand.getOperandNo() == 0))
        pointers.push_back(operand.get());
    for (const llvm::Value* pointer : pointers) {
      llvm::SmallVector<const llvm::Value*, 4> objects;
      llvm::getUnderlyingObjects(pointer, objects, nullptr, /*MaxLookup=*/0);
      for (const llvm::Value* object : objects) {
        if (object == base_ || llvm::isa<llvm::IntToPtrInst, llvm::PHINode, llvm::SelectInst>(object)) return true;
        // Loaded from the state itself, it may lead back into it.
        if (auto* load = llvm::dyn_cast<llvm::LoadInst>(object); load && may_come_from_state(*load)) return true;
      }
    }
    return false;
  }

  /// Whether the hint lies in a loop. Read again there, memory would have older values than the variables.
  bool comes_again() const {
    llvm::SmallPtrSet<const llvm::BasicBlock*, 32> seen;
    std::vector<const llvm::BasicBlock*> work{hint_.getParent()};
    while (!work.empty()) {
      const llvm::BasicBlock* block = work.back();
      work.pop_back();
      for (const llvm::BasicBlock* next : llvm::successors(block)) {
        if (next == hint_.getParent()) return true;
        if (seen.insert(next).second) work.push_back(next);
      }
    }
    return false;
  }

  /// Whether an access can come after the hint and yet be reached without it.
  bool entered_elsewhere() {
    for (auto& [at, slot] : slots_) {
      std::vector<llvm::Instruction*> after;
      for (llvm::Instruction* access : slot.accesses) {
        if (dominators_.dominates(&hint_, access))
          after.push_back(access);
        else if (llvm::isPotentiallyReachable(&hint_, access, nullptr, &dominators_))
          return true;
      }
      slot.accesses = std::move(after);
    }
    return false;
  }

  llvm::Value* address(llvm::IRBuilder<>& builder, std::int64_t at) const {
    return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base_, static_cast<std::uint64_t>(at));
  }

  void load_all(llvm::IRBuilder<>& builder) const {
    for (const auto& [at, slot] : slots_)
      builder.CreateStore(builder.CreateAlignedLoad(slot.type, address(builder, at), slot.alignment), slot.variable);
  }

  void store_all(llvm::IRBuilder<>& builder) const {
    for (const auto& [at, slot] : slots_)
      builder.CreateAlignedStore(builder.CreateLoad(slot.type, slot.variable), address(builder, at), slot.alignment);
  }

  void make_variables() {
    llvm::BasicBlock& entry = function_.getEntryBlock();
    for (auto& [at, slot] : slots_) {
      slot.variable = new llvm::AllocaInst(slot.type, 0, nullptr, "", entry.begin());
      for (llvm::Instruction* access : slot.accesses) {
        llvm::IRBuilder<> builder(access);
        if (auto* load = llvm::dyn_cast<llvm::LoadInst>(access)) {
          llvm::Value* value = builder.CreateLoad(slot.type, slot.variable);
          if (value->getType() != load->getType()) value = builder.CreateBitOrPointerCast(value, load->getType());
          load->replaceAllUsesWith(value);
        } else {
          llvm::Value* value = llvm::cast<llvm::StoreInst>(access)->getValueOperand();
          if (value->getType() != slot.type) value = builder.CreateBitOrPointerCast(value, slot.type);
          builder.CreateStore(value, slot.variable);
        }
        access->eraseFromParent();
      }
    }
  }

  /// Whether a call may look at memory, so that the state must be there.
  static bool may_look(const llvm::CallBase& call) {
    if (runtime::marker_of(call) != runtime::Marker::None) return false;
    // One that throws leaves for those who may look.
    if (call.doesNotAccessMemory() && call.doesNotThrow()) return false;
    if (llvm::isa<llvm::AnyMemIntrinsic>(call)) return false;  // with what may come from the state, there is no slot
    if (auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&call))
      return !intrinsic->isLifetimeStartOrEnd() && !intrinsic->onlyAccessesInaccessibleMemory();
    return true;
  }

  bool is_behind(const llvm::BasicBlock* block) const {
    return dominators_.dominates(hint_.getParent(), block) && block != hint_.getParent();
  }

  /// Whether this ends a block before one that is also reached past the hint: there the variables mean nothing.
  bool leads_outside(const llvm::Instruction& inst) const {
    return inst.isTerminator() &&
           llvm::any_of(llvm::successors(&inst), [this](const llvm::BasicBlock* next) { return !is_behind(next); });
  }

  void keep_in_step() {
    std::vector<llvm::Instruction*> work;
    for (llvm::Instruction& inst : llvm::instructions(function_)) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
      bool looks =
          (call && may_look(*call)) || llvm::isa<llvm::ReturnInst, llvm::ResumeInst>(inst) || leads_outside(inst);
      if (looks && dominators_.dominates(&hint_, &inst)) work.push_back(&inst);
    }
    llvm::SmallPtrSet<llvm::BasicBlock*, 4> pads;  // that only code behind the hint leads to
    for (llvm::Instruction* inst : work)
      if (auto* invoke = llvm::dyn_cast<llvm::InvokeInst>(inst); invoke && is_behind(invoke->getUnwindDest()))
        pads.insert(invoke->getUnwindDest());
    llvm::IRBuilder<> at_hint(hint_.getNextNode());
    load_all(at_hint);
    for (llvm::Instruction* inst : work) {
      llvm::IRBuilder<> before(inst);
      store_all(before);
      auto* call = llvm::dyn_cast<llvm::CallBase>(inst);
      if (!call || call->onlyReadsMemory()) continue;
      if (call->doesNotReturn() && !llvm::isa<llvm::InvokeInst>(call)) continue;
      if (auto* invoke = llvm::dyn_cast<llvm::InvokeInst>(call)) {
        llvm::SplitCriticalEdge(invoke, 0);  // other ways to the same block have newer values
        llvm::IRBuilder<> after(&*invoke->getNormalDest()->getFirstInsertionPt());
        load_all(after);
      } else {
        llvm::IRBuilder<> after(call->getNextNode());
        load_all(after);
      }
    }
    for (llvm::BasicBlock* pad : pads) {
      llvm::IRBuilder<> after(&*pad->getFirstInsertionPt());
      load_all(after);
    }
  }

  void promote() {
    llvm::SmallVector<llvm::AllocaInst*, 16> variables;
    for (auto& [at, slot] : slots_)
      if (llvm::isAllocaPromotable(slot.variable)) variables.push_back(slot.variable);
    dominators_.recalculate(function_);
    llvm::PromoteMemToReg(variables, dominators_);
  }

  llvm::Function& function_;
  llvm::CallInst& hint_;
  const llvm::DataLayout& layout_;
  llvm::DominatorTree dominators_;
  llvm::Value* base_ = nullptr;
  std::int64_t begin_ = 0, end_ = 0;
  std::map<std::int64_t, Slot> slots_;
  std::set<std::int64_t> shared_;
};

}  // namespace

unsigned hold_virtual_state(llvm::Function& function) {
  std::vector<llvm::CallInst*> hints;
  for (llvm::Instruction& inst : llvm::instructions(function))
    if (runtime::marker_of(inst) == runtime::Marker::VirtualState) hints.push_back(llvm::cast<llvm::CallInst>(&inst));
  unsigned slots = 0;
  for (llvm::CallInst* hint : hints) slots += VirtualState(function, *hint).run();
  return slots;
}

}  // namespace inlay::specialize
