// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values across copies: one that is defined in a single node is used as it is, since every way to a use leads through
// that node, as it did in the original. One that several nodes define (its block was copied) goes through a stack slot
// that promotion turns into phis: LLVM's own algorithm instead of a second one here.
#include "specialize/emit.h"

#include "runtime/markers.h"
#include "runtime/names.h"
#include "runtime/resume_frames.h"
#include "specialize/exits.h"
#include "specialize/locations.h"

#include <llvm/IR/CFG.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/PromoteMemToReg.h>

namespace inlay::specialize {

namespace {

class Emitter {
 public:
  Emitter(Environment& environment, const Analysis& analysis, llvm::Function& into, const GuestNumbers& numbers)
      : environment_(environment),
        facts_(environment.facts()),
        analysis_(analysis),
        into_(into),
        locations_(facts_.function, into),
        exits_(into),
        numbers_(numbers),
        definitions_(facts_.values.size()),
        slots_(facts_.values.size()),
        blocks_(analysis.nodes.size()),
        values_(analysis.nodes.size()) {}

  Emitted run(llvm::ArrayRef<llvm::Constant*> arguments) {
    for (unsigned id : analysis_.order) {
      const Node& node = analysis_.nodes[id];
      blocks_[id] = llvm::BasicBlock::Create(into_.getContext(), facts_.blocks[node.block]->getName(), &into_);
      for (const llvm::Instruction& inst : *facts_.blocks[node.block])
        if (int n = facts_.number(&inst); n >= 0) ++definitions_[n];
    }
    emitted_.contexts.resize(analysis_.contexts.size());
    map_arguments(arguments);
    for (unsigned id : analysis_.order) emit_node(id);
    for (unsigned id : analysis_.order) fill_phis(id);
    write_slots();
    promote_slots();
    for (unsigned id : analysis_.order) {
      Emitted::OfContext& context = emitted_.contexts[analysis_.nodes[id].context];
      context.instructions += static_cast<unsigned>(blocks_[id]->size());
      ++context.copies;
      if (!context.begin) context.begin = facts_.blocks[analysis_.nodes[id].block];
    }
    return emitted_;
  }

 private:
  unsigned guest_number(ContextId context) const {
    if (context == NoContext) return numbers_.no_context;
    return context == NoPlace ? runtime::NoGuest : numbers_.first_context + context - (NoPlace + 1);
  }

  const frozen::SourcePlace* guest_place(ContextId context) const {
    return context < numbers_.places.size() && numbers_.places[context] ? &*numbers_.places[context] : nullptr;
  }

  bool needs_slot(unsigned number) const { return definitions_[number] > 1; }

  llvm::AllocaInst* slot(unsigned number) {
    if (!slots_[number]) {
      llvm::BasicBlock& entry = into_.getEntryBlock();
      slots_[number] = new llvm::AllocaInst(facts_.values[number]->getType(), 0, nullptr, "", entry.begin());
    }
    return slots_[number];
  }

  void map_arguments(llvm::ArrayRef<llvm::Constant*> arguments) {
    auto next = into_.arg_begin();
    for (unsigned i = 0; i < arguments.size(); ++i)
      if (!arguments[i]) single_[i] = &*next++;
  }

  /// The value of the original's `value` at this point of node `id`, reading its slot before `before` if it has one.
  llvm::Value* use(unsigned id, llvm::Value* value, llvm::Instruction* before) {
    if (llvm::isa<llvm::UndefValue>(value) || llvm::isa<llvm::MetadataAsValue>(value) ||
        llvm::isa<llvm::InlineAsm>(value))
      return value;
    if (llvm::Constant* known = environment_.known(value))
      return environment_.mentions_base(known) ? with_addresses(known, before) : known;
    int number = facts_.number(value);
    if (auto here = values_[id].find(number); here != values_[id].end()) return here->second;
    if (!needs_slot(number)) {
      if (llvm::Value* single = single_.lookup(number)) return single;
      // Known where it is defined, but not here: a node that nothing leads to any more had other values.
      llvm::Constant* constant = single_constants_.lookup(number);
      return constant ? with_addresses(constant, before) : nullptr;
    }
    auto* load = new llvm::LoadInst(value->getType(), slot(number), "", before->getIterator());
    return values_[id][number] = load;
  }

  /// A constant that holds placeholders, computed from the addresses that they stand for.
  llvm::Value* with_addresses(llvm::Constant* constant, llvm::Instruction* before) {
    if (!environment_.mentions_base(constant)) return constant;
    if (auto* placeholder = llvm::dyn_cast<llvm::GlobalVariable>(constant)) {
      const llvm::Value* base = environment_.base_value(placeholder);
      return single_.lookup(facts_.number(base));
    }
    llvm::Instruction* inst = llvm::cast<llvm::ConstantExpr>(constant)->getAsInstruction();
    inst->insertBefore(before->getIterator());
    for (llvm::Use& operand : inst->operands())
      operand.set(with_addresses(llvm::cast<llvm::Constant>(operand.get()), inst));
    return inst;
  }

  void define(unsigned id, unsigned number, llvm::Value* value) {
    values_[id][number] = value;
    if (!needs_slot(number)) single_[number] = value;
  }

  void emit_node(unsigned id) {
    const Node& node = analysis_.nodes[id];
    llvm::BasicBlock* block = facts_.blocks[node.block];
    llvm::BasicBlock* out = blocks_[id];
    // A place to insert before, replaced by the terminator.
    auto* end = new llvm::UnreachableInst(into_.getContext(), out);
    enter(environment_, node);
    locations_.enter_guest(guest_number(node.context), guest_place(node.context));
    for (llvm::PHINode& phi : block->phis()) {
      if (llvm::Constant* known = environment_.known(&phi)) {
        single_constants_[facts_.number(&phi)] = known;
        continue;
      }
      auto* copy = llvm::PHINode::Create(phi.getType(), 2, phi.getName(), end->getIterator());
      copy->setFastMathFlags(llvm::isa<llvm::FPMathOperator>(phi) ? phi.getFastMathFlags() : llvm::FastMathFlags());
      copy->setDebugLoc(locations_.map(phi.getDebugLoc()));
      define(id, facts_.number(&phi), copy);
    }
    for (llvm::Instruction& inst : *block) {
      if (llvm::isa<llvm::PHINode>(inst) || inst.isTerminator()) continue;
      emit_instruction(id, inst, end);
    }
    emit_terminator(id, *block->getTerminator(), end);
    note_outgoing(id, *block);
  }

  void emit_instruction(unsigned id, llvm::Instruction& inst, llvm::Instruction* end) {
    int number = facts_.number(&inst);
    if (llvm::Constant* value = environment_.step(inst); value && !is_base(*value, inst)) {
      ++(llvm::isa<llvm::LoadInst>(inst) ? emitted_.folded_loads : emitted_.folded_values);
      if (number >= 0) single_constants_[number] = value;
      return;
    }
    if (auto* select = llvm::dyn_cast<llvm::SelectInst>(&inst)) {
      if (auto* bit = llvm::dyn_cast_or_null<llvm::ConstantInt>(environment_.known(select->getCondition()))) {
        define(id, number, use(id, bit->isOne() ? select->getTrueValue() : select->getFalseValue(), end));
        return;
      }
    }
    runtime::Marker marker = runtime::marker_of(inst);
    if (marker != runtime::Marker::None && !runtime::is_about_state(marker)) {
      define(id, number, use(id, inst.getOperand(0), end));
      return;
    }
    // Scopes would claim that the copies of one block do not alias each other.
    if (llvm::isa<llvm::NoAliasScopeDeclInst>(inst)) return;
    llvm::Instruction* copy = clone(id, inst, end);
    if (number >= 0) define(id, number, copy);
  }

  /// Whether the value is the placeholder of what `inst` makes, which must be made.
  bool is_base(const llvm::Constant& value, const llvm::Instruction& inst) const {
    auto* placeholder = llvm::dyn_cast<llvm::GlobalVariable>(&value);
    return placeholder && environment_.base_value(placeholder) == &inst;
  }

  llvm::Instruction* clone(unsigned id, llvm::Instruction& inst, llvm::Instruction* before) {
    llvm::Instruction* copy = inst.clone();
    static const unsigned Kept[] = {
        llvm::LLVMContext::MD_tbaa,  llvm::LLVMContext::MD_tbaa_struct,     llvm::LLVMContext::MD_fpmath,
        llvm::LLVMContext::MD_range, llvm::LLVMContext::MD_nonnull,         llvm::LLVMContext::MD_noundef,
        llvm::LLVMContext::MD_align, llvm::LLVMContext::MD_dereferenceable, llvm::LLVMContext::MD_prof};
    copy->dropUnknownNonDebugMetadata(Kept);
    copy->setDebugLoc(locations_.map(inst.getDebugLoc()));
    for (llvm::Use& operand : copy->operands())
      if (!llvm::isa<llvm::BasicBlock>(operand.get())) operand.set(use(id, operand.get(), before));
    copy->insertBefore(before->getIterator());
    if (!copy->getType()->isVoidTy()) copy->setName(inst.getName());
    return copy;
  }

  void emit_terminator(unsigned id, llvm::Instruction& terminator, llvm::Instruction* end) {
    const std::vector<int>& successors = analysis_.nodes[id].successors;
    llvm::Instruction* hint = terminator.getPrevNode();
    if (analysis_.nodes[id].exits || !analysis_.nodes[id].places.empty()) {
      emit_places(id, llvm::cast<llvm::CallInst>(*hint), end);
      end->eraseFromParent();
      return;
    }
    if (llvm::Constant* expected = hint ? environment_.guarded_value(*hint) : nullptr) {
      auto& guard = llvm::cast<llvm::CallInst>(*hint);
      llvm::BasicBlock* otherwise = llvm::BasicBlock::Create(into_.getContext(), "unexpected", &into_);
      auto* holds = new llvm::ICmpInst(end->getIterator(), llvm::ICmpInst::ICMP_EQ,
                                       use(id, guard.getArgOperand(0), end), expected);
      auto* branch = llvm::BranchInst::Create(blocks_[successors[0]], otherwise, holds, end->getIterator());
      llvm::MDBuilder weights(into_.getContext());
      branch->setMetadata(llvm::LLVMContext::MD_prof, weights.createLikelyBranchWeights());
      branch->setDebugLoc(locations_.map(guard.getDebugLoc()));
      emit_exit(id, guard, otherwise, branch);
      end->eraseFromParent();
      return;
    }
    llvm::SmallVector<unsigned, 4> taken = environment_.feasible(terminator);
    bool decides = llvm::isa<llvm::BranchInst, llvm::SwitchInst>(terminator);
    llvm::Instruction* out;
    if (decides && taken.size() == 1) {
      note_decision(id, terminator, taken[0]);
      out = llvm::BranchInst::Create(blocks_[successors[taken[0]]], end->getIterator());
      out->setDebugLoc(locations_.map(terminator.getDebugLoc()));
      emitted_.folded_branches += terminator.getNumSuccessors() > 1;
    } else {
      out = clone(id, terminator, end);
      for (unsigned i = 0; i < successors.size(); ++i) out->setSuccessor(i, blocks_[successors[i]]);
      if (int number = facts_.number(&terminator); number >= 0) define(id, number, out);
    }
    end->eraseFromParent();
  }

  /// Notes what a context decides first.
  void note_decision(unsigned id, const llvm::Instruction& terminator, unsigned taken) {
    Emitted::OfContext& context = emitted_.contexts[analysis_.nodes[id].context];
    if (context.decision) return;
    if (auto* dispatch = llvm::dyn_cast<llvm::SwitchInst>(&terminator)) {
      context.decided = environment_.known(dispatch->getCondition());
    } else if (terminator.hasMetadata(DispatchMark) && taken == 0) {
      auto* compare = llvm::cast<llvm::ICmpInst>(llvm::cast<llvm::BranchInst>(terminator).getCondition());
      context.decided = environment_.known(compare->getOperand(1));
    } else {
      return;
    }
    context.decision = &terminator;
    context.handler = terminator.getSuccessor(taken);
  }

  /// How often this activation of the interpreter was entered: its next one is as deep in the stack.
  llvm::Value* next_depth(unsigned id, llvm::Instruction* before) {
    if (facts_.function.hasFnAttribute(runtime::ResumeAttribute)) return use(id, facts_.function.getArg(1), before);
    return llvm::ConstantInt::get(llvm::Type::getInt32Ty(into_.getContext()), 1);
  }

  /// Hands over to the interpreter at the hint: its resume function takes all that lives there, and its result is ours.
  /// Values are computed before `before`, the call comes to the end of `block`.
  void emit_exit(unsigned id, const llvm::CallInst& hint, llvm::BasicBlock* block, llvm::Instruction* before) {
    llvm::OperandBundleUse place = *hint.getOperandBundle(runtime::PlaceBundle);
    auto* resume = llvm::cast<llvm::Function>(environment_.known(place.Inputs[1].get()));
    llvm::SmallVector<llvm::Value*, 16> arguments;
    for (unsigned i = 0; i < place.Inputs.size(); ++i)
      arguments.push_back(i == 1 ? next_depth(id, before) : use(id, place.Inputs[i].get(), before));
    exits_.leave(*resume, arguments, *block, locations_.map(hint.getDebugLoc()));
  }

  /// A context or a promoted value that is not known: what it may be, and where none fits, the way out, or on.
  void emit_places(unsigned id, const llvm::CallInst& hint, llvm::Instruction* end) {
    const Node& node = analysis_.nodes[id];
    llvm::BasicBlock* out = blocks_[id];
    llvm::Value* value = use(id, hint.getArgOperand(0), end);
    llvm::IRBuilder<> builder(end);
    builder.SetCurrentDebugLocation(locations_.map(hint.getDebugLoc()));
    emitted_.exits += node.exits;
    llvm::BasicBlock* otherwise =
        node.successors[0] >= 0 ? blocks_[static_cast<unsigned>(node.successors[0])] : nullptr;
    std::optional<Symbols::Location> program;
    if (!node.places.empty() && value->getType()->isPointerTy())
      program = environment_.symbols().locate(node.places[0].first);
    if (node.places.empty() || (value->getType()->isPointerTy() && !program)) {
      if (otherwise)
        builder.CreateBr(otherwise);
      else
        emit_exit(id, hint, out, end);
      return;
    }
    bool leaves = !otherwise;
    if (leaves) otherwise = llvm::BasicBlock::Create(into_.getContext(), "elsewhere", &into_);
    if (program) value = runtime::distance(builder, value, program->symbol);
    llvm::SwitchInst* tried = builder.CreateSwitch(value, otherwise, static_cast<unsigned>(node.places.size()));
    for (const auto& [place, successor] : node.places) {
      auto* number = llvm::dyn_cast<llvm::ConstantInt>(place);
      if (program) {
        std::optional<Symbols::Location> location = environment_.symbols().locate(place);
        if (!location || location->symbol != program->symbol) continue;
        number = builder.getInt64(static_cast<std::uint64_t>(location->offset));
      }
      // Two guesses may name one place.
      if (number && tried->findCaseValue(number) == tried->case_default())
        tried->addCase(number, blocks_[static_cast<unsigned>(successor)]);
    }
    if (leaves) emit_exit(id, hint, otherwise, tried);
  }

  /// Notes what this node defines of the values that other nodes define too.
  void note_outgoing(unsigned id, llvm::BasicBlock& block) {
    for (llvm::Instruction& inst : block) {
      int number = facts_.number(&inst);
      if (number < 0 || !needs_slot(number)) continue;
      llvm::Constant* known = environment_.known(&inst);
      llvm::Value* value = known ? known : values_[id].lookup(number);
      outgoing_.push_back({id, static_cast<unsigned>(number), value});
    }
  }

  /// Stores them, where something reads the slot.
  void write_slots() {
    for (const Outgoing& out : outgoing_) {
      if (!slots_[out.number] || !out.value) continue;
      llvm::Instruction* end = blocks_[out.node]->getTerminator();
      llvm::Value* value = out.value;
      if (auto* constant = llvm::dyn_cast<llvm::Constant>(value)) value = with_addresses(constant, end);
      if (out.value == end) {
        // An invoke's result exists where it returns normally; that edge gets a block of its own.
        auto* invoke = llvm::cast<llvm::InvokeInst>(end);
        llvm::BasicBlock* normal = invoke->getNormalDest();
        llvm::BasicBlock* edge = llvm::BasicBlock::Create(into_.getContext(), "", &into_);
        end = llvm::BranchInst::Create(normal, edge);
        normal->replacePhiUsesWith(invoke->getParent(), edge);
        invoke->setNormalDest(edge);
      }
      new llvm::StoreInst(value, slots_[out.number], end->getIterator());
    }
  }

  void fill_phis(unsigned id) {
    const Node& node = analysis_.nodes[id];
    const llvm::BasicBlock* block = facts_.blocks[node.block];
    bool entered = false;
    auto fill = [&](unsigned to) {
      for (llvm::PHINode& phi : facts_.blocks[analysis_.nodes[to].block]->phis()) {
        int number = facts_.number(&phi);
        auto copy = values_[to].find(number);
        auto* into = copy == values_[to].end() ? nullptr : llvm::dyn_cast<llvm::PHINode>(copy->second);
        if (!into || into->getParent() != blocks_[to]) continue;
        if (!entered) {
          reenter(id);
          entered = true;
        }
        llvm::Value* incoming = phi.getIncomingValueForBlock(block);
        into->addIncoming(use(id, incoming, blocks_[id]->getTerminator()), blocks_[id]);
      }
    };
    for (int successor : node.successors)
      if (successor >= 0) fill(static_cast<unsigned>(successor));
    // Of the places, those that the switch leads to.
    for (const auto& [place, to] : node.places)
      if (llvm::is_contained(llvm::successors(blocks_[id]), blocks_[static_cast<unsigned>(to)]))
        fill(static_cast<unsigned>(to));
  }

  /// What is known at the end of a node that was emitted before.
  void reenter(unsigned id) {
    const Node& node = analysis_.nodes[id];
    enter(environment_, node);
    environment_.walk(*facts_.blocks[node.block]);
  }

  void promote_slots() {
    llvm::SmallVector<llvm::AllocaInst*, 16> used;
    for (llvm::AllocaInst* s : slots_)
      if (s) used.push_back(s);
    if (used.empty()) return;
    llvm::DominatorTree dominators(into_);
    llvm::PromoteMemToReg(used, dominators);
  }

  struct Outgoing {
    unsigned node, number;
    llvm::Value* value;
  };

  Environment& environment_;
  const Facts& facts_;
  const Analysis& analysis_;
  llvm::Function& into_;
  Locations locations_;
  Exits exits_;
  GuestNumbers numbers_;
  std::vector<unsigned> definitions_;                      // by value: how many nodes define it
  std::vector<llvm::AllocaInst*> slots_;                   // by value
  std::vector<llvm::BasicBlock*> blocks_;                  // by node
  std::vector<llvm::DenseMap<int, llvm::Value*>> values_;  // by node: what it defines or has read
  llvm::DenseMap<int, llvm::Value*> single_;               // values that one node defines, and arguments
  llvm::DenseMap<int, llvm::Constant*> single_constants_;  // those of them that are constants where they are defined
  std::vector<Outgoing> outgoing_;
  Emitted emitted_;
};

}  // namespace

Emitted emit(Environment& environment, const Analysis& analysis, llvm::ArrayRef<llvm::Constant*> arguments,
             llvm::Function& into, const GuestNumbers& numbers) {
  return Emitter(environment, analysis, into, numbers).run(arguments);
}

}  // namespace inlay::specialize
