// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/analyse.h"

#include <algorithm>
#include <set>

#include "specialize/fold.h"

#include <llvm/IR/CFG.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace inlay::specialize {

Environment::Environment(const Facts& facts, Symbols& symbols)
    : facts_(facts), symbols_(symbols), values_(facts.values.size()) {}

void Environment::enter(const Known& in) {
  for (unsigned number : touched_) values_[number] = nullptr;
  touched_.clear();
  for (const auto& [number, value] : in) set(number, value);
}

void Environment::set(unsigned number, llvm::Constant* value) {
  values_[number] = value;
  touched_.push_back(number);
}

llvm::Constant* Environment::in_unit(llvm::Constant* constant) {
  if (llvm::isa<llvm::ConstantData>(constant)) return constant;
  auto [slot, inserted] = mapped_.try_emplace(constant, nullptr);
  if (inserted) {
    llvm::Constant* mapped = runtime::map_constant(symbols_.unit(), constant);
    return mapped_[constant] = mapped;
  }
  return slot->second;
}

llvm::Constant* Environment::known(const llvm::Value* value) {
  if (auto* constant = llvm::dyn_cast<llvm::Constant>(value)) {
    if (llvm::isa<llvm::UndefValue>(constant)) return nullptr;
    return in_unit(const_cast<llvm::Constant*>(constant));
  }
  int number = facts_.number(value);
  return number < 0 ? nullptr : values_[number];
}

llvm::Constant* Environment::evaluate(const llvm::Instruction& inst) {
  if (inst.getType()->isVoidTy()) return nullptr;
  if (auto* select = llvm::dyn_cast<llvm::SelectInst>(&inst)) {
    llvm::Constant* condition = known(select->getCondition());
    if (auto* bit = llvm::dyn_cast_or_null<llvm::ConstantInt>(condition))
      return known(bit->isOne() ? select->getTrueValue() : select->getFalseValue());
  }
  llvm::SmallVector<llvm::Constant*, 8> operands;
  for (const llvm::Use& operand : inst.operands()) {
    llvm::Constant* value = known(operand.get());
    if (!value) return nullptr;
    operands.push_back(value);
  }
  return fold(inst, operands, symbols_);
}

llvm::SmallVector<unsigned, 4> Environment::feasible(const llvm::Instruction& terminator) {
  llvm::SmallVector<unsigned, 4> taken;
  if (auto* branch = llvm::dyn_cast<llvm::BranchInst>(&terminator); branch && branch->isConditional()) {
    if (auto* condition = llvm::dyn_cast_or_null<llvm::ConstantInt>(known(branch->getCondition())))
      return {condition->isOne() ? 0u : 1u};
  } else if (auto* dispatch = llvm::dyn_cast<llvm::SwitchInst>(&terminator)) {
    if (auto* value = llvm::dyn_cast_or_null<llvm::ConstantInt>(known(dispatch->getCondition())))
      return {dispatch->findCaseValue(value)->getSuccessorIndex()};
  }
  for (unsigned i = 0; i < terminator.getNumSuccessors(); ++i) taken.push_back(i);
  return taken;
}

namespace {

using NodeKey = std::pair<unsigned, Known>;

/// One fixpoint with a fixed set of pins.
class Fixpoint {
 public:
  Fixpoint(Environment& environment, const llvm::BitVector& pinned, const Limits& limits)
      : environment_(environment),
        facts_(environment.facts()),
        pinned_(pinned),
        limits_(limits),
        copies_(facts_.blocks.size()) {}

  /// False if a cap was hit; overfull() then tells at which block.
  bool run(const Known& entry) {
    add(0, {}, entry);
    while (!queue_.empty()) {
      unsigned node = queue_.back();
      queue_.pop_back();
      nodes_[node].queued = false;
      visit(node);
      if (overfull_ >= 0) return false;
    }
    return true;
  }
  std::vector<Node> take() { return std::move(nodes_); }
  int overfull() const { return overfull_; }

 private:
  unsigned add(unsigned block, Known pins, Known in) {
    auto id = static_cast<unsigned>(nodes_.size());
    index_[{block, pins}] = id;
    Node node;
    node.block = block;
    node.pins = std::move(pins);
    node.in = std::move(in);
    node.queued = true;
    nodes_.push_back(std::move(node));
    queue_.push_back(id);
    instructions_ += facts_.blocks[block]->size();
    if (++copies_[block] > limits_.copies_per_block || nodes_.size() > limits_.nodes ||
        (instructions_ > limits_.instructions && copies_[block] > 1))
      overfull_ = static_cast<int>(block);
    return id;
  }

  void visit(unsigned id) {
    const llvm::BasicBlock* block = facts_.blocks[nodes_[id].block];
    environment_.enter(nodes_[id].in);
    for (const llvm::Instruction& inst : *block) {
      if (llvm::isa<llvm::PHINode>(inst)) continue;
      if (llvm::Constant* value = environment_.evaluate(inst)) environment_.set(facts_.number(&inst), value);
    }
    const llvm::Instruction& terminator = *block->getTerminator();
    std::vector<int> successors(terminator.getNumSuccessors(), -1);
    for (unsigned i : environment_.feasible(terminator))
      successors[i] = static_cast<int>(enter(block, terminator.getSuccessor(i)));
    nodes_[id].successors = std::move(successors);
  }

  /// The node that the edge leads to, with what is known on it merged in.
  unsigned enter(const llvm::BasicBlock* from, const llvm::BasicBlock* to) {
    unsigned block = facts_.block_number.lookup(to);
    Known in, pins;
    for (unsigned number : facts_.live_in[block].set_bits()) {
      llvm::Value* value = facts_.values[number];
      auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
      llvm::Constant* known = phi && phi->getParent() == to ? environment_.known(phi->getIncomingValueForBlock(from))
                                                            : environment_.known(value);
      if (!known) continue;
      in.emplace_back(number, known);
      if (pinned_[number]) pins.emplace_back(number, known);
    }
    auto existing = index_.find({block, pins});
    if (existing == index_.end()) return add(block, std::move(pins), std::move(in));
    Node& node = nodes_[existing->second];
    Known both;
    std::set_intersection(node.in.begin(), node.in.end(), in.begin(), in.end(), std::back_inserter(both), before);
    if (both.size() != node.in.size()) {
      node.in = std::move(both);
      if (!node.queued) queue_.push_back(existing->second);
      node.queued = true;
    }
    return existing->second;
  }

  static bool before(const std::pair<unsigned, llvm::Constant*>& a, const std::pair<unsigned, llvm::Constant*>& b) {
    return a < b;
  }

  Environment& environment_;
  const Facts& facts_;
  const llvm::BitVector& pinned_;
  const Limits& limits_;
  std::vector<Node> nodes_;
  std::map<NodeKey, unsigned> index_;
  std::vector<unsigned> queue_, copies_;
  std::uint64_t instructions_ = 0;
  int overfull_ = -1;
};

std::vector<unsigned> reverse_post_order(const std::vector<Node>& nodes) {
  std::vector<unsigned> order;
  std::vector<char> seen(nodes.size());
  std::vector<std::pair<unsigned, std::size_t>> stack{{0, 0}};
  seen[0] = 1;
  while (!stack.empty()) {
    auto& [node, next] = stack.back();
    if (next == nodes[node].successors.size()) {
      order.push_back(node);
      stack.pop_back();
      continue;
    }
    int successor = nodes[node].successors[next++];
    if (successor >= 0 && !seen[successor]) {
      seen[successor] = 1;
      stack.push_back({static_cast<unsigned>(successor), 0});
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

/// Pins what the unknown `value` is computed from, if phis are among it: through arithmetic and through loads at
/// addresses that depend on them. Everything on the way is pinned with them: where the phi itself is dead, a pointer
/// made from it must keep the copies apart. True if anything was new.
bool pin_causes(const llvm::Value* value, const Facts& facts, const llvm::BitVector& forbidden, llvm::BitVector& pins) {
  std::vector<const llvm::Value*> work{value};
  std::set<const llvm::Value*> seen;
  llvm::BitVector chain(pins.size());
  bool any_phi = false;
  while (!work.empty()) {
    auto* inst = llvm::dyn_cast<llvm::Instruction>(work.back());
    work.pop_back();
    if (!inst || !seen.insert(inst).second) continue;
    if (!llvm::isa<llvm::PHINode, llvm::LoadInst, llvm::GetElementPtrInst, llvm::CastInst, llvm::BinaryOperator,
                   llvm::SelectInst, llvm::FreezeInst, llvm::ExtractValueInst>(inst))
      continue;
    int number = facts.number(inst);
    if (number < 0 || forbidden[number]) continue;
    chain.set(number);
    any_phi |= llvm::isa<llvm::PHINode>(inst);
    for (const llvm::Use& operand : inst->operands()) work.push_back(operand.get());
  }
  if (!any_phi || !chain.test(pins)) return false;
  pins |= chain;
  return true;
}

/// Whether an unknown pointer is worth copying blocks for: it is read, at an unknown place, from memory that is known.
bool read_from_known_memory(const llvm::Value* value, Environment& environment) {
  auto* load = llvm::dyn_cast<llvm::LoadInst>(value);
  if (!load || !load->getType()->isPointerTy()) {
    auto* phi = llvm::dyn_cast<llvm::PHINode>(value);
    if (!phi || !phi->getType()->isPointerTy()) return false;
    // Which of several known objects: `c ? a : b`, or an iterator over them.
    return std::any_of(phi->incoming_values().begin(), phi->incoming_values().end(), [&](const llvm::Use& incoming) {
      auto* constant = llvm::dyn_cast_or_null<llvm::Constant>(environment.known(incoming.get()));
      return constant && !constant->isNullValue();
    });
  }
  const llvm::Value* address = load->getPointerOperand()->stripInBoundsOffsets();
  if (llvm::Constant* known = environment.known(address)) return environment.symbols().locate(known).has_value();
  if (auto* phi = llvm::dyn_cast<llvm::PHINode>(address)) return read_from_known_memory(phi, environment);
  return read_from_known_memory(address, environment);
}

/// Looks for calls that pins would help, at the nodes that are reached.
bool find_pins(const Analysis& analysis, Environment& environment, const llvm::BitVector& forbidden,
               llvm::BitVector& pins) {
  bool found = false;
  for (unsigned id : analysis.order) {
    const Node& node = analysis.nodes[id];
    environment.enter(node.in);
    for (const llvm::Instruction& inst : *environment.facts().blocks[node.block]) {
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst); call && !llvm::isa<llvm::IntrinsicInst>(call)) {
        if (call->isIndirectCall() && !environment.known(call->getCalledOperand()))
          found |= pin_causes(call->getCalledOperand(), environment.facts(), forbidden, pins);
        for (const llvm::Use& argument : call->args())
          if (argument->getType()->isPointerTy() && !environment.known(argument.get()) &&
              read_from_known_memory(argument.get(), environment))
            found |= pin_causes(argument.get(), environment.facts(), forbidden, pins);
      }
      if (llvm::isa<llvm::PHINode>(inst)) continue;
      if (llvm::Constant* value = environment.evaluate(inst)) environment.set(environment.facts().number(&inst), value);
    }
  }
  return found;
}

}  // namespace

Analysis analyse(Environment& environment, llvm::ArrayRef<llvm::Constant*> arguments, const Limits& limits) {
  const Facts& facts = environment.facts();
  Known entry;
  for (unsigned i = 0; i < arguments.size(); ++i)
    if (arguments[i] && facts.live_in[0][i]) entry.emplace_back(i, arguments[i]);
  auto count = static_cast<unsigned>(facts.values.size());
  llvm::BitVector pins(count), forbidden(count);
  constexpr int MaxRestarts = 16;
  Analysis analysis;
  for (int restart = 0; restart < MaxRestarts; ++restart) {
    Fixpoint fixpoint(environment, pins, limits);
    if (!fixpoint.run(entry)) {
      // Too many copies: what is pinned where the cap was hit becomes an ordinary variable again.
      analysis.capped = true;
      llvm::BitVector blamed = pins;
      blamed &= facts.live_in[fixpoint.overfull()];
      if (blamed.none()) blamed = pins;
      forbidden |= blamed;
      pins.reset(blamed);
      continue;
    }
    analysis.nodes = fixpoint.take();
    analysis.order = reverse_post_order(analysis.nodes);
    analysis.pins = pins.count();
    if (restart + 1 == MaxRestarts || !find_pins(analysis, environment, forbidden, pins)) return analysis;
  }
  // The last attempt hit a cap: once more, without pins, which cannot.
  Fixpoint fixpoint(environment, llvm::BitVector(count), Limits{~0u, ~0u, ~0u});
  fixpoint.run(entry);
  analysis.nodes = fixpoint.take();
  analysis.order = reverse_post_order(analysis.nodes);
  analysis.pins = 0;
  return analysis;
}

}  // namespace inlay::specialize
