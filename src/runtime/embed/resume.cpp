// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/embed/resume.h"

#include <vector>

#include "runtime/embed/labels.h"
#include "runtime/liveness.h"
#include "runtime/markers.h"
#include "runtime/names.h"
#include "runtime/resume_frames.h"
#include "runtime/state_pointers.h"

#include <llvm/Analysis/CaptureTracking.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace inlay::runtime {

namespace {

bool is_place(const llvm::Instruction& inst) {
  Marker marker = marker_of(inst);
  return marker == Marker::Context || marker == Marker::Expect;
}

bool is_static(const llvm::AllocaInst& alloca) { return alloca.isStaticAlloca(); }

/// What a resume function cannot stand in for: arguments that are copies in the caller's frame, other ways to return.
bool can_resume(const llvm::Function& function) {
  if (function.isVarArg() || function.isPresplitCoroutine()) return false;
  for (const llvm::Argument& argument : function.args())
    if (argument.hasByValAttr() || argument.hasInAllocaAttr() || argument.hasPreallocatedAttr() ||
        argument.hasSwiftErrorAttr() || argument.hasNestAttr())
      return false;
  for (const llvm::Instruction& inst : llvm::instructions(function)) {
    if (auto* alloca = llvm::dyn_cast<llvm::AllocaInst>(&inst); alloca && !is_static(*alloca)) return false;
    if (llvm::isa<llvm::CallBrInst>(inst) || inst.getType()->isTokenTy()) return false;
    if (llvm::isa<llvm::IndirectBrInst>(inst) && !labels_stay_inside(function)) return false;
    auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
    if (call && call->hasFnAttr(llvm::Attribute::ReturnsTwice)) return false;
  }
  return true;
}

/// A value whose place in a call depends on the processor that the caller is compiled for.
bool passed_alike_everywhere(const llvm::Type& type) {
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(&type);
  return !type.isVectorTy() || (vector && vector->getPrimitiveSizeInBits() <= 128);
}

class Resume {
 public:
  explicit Resume(llvm::Function& original) : original_(original), context_(original.getContext()) {}

  void add(const std::vector<llvm::CallInst*>& places) {
    for (llvm::Instruction& inst : original_.getEntryBlock())
      if (auto* alloca = llvm::dyn_cast<llvm::AllocaInst>(&inst)) frames_.push_back(alloca);
    find_live(places);
    for (llvm::Value* value : live_)
      if (!passed_alike_everywhere(*value->getType())) return;
    find_frames();
    for (llvm::Instruction& inst : original_.getEntryBlock())
      if (marker_of(inst) == Marker::VirtualState)
        states_.emplace_back(&inst, StatePointers(original_, llvm::cast<llvm::CallInst>(inst)));
    declare(places);
    for (unsigned i = 0; i < places.size(); ++i) places_.push_back(attach(*places[i], i));
    fill();
  }

 private:
  void find_live(const std::vector<llvm::CallInst*>& places) {
    Liveness liveness(original_);
    llvm::BitVector any(liveness.values.size());
    for (llvm::CallInst* place : places) {
      llvm::BitVector live(liveness.values.size());
      auto block = liveness.block_number.find(place->getParent()->getSingleSuccessor());
      if (block != liveness.block_number.end()) live = liveness.live_in[block->second];
      any |= live;
      live_at_.emplace_back();
      for (unsigned number : live.set_bits()) live_at_.back().insert(liveness.values[number]);
    }
    for (unsigned number : any.set_bits()) {
      llvm::Value* value = liveness.values[number];
      if (!llvm::isa<llvm::Argument, llvm::AllocaInst>(value)) live_.push_back(value);
    }
  }

  /// Which stack variables nothing points to but values of the function: those can be moved together with these.
  void find_frames() {
    constexpr unsigned AllUses = 1u << 20;
    // Each way into compiled code and out of it copies them, one activation deeper in the stack.
    constexpr std::uint64_t MostBytes = 64 * 1024;
    std::uint64_t bytes = 0;
    for (llvm::AllocaInst* frame : frames_) {
      // That an address is compared does not matter: what it is compared with moves along, or is another object's.
      llvm::CaptureComponents captured = llvm::PointerMayBeCaptured(
          frame, /*ReturnCaptures=*/true, llvm::CaptureComponents::All, llvm::capturesAnyProvenance, AllUses);
      std::optional<llvm::TypeSize> size = frame->getAllocationSize(original_.getDataLayout());
      is_private_.push_back(size && bytes + size->getFixedValue() <= MostBytes &&
                            !llvm::capturesAnyProvenance(captured));
      if (is_private_.back()) bytes += size->getFixedValue();
    }
    for (llvm::Value* value : live_) {
      int into = -1;
      if (value->getType()->isPointerTy()) {
        llvm::SmallVector<const llvm::Value*, 4> objects;
        llvm::getUnderlyingObjects(value, objects, nullptr, 0);
        for (const llvm::Value* object : objects) {
          auto frame = std::find(frames_.begin(), frames_.end(), object);
          if (frame == frames_.end()) continue;
          into = static_cast<int>(frame - frames_.begin());
          // What points here or there cannot be moved along.
          if (objects.size() > 1) is_private_[static_cast<std::size_t>(into)] = false;
        }
      }
      into_frame_.push_back(into);
    }
  }

  /// Finds parameters for what lives at each place. Values that do not live at the same place share one: an interpreter
  /// has hundreds of values that live at some place, and few that live at any one.
  void share_parameters(const std::vector<llvm::CallInst*>& places) {
    for (std::size_t at = 0; at < places.size(); ++at) {
      const auto& live = live_at_[at];
      // The hint's argument is of interest wherever the hint itself does not live.
      llvm::Value* key = live.contains(places[at]) ? nullptr : places[at]->getArgOperand(0);
      std::vector<int>& values = value_of_.emplace_back(parameters_.size(), -1);
      for (std::size_t i = 0; i < live_.size(); ++i) {
        if (!live.contains(live_[i]) && live_[i] != key) continue;
        const bool moves = into_frame_[i] >= 0 && is_private_[static_cast<std::size_t>(into_frame_[i])];
        const Parameter wanted{live_[i]->getType(), moves ? into_frame_[i] : -1, leads_elsewhere(*live_[i])};
        std::size_t free = 0;
        while (free < parameters_.size() && (values[free] >= 0 || parameters_[free] != wanted)) ++free;
        if (free == parameters_.size()) {
          parameters_.push_back(wanted);
          values.push_back(-1);
        }
        values[free] = static_cast<int>(i);
      }
    }
    for (std::vector<int>& values : value_of_) values.resize(parameters_.size(), -1);
  }

  void declare(const std::vector<llvm::CallInst*>& places) {
    auto* number = llvm::Type::getInt32Ty(context_);
    llvm::SmallVector<llvm::Type*, 16> types{number, number};
    llvm::SmallVector<llvm::AttributeSet, 16> attributes{{}, {}};
    llvm::AttributeList old = original_.getAttributes();
    for (llvm::Argument& argument : original_.args()) {
      types.push_back(argument.getType());
      // What is promised of an argument was promised of the call: `noalias`, `readonly` and the like may not hold of
      // a stretch of it in which the same memory is also reached through a value that lives; and a place for the result
      // would have to be the first parameter.
      llvm::AttrBuilder kept(context_);
      for (llvm::Attribute::AttrKind kind : {llvm::Attribute::SExt, llvm::Attribute::ZExt})
        if (argument.hasAttribute(kind)) kept.addAttribute(kind);
      if (leads_elsewhere(argument)) kept.addAttribute(ElsewhereAttribute);
      attributes.push_back(llvm::AttributeSet::get(context_, kept));
    }
    share_parameters(places);
    const auto first_frame = static_cast<unsigned>(types.size() + parameters_.size());
    for (const Parameter& parameter : parameters_) {
      types.push_back(parameter.type);
      attributes.emplace_back();
      if (parameter.frame >= 0)
        attributes.back() = attributes.back().addAttributes(
            context_,
            llvm::AttributeSet::get(
                context_, into_frame_attribute(context_, first_frame + static_cast<unsigned>(parameter.frame))));
      if (parameter.leads_elsewhere) attributes.back() = attributes.back().addAttribute(context_, ElsewhereAttribute);
    }
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      types.push_back(frames_[i]->getType());
      attributes.emplace_back();
      if (!is_private_[i]) continue;
      auto size = frames_[i]->getAllocationSize(original_.getDataLayout())->getFixedValue();
      attributes.back() = llvm::AttributeSet::get(context_, frame_attribute(context_, {size, frames_[i]->getAlign()}));
    }
    auto* type = llvm::FunctionType::get(original_.getReturnType(), types, false);
    resume_ = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, original_.getName() + ResumeSuffix,
                                     original_.getParent());
    llvm::AttrBuilder own(context_, old.getFnAttrs());
    for (llvm::Attribute::AttrKind kind : {llvm::Attribute::Memory, llvm::Attribute::AlwaysInline})
      own.removeAttribute(kind);
    own.addAttribute(llvm::Attribute::NoInline);
    own.addAttribute(ResumeAttribute);
    own.addAttribute(EnteredAttribute);
    resume_->setAttributes(
        llvm::AttributeList::get(context_, llvm::AttributeSet::get(context_, own), old.getRetAttrs(), attributes));
    if (original_.hasPersonalityFn()) resume_->setPersonalityFn(original_.getPersonalityFn());
  }

  /// Whether a value that comes in does not lead into what is said to be the interpreter's own state.
  bool leads_elsewhere(const llvm::Value& value) const {
    return value.getType()->isPointerTy() &&
           llvm::none_of(states_, [&](const auto& state) { return state.second.may_lead(&value); });
  }

  llvm::CallInst* attach(llvm::CallInst& place, unsigned number) {
    std::vector<llvm::Value*> values{llvm::ConstantInt::get(llvm::Type::getInt32Ty(context_), number), resume_};
    for (llvm::Argument& argument : original_.args()) values.push_back(&argument);
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const int index = value_of_[number][i];
      llvm::Value* value = index < 0 ? nullptr : live_[static_cast<std::size_t>(index)];
      // A hint's value is its argument's.
      if (value == &place) value = place.getArgOperand(0);
      values.push_back(value ? value : llvm::PoisonValue::get(parameters_[i].type));
    }
    for (llvm::AllocaInst* frame : frames_) values.push_back(frame);
    llvm::SmallVector<llvm::Value*, 2> arguments(place.args());
    auto* with_bundle = llvm::CallInst::Create(place.getFunctionType(), place.getCalledOperand(), arguments,
                                               {llvm::OperandBundleDef(PlaceBundle, values)}, "", place.getIterator());
    with_bundle->setDebugLoc(place.getDebugLoc());
    with_bundle->takeName(&place);
    std::replace(live_.begin(), live_.end(), static_cast<llvm::Value*>(&place), static_cast<llvm::Value*>(with_bundle));
    place.replaceAllUsesWith(with_bundle);
    place.eraseFromParent();
    return with_bundle;
  }

  void fill() {
    llvm::ValueToValueMapTy map;
    unsigned next = 2;
    for (llvm::Argument& argument : original_.args()) {
      resume_->getArg(next)->setName(argument.getName());
      map[&argument] = resume_->getArg(next++);
    }
    llvm::SmallVector<llvm::ReturnInst*, 8> returns;
    llvm::AttributeList own = resume_->getAttributes();
    llvm::CloneFunctionInto(resume_, &original_, map, llvm::CloneFunctionChangeType::LocalChangesOnly, returns);
    resume_->setAttributes(own);  // cloning brought those of the original
    resume_->setDSOLocal(true);
    copy_label_tables(map);
    // A handler that replaces its caller cannot replace one with other parameters: from here, its next one is called.
    for (llvm::Instruction& inst : llvm::instructions(*resume_))
      if (auto* call = llvm::dyn_cast<llvm::CallInst>(&inst); call && call->isMustTailCall())
        call->setTailCallKind(llvm::CallInst::TCK_Tail);

    llvm::BasicBlock* old_entry = &resume_->getEntryBlock();
    llvm::BasicBlock* entry = llvm::BasicBlock::Create(context_, "resume", resume_, old_entry);
    llvm::IRBuilder<> builder(entry);
    std::vector<llvm::AllocaInst*> slots;
    auto* nowhere = llvm::BasicBlock::Create(context_, "nowhere", resume_);
    new llvm::UnreachableInst(context_, nowhere);
    auto* dispatch = builder.CreateSwitch(resume_->getArg(0), nowhere, static_cast<unsigned>(places_.size()));
    // Each value that lives at some place gets a slot, which both its definition and the way in from outside write.
    for (llvm::Value* value : live_) {
      llvm::Value* copy = map[value];
      std::optional<llvm::BasicBlock::iterator> at = entry->begin();
      slots.push_back(llvm::DemoteRegToStack(*llvm::cast<llvm::Instruction>(copy), false, at));
    }
    for (std::size_t i = 0; i < places_.size(); ++i) {
      llvm::BasicBlock* way = llvm::BasicBlock::Create(context_, "place", resume_);
      dispatch->addCase(builder.getInt32(static_cast<unsigned>(i)), way);
      llvm::IRBuilder<> in(way);
      for (std::size_t p = 0; p < parameters_.size(); ++p)
        if (const int value = value_of_[i][p]; value >= 0 && slots[static_cast<std::size_t>(value)])
          in.CreateStore(resume_->getArg(next + static_cast<unsigned>(p)), slots[static_cast<std::size_t>(value)]);
      llvm::Value* copy = map[places_[i]];
      // The hint itself may have been given a slot, and then stands before a store to it.
      llvm::BasicBlock* from = llvm::cast<llvm::Instruction>(copy)->getParent();
      in.CreateBr(from->getSingleSuccessor());
    }
    next += static_cast<unsigned>(parameters_.size());
    for (llvm::AllocaInst* frame : frames_) {
      auto* copy = llvm::cast<llvm::AllocaInst>(map[frame]);
      for (llvm::User* user : llvm::make_early_inc_range(copy->users()))
        if (auto* lifetime = llvm::dyn_cast<llvm::LifetimeIntrinsic>(user)) lifetime->eraseFromParent();
      copy->replaceAllUsesWith(resume_->getArg(next++));
      copy->eraseFromParent();
    }
    for (const auto& [hint, state] : states_)
      if (!state.stored_elsewhere()) say_again(*llvm::cast<llvm::CallInst>(map[hint]), *dispatch);
    llvm::EliminateUnreachableBlocks(*resume_);
    llvm::SmallVector<llvm::AllocaInst*, 16> used;
    for (llvm::AllocaInst* slot : slots)
      if (slot) used.push_back(slot);
    llvm::DominatorTree dominators(*resume_);
    llvm::PromoteMemToReg(used, dominators);
  }

  /// What was said at the beginning of the function holds in the middle of it, too.
  static void say_again(const llvm::CallInst& hint, llvm::Instruction& before) {
    for (const llvm::Value* argument : hint.args())
      if (!llvm::isa<llvm::Argument, llvm::Constant>(argument)) return;
    hint.clone()->insertBefore(before.getIterator());
  }

  /// The labels in a table are those of one function.
  void copy_label_tables(llvm::ValueToValueMapTy& map) {
    llvm::Module& module = *original_.getParent();
    std::vector<llvm::GlobalVariable*> tables;
    for (llvm::GlobalVariable& variable : module.globals())
      if (variable.hasInitializer() && mentions_labels_of(*variable.getInitializer(), original_))
        tables.push_back(&variable);
    for (llvm::GlobalVariable* table : tables) {
      auto* copy =
          new llvm::GlobalVariable(module, table->getValueType(), table->isConstant(),
                                   llvm::GlobalValue::InternalLinkage, nullptr, table->getName() + ResumeSuffix, table);
      copy->setAlignment(table->getAlign());
      copy->setInitializer(llvm::MapValue(table->getInitializer(), map));
      bool used = false;
      for (llvm::Use& use : llvm::make_early_inc_range(table->uses())) {
        auto* user = llvm::dyn_cast<llvm::Instruction>(use.getUser());
        if (!user || user->getFunction() != resume_) continue;
        use.set(copy);
        used = true;
      }
      if (!used) copy->eraseFromParent();
    }
  }

  /// What one parameter can stand for, at one place or another.
  struct Parameter {
    llvm::Type* type;
    int frame;  // that it points into and is moved with, or -1
    bool leads_elsewhere;
    bool operator==(const Parameter&) const = default;
  };

  llvm::Function& original_;
  llvm::LLVMContext& context_;
  llvm::Function* resume_ = nullptr;
  std::vector<llvm::AllocaInst*> frames_;
  std::vector<bool> is_private_;                                      // by frame
  std::vector<std::pair<llvm::Instruction*, StatePointers>> states_;  // by virtual_state() at the beginning
  std::vector<llvm::Value*> live_;
  std::vector<int> into_frame_;                               // by live value: the frame that it points into, or -1
  std::vector<llvm::SmallPtrSet<llvm::Value*, 16>> live_at_;  // by place
  std::vector<Parameter> parameters_;
  std::vector<std::vector<int>> value_of_;  // by place and parameter: an index of live_, or -1
  std::vector<llvm::CallInst*> places_;
};

}  // namespace

void add_resume_functions(llvm::Module& module) {
  std::vector<llvm::Function*> functions;
  for (llvm::Function& function : module)
    if (has_markers(function)) functions.push_back(&function);
  for (llvm::Function* function : functions) {
    std::vector<llvm::CallInst*> places, ends;
    for (llvm::Instruction& inst : llvm::instructions(*function)) {
      if (is_place(inst)) places.push_back(llvm::cast<llvm::CallInst>(&inst));
      if (is_place(inst) || marker_of(inst) == Marker::Promote) ends.push_back(llvm::cast<llvm::CallInst>(&inst));
    }
    for (llvm::CallInst* place : ends) {
      // The walk of the evaluator goes from place to place by blocks.
      llvm::BasicBlock* before = place->getParent();
      if (place->getNextNode() != before->getTerminator() || !before->getSingleSuccessor() ||
          !before->getSingleSuccessor()->getSinglePredecessor())
        llvm::SplitBlock(before, place->getNextNode());
    }
    if (!places.empty() && can_resume(*function)) Resume(*function).add(places);
  }
}

}  // namespace inlay::runtime
