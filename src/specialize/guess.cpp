// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/guess.h"

#include <algorithm>

#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

namespace {

void add(std::vector<llvm::Constant*>& to, llvm::Constant* value) {
  if (!llvm::is_contained(to, value)) to.push_back(value);
}

/// Whether a context begins with this block.
bool begins_context(const llvm::BasicBlock& block) {
  const llvm::BasicBlock* before = block.getSinglePredecessor();
  return before && context_at_end(*before);
}

/// The constants that a hint's value is compared with: what decides on a type's tag names the types.
std::vector<llvm::Constant*> compared_with(const llvm::CallInst& hint) {
  auto* type = llvm::cast<llvm::IntegerType>(hint.getType());
  const bool is_signed = llvm::isa<llvm::SExtInst>(hint.getArgOperand(0));
  std::vector<llvm::Constant*> found;
  auto note = [&](const llvm::Value* value) {
    auto* number = llvm::dyn_cast<llvm::ConstantInt>(value);
    if (!number || number->getBitWidth() > type->getBitWidth()) return;
    const llvm::APInt& bits = number->getValue();
    add(found,
        llvm::ConstantInt::get(type, is_signed ? bits.sext(type->getBitWidth()) : bits.zext(type->getBitWidth())));
  };
  std::vector<const llvm::Value*> values{&hint};
  for (std::size_t i = 0; i < values.size() && i < 64; ++i)
    for (const llvm::User* user : values[i]->users()) {
      if (auto* compare = llvm::dyn_cast<llvm::ICmpInst>(user); compare && compare->isEquality()) {
        for (const llvm::Value* operand : compare->operands()) note(operand);
      } else if (auto* choice = llvm::dyn_cast<llvm::SwitchInst>(user)) {
        for (const auto& one : choice->cases()) note(one.getCaseValue());
      } else if (llvm::isa<llvm::TruncInst, llvm::ZExtInst, llvm::SExtInst, llvm::FreezeInst, llvm::PHINode>(user) &&
                 !llvm::is_contained(values, user)) {
        values.push_back(user);
      }
    }
  return found;
}

}  // namespace

/// What a value that comes in may be: what the loads may give that it comes from.
std::vector<llvm::Constant*> Guesser::values_of(const llvm::PHINode& phi, const Node& node,
                                                const Behind& behind) const {
  auto number = static_cast<unsigned>(facts_.number(&phi));
  if (!facts_.live_in[node.block].test(number)) return {};
  if (llvm::any_of(node.in, [number](const auto& known) { return known.first == number; })) return {};
  std::vector<llvm::Constant*> values;
  for (const llvm::LoadInst* load : behind.loads)
    if (load->getType() == phi.getType())
      for (llvm::Constant* value : environment_.candidates(*load, node.context)) add(values, value);
  return values;
}

std::vector<Leaf> Guesser::leaves(const llvm::CallInst& hint, const std::vector<Node>& nodes,
                                  const std::vector<unsigned>& ids) {
  auto [known_behind, fresh] = behind_.try_emplace(&hint);
  if (fresh) known_behind->second = values_behind(*hint.getArgOperand(0), environment_);
  const Behind& behind = known_behind->second;
  std::vector<Leaf> leaves;
  for (unsigned id : ids) {
    const llvm::BasicBlock* block = facts_.blocks[nodes[id].block];
    for (const llvm::LoadInst* load : behind.loads)
      if (load->getParent() == block)
        if (std::vector<llvm::Constant*> values = environment_.candidates(*load, nodes[id].context); !values.empty())
          leaves.push_back({id, load, std::move(values)});
    if (!begins_context(*block)) continue;
    for (const llvm::PHINode* phi : behind.phis)
      if (std::vector<llvm::Constant*> values = values_of(*phi, nodes[id], behind); !values.empty())
        leaves.push_back({id, phi, std::move(values)});
  }
  return leaves;
}

/// What the hint is told if this is the value: the way from there to the hint, walked with it.
std::vector<llvm::Constant*> Guesser::replay(const llvm::CallInst& hint, const Node& node, const Leaf& leaf,
                                             llvm::Constant* value) {
  constexpr std::size_t MaxBlocks = 300;  // a dispatch compares with each handler
  constexpr std::size_t MaxWays = 8;
  constexpr unsigned MaxVisits = 4;  // of one block: ways that part and meet again must not double the work each time
  const auto number = static_cast<unsigned>(facts_.number(leaf.value));
  std::vector<llvm::Constant*> told;
  std::vector<std::pair<unsigned, Known>> work{{node.block, node.in}};
  std::map<unsigned, unsigned> visits;
  for (std::size_t i = 0; i < work.size() && i < MaxBlocks; ++i) {
    const llvm::BasicBlock* block = facts_.blocks[work[i].first];
    environment_.enter(work[i].second, /*guarded=*/true, node.context);
    if (i == 0 && llvm::isa<llvm::PHINode>(leaf.value)) environment_.set(number, value);
    for (const llvm::Instruction& inst : *block) {
      if (llvm::isa<llvm::PHINode>(inst)) continue;
      const bool known = environment_.step(inst) != nullptr;
      if (&inst != leaf.value || i > 0) continue;
      if (known) return told;  // here it needs no guess
      environment_.set(number, value);
    }
    if (block == hint.getParent()) {
      llvm::Constant* argument = environment_.known(hint.getArgOperand(0));
      if (argument && !environment_.mentions_base(argument)) add(told, argument);
      continue;
    }
    if (context_at_end(*block)) continue;
    const llvm::Instruction& terminator = *block->getTerminator();
    llvm::SmallVector<unsigned, 4> taken = environment_.feasible(terminator);
    if (taken.size() > MaxWays) continue;
    for (unsigned successor : taken) {
      const llvm::BasicBlock* next = terminator.getSuccessor(successor);
      const unsigned number_of_next = facts_.block_number.lookup(next);
      if (++visits[number_of_next] <= MaxVisits) work.emplace_back(number_of_next, environment_.on_edge(block, next));
    }
  }
  return told;
}

/// Whether the interpreter, told to be at this place, reads inside of the objects that it reads from until it decides
/// what to do. An instruction behind the end of its program is none; nothing would be known of it, so each handler
/// would follow, and from each of them more such places.
bool Guesser::reads_inside(const llvm::CallInst& hint, const Node& node, llvm::Constant* place) {
  constexpr std::size_t MaxBlocks = 16;
  environment_.enter(node.in, /*guarded=*/true, node.context);
  environment_.walk(*hint.getParent());
  environment_.set(static_cast<unsigned>(facts_.number(&hint)), place);
  std::vector<std::pair<const llvm::BasicBlock*, Known>> work;
  auto go_on = [&](const llvm::BasicBlock* block) {
    for (unsigned successor : environment_.feasible(*block->getTerminator())) {
      const llvm::BasicBlock* next = block->getTerminator()->getSuccessor(successor);
      if (work.size() < MaxBlocks) work.emplace_back(next, environment_.on_edge(block, next));
    }
  };
  go_on(hint.getParent());
  for (std::size_t i = 0; i < work.size(); ++i) {
    const llvm::BasicBlock* block = work[i].first;
    environment_.enter(work[i].second, /*guarded=*/true, node.context);
    for (const llvm::Instruction& inst : *block) {
      if (llvm::isa<llvm::PHINode>(inst)) continue;
      if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&inst))
        if (llvm::Constant* from = environment_.known(load->getPointerOperand());
            from && environment_.symbols().lies_outside(from))
          return false;
      environment_.step(inst);
    }
    if (!context_at_end(*block) && !llvm::isa<llvm::SwitchInst>(block->getTerminator())) go_on(block);
  }
  return true;
}

const std::vector<llvm::Constant*>& Guesser::guess(const llvm::CallInst& hint, unsigned at,
                                                   const std::vector<Node>& nodes, const std::vector<unsigned>& ids,
                                                   std::size_t most) {
  const Node& node = nodes[at];
  Guesses& guesses = guesses_[{&hint, node.context}];
  const bool is_place = context_at_end(*hint.getParent()) == &hint;
  if (!is_place && guesses.values.empty())
    for (llvm::Constant* value : compared_with(hint))
      if (guesses.values.size() < most) guesses.values.push_back(value);
  environment_.note_candidates(false);
  for (const Leaf& leaf : leaves(hint, nodes, ids))
    for (llvm::Constant* value : leaf.values) {
      if (guesses.values.size() >= most) break;
      const Node& from = nodes[leaf.node];
      if (!guesses.tried.insert({leaf.node, from.in.size(), leaf.value, value}).second) continue;
      for (llvm::Constant* told : replay(hint, from, leaf, value))
        if (guesses.values.size() < most && !llvm::is_contained(guesses.values, told) &&
            (!is_place || reads_inside(hint, node, told)))
          guesses.values.push_back(told);
    }
  environment_.note_candidates(true);
  return guesses.values;
}

}  // namespace inlay::specialize
