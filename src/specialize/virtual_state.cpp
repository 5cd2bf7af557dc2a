// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/virtual_state.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "runtime/markers.h"
#include "runtime/state_pointers.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/CFG.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
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
  std::uint64_t size = 0;      // of the largest access
  llvm::Type* type = nullptr;  // of the first one
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

/// Bytes of the state that an instruction copies or fills.
struct Bytes {
  llvm::Instruction* inst;
  std::int64_t from, to;
};

class VirtualState {
 public:
  VirtualState(llvm::Function& function, llvm::CallInst& hint)
      : function_(function),
        hint_(hint),
        layout_(function.getDataLayout()),
        dominators_(function),
        pointers_(function, hint),
        base_(pointers_.base()) {}

  unsigned run() {
    if (!pointers_.valid()) return 0;
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
      std::int64_t at = 0;
      if (!pointers_.distance(pointer, at)) continue;
      llvm::Type* type = llvm::getLoadStoreType(&inst);
      std::uint64_t size = layout_.getTypeStoreSize(type).getFixedValue();
      if (at < pointers_.begin() || at + static_cast<std::int64_t>(size) > pointers_.end()) continue;
      Slot& slot = slots_[at];
      if (slot.size == 0) {
        slot.size = size;
        slot.type = type;
        slot.alignment = llvm::getLoadStoreAlignment(&inst);
      }
      slot.alignment = std::min(slot.alignment, llvm::getLoadStoreAlignment(&inst));
      slot.accesses.push_back(&inst);
      if (slot.size != size || !is_simple(inst) || !can_become(type, slot.type)) shared_.insert(at);
      slot.size = std::max(slot.size, size);
    }
    // Two that overlap are none.
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
      const std::int64_t end = slot->first + static_cast<std::int64_t>(slot->second.size);
      for (auto other = std::next(slot); other != slots_.end() && other->first < end; ++other) {
        shared_.insert(slot->first);
        shared_.insert(other->first);
      }
    }
  }

  /// Whether the bits of a value of one type can be one of the other.
  bool can_become(llvm::Type* one, llvm::Type* other) const {
    if (llvm::CastInst::isBitOrNoopPointerCastable(one, other, layout_)) return true;
    // A pointer and a number with a fraction, as in a box for either.
    auto bits = [&](llvm::Type* type) { return type->isPointerTy() ? layout_.getIntPtrType(type) : type; };
    return (one->isPointerTy() || other->isPointerTy()) && llvm::CastInst::isBitCastable(bits(one), bits(other));
  }

  llvm::Value* cast(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Type* type) const {
    if (value->getType() == type) return value;
    if (!llvm::CastInst::isBitOrNoopPointerCastable(value->getType(), type, layout_))
      value = builder.CreateBitOrPointerCast(
          value, layout_.getIntPtrType(value->getType()->isPointerTy() ? value->getType() : type));
    return builder.CreateBitOrPointerCast(value, type);
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
      if (call || !pointers_.may_be_used_by(inst) || touches_known_bytes(inst)) continue;
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

  /// Whether an instruction copies or fills bytes of the state that are the same each time. Slots among them are
  /// brought to memory for it, and read again.
  bool touches_known_bytes(llvm::Instruction& inst) {
    auto* bulk = llvm::dyn_cast<llvm::AnyMemIntrinsic>(&inst);
    auto* length = bulk ? llvm::dyn_cast<llvm::ConstantInt>(bulk->getLength()) : nullptr;
    if (!length || bulk->isVolatile() || length->getValue().ugt(INT32_MAX)) return false;
    std::vector<Bytes> touched;
    llvm::SmallVector<llvm::Value*, 2> pointers{bulk->getRawDest()};
    if (auto* copy = llvm::dyn_cast<llvm::AnyMemTransferInst>(bulk)) pointers.push_back(copy->getRawSource());
    for (llvm::Value* pointer : pointers) {
      std::int64_t at = 0;
      if (pointers_.distance(pointer, at)) {
        touched.push_back({&inst, at, at + static_cast<std::int64_t>(length->getZExtValue())});
      } else if (pointers_.may_lead(pointer)) {
        return false;
      }
    }
    bulk_.insert(bulk_.end(), touched.begin(), touched.end());
    return true;
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
    std::erase_if(bulk_, [this](const Bytes& bytes) {
      return !dominators_.dominates(&hint_, bytes.inst) &&
             !llvm::isPotentiallyReachable(&hint_, bytes.inst, nullptr, &dominators_);
    });
    return llvm::any_of(bulk_, [this](const Bytes& bytes) { return !dominators_.dominates(&hint_, bytes.inst); });
  }

  llvm::Value* address(llvm::IRBuilder<>& builder, std::int64_t at) const {
    return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base_, static_cast<std::uint64_t>(at));
  }

  static constexpr std::int64_t Everywhere = INT64_MAX;

  /// Reads the slots that have bytes in [from, to).
  void load_all(llvm::IRBuilder<>& builder, std::int64_t from = -Everywhere, std::int64_t to = Everywhere) const {
    for (const auto& [at, slot] : slots_)
      if (at < to && at + static_cast<std::int64_t>(slot.size) > from)
        builder.CreateStore(builder.CreateAlignedLoad(slot.type, address(builder, at), slot.alignment), slot.variable);
  }

  void store_all(llvm::IRBuilder<>& builder, std::int64_t from = -Everywhere, std::int64_t to = Everywhere) const {
    for (const auto& [at, slot] : slots_)
      if (at < to && at + static_cast<std::int64_t>(slot.size) > from)
        builder.CreateAlignedStore(builder.CreateLoad(slot.type, slot.variable), address(builder, at), slot.alignment);
  }

  void make_variables() {
    llvm::BasicBlock& entry = function_.getEntryBlock();
    for (auto& [at, slot] : slots_) {
      slot.variable = new llvm::AllocaInst(slot.type, 0, nullptr, "", entry.begin());
      for (llvm::Instruction* access : slot.accesses) {
        llvm::IRBuilder<> builder(access);
        if (auto* load = llvm::dyn_cast<llvm::LoadInst>(access)) {
          load->replaceAllUsesWith(cast(builder, builder.CreateLoad(slot.type, slot.variable), load->getType()));
        } else {
          llvm::Value* value = llvm::cast<llvm::StoreInst>(access)->getValueOperand();
          builder.CreateStore(cast(builder, value, slot.type), slot.variable);
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
    if (llvm::isa<llvm::AnyMemIntrinsic>(call)) return false;  // drop_shared() saw to it
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
    // All that one instruction touches is brought there before it, and read after it.
    for (const Bytes& bytes : bulk_) {
      llvm::IRBuilder<> before(bytes.inst);
      store_all(before, bytes.from, bytes.to);
    }
    for (const Bytes& bytes : bulk_) {
      llvm::IRBuilder<> after(bytes.inst->getNextNode());
      load_all(after, bytes.from, bytes.to);
    }
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
  runtime::StatePointers pointers_;
  llvm::Value* base_;
  std::map<std::int64_t, Slot> slots_;
  std::vector<Bytes> bulk_;
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
