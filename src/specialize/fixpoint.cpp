// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/fixpoint.h"

#include <algorithm>

#include "runtime/names.h"

#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

Fixpoint::Fixpoint(Environment& environment, const Variables& pinned, const Variables& kept, const Limits& limits,
                   std::size_t patience)
    : environment_(environment),
      facts_(environment.facts()),
      pinned_(pinned),
      kept_(kept),
      limits_(limits),
      patience_(patience),
      copies_(facts_.blocks.size()),
      contexts_(2, nullptr),
      guesser_(environment),
      work_before_(environment.work()) {}

Fixpoint::End Fixpoint::run(const Known& entry) {
  add({0, NoContext, {}}, entry);
  do {
    while (!queue_.empty()) {
      // Of a program that is gone nothing is known: each place would lead to all that the interpreter can do.
      if (environment_.symbols().is_outdated()) return End::Complete;
      unsigned node = queue_.back();
      queue_.pop_back();
      nodes_[node].queued = false;
      visit(node);
      if (overfull_.size() >= patience_) return End::TooManyCopies;
      if (tried_ && nodes_.size() > limits_.nodes_with_places) return End::TooManyPlaces;
    }
  } while ((limits_.places_tried > 0 || limits_.values_promoted > 0) && try_places());
  return overfull_.empty() ? End::Complete : End::TooManyCopies;
}

void Fixpoint::take(Analysis& into) {
  into.nodes = std::move(nodes_);
  into.contexts = std::move(contexts_);
  into.exits.clear();
  for (auto& [node, exit] : exits_) {
    if (!into.nodes[node].exits) continue;
    into.exits.push_back(exit);
    into.exits.back().tries_places = !into.nodes[node].places.empty();
  }
}

std::vector<unsigned> Fixpoint::blamed() const {
  std::vector<unsigned> found;
  for (const auto& [block, context] : overfull_)
    for (unsigned pin : pins_to_blame(nodes_, nodes_of_.at(context), block, environment_, kept_))
      if (!llvm::is_contained(found, pin)) found.push_back(pin);
  const auto& [block, context] = overfull_.front();
  if (found.empty()) found = pins_to_blame(nodes_, nodes_of_.at(context), block, environment_, Variables());
  if (found.empty()) {
    auto pins = pinned_.all();
    found.assign(pins.begin(), pins.end());
  }
  return found;
}

unsigned Fixpoint::add(NodeKey key, Known in) {
  auto id = static_cast<unsigned>(nodes_.size());
  index_.emplace(key, id);
  Node node;
  node.block = key.block;
  node.context = key.context;
  node.pins = std::move(key.pins);
  node.in = std::move(in);
  node.queued = true;
  nodes_.push_back(std::move(node));
  nodes_of_[key.context].push_back(id);
  queue_.push_back(id);
  instructions_ += facts_.blocks[key.block]->size();
  if (over_limit(key.block, key.context)) {
    overfull_.push_back({key.block, key.context});
    widened_.insert({key.block, key.context});
  }
  return id;
}

bool Fixpoint::over_limit(unsigned block, ContextId context) {
  if (context == NoContext || context == NoPlace) {
    return ++copies_[block] > limits_.copies_per_block || nodes_.size() > limits_.nodes ||
           (instructions_ > limits_.instructions && copies_[block] > 1 && contexts_.size() == 2);
  }
  // How many contexts there are is limited where they begin; here, how often one block is copied for one context.
  unsigned versions = ++versions_[{block, context}];
  if (versions <= 2) return false;
  if (instructions_ > limits_.instructions || nodes_.size() > limits_.nodes) return true;
  if (versions <= limits_.versions) return false;
  return versions > limits_.copies_per_block ||
         !pins_to_blame(nodes_, nodes_of_[context], block, environment_, kept_).empty();
}

void Fixpoint::visit(unsigned id) {
  const llvm::BasicBlock* block = facts_.blocks[nodes_[id].block];
  specialize::enter(environment_, nodes_[id]);
  environment_.walk(*block);
  if (const llvm::CallInst* hint = context_at_end(*block); hint && nodes_[id].context != NoPlace) {
    enter_context(id, *hint);
    return;
  }
  if (const llvm::CallInst* hint = promote_at_end(*block);
      hint && nodes_[id].context > NoPlace && !environment_.known(hint))
    unknown_[id] = NotTried;
  const llvm::Instruction& terminator = *block->getTerminator();
  std::vector<int> successors(terminator.getNumSuccessors(), -1);
  for (unsigned i : environment_.feasible(terminator))
    successors[i] = static_cast<int>(enter(block, terminator.getSuccessor(i), nodes_[id].context));
  nodes_[id].successors = std::move(successors);
}

// ---- contexts ----

void Fixpoint::enter_context(unsigned id, const llvm::CallInst& hint) {
  const llvm::BasicBlock* block = facts_.blocks[nodes_[id].block];
  llvm::Constant* key = environment_.known(hint.getArgOperand(0));
  bool usable = key && !environment_.mentions_base(key);
  ExitCause cause = ExitCause::UnknownContext;
  if (usable) {
    std::optional<ContextId> context = context_of(key, cause);
    if (context) {
      nodes_[id].exits = false;
      nodes_[id].successors = {static_cast<int>(enter(block, block->getSingleSuccessor(), *context))};
      return;
    }
  }
  bool resumes = hint.getOperandBundle(runtime::PlaceBundle).has_value();
  nodes_[id].exits = true;
  nodes_[id].successors = {resumes ? -1 : static_cast<int>(enter(block, block->getSingleSuccessor(), NoPlace))};
  exits_[id] = {&hint, usable ? key : nullptr, cause, false};
  if (!usable) unknown_[id] = NotTried;
}

std::optional<ContextId> Fixpoint::context_of(llvm::Constant* key, ExitCause& cause) {
  auto found = context_ids_.find(key);
  if (found != context_ids_.end()) return found->second;
  std::size_t count = contexts_.size() - 2;
  if (seen_.insert(key).second && seen_.size() - 1 == limits_.exit_at_context) asked_for_ = key;
  if (key == asked_for_)
    cause = ExitCause::AskedFor;
  else if (count >= limits_.contexts)
    cause = ExitCause::TooManyContexts;
  else if (count > 0 && instructions_ > limits_.instructions)
    cause = ExitCause::TooManyInstructions;
  else {
    contexts_.push_back(key);
    return context_ids_[key] = static_cast<ContextId>(contexts_.size() - 1);
  }
  return std::nullopt;
}

// ---- places that are tried ----

/// Guessing may take some times as long as the rest.
bool Fixpoint::may_guess() const {
  constexpr std::uint64_t Free = 100'000;
  constexpr std::uint64_t Times = 2;
  return guess_work_ < Free + Times * (environment_.work() - work_before_ - guess_work_);
}

/// Gives each node whose context, or promoted value, is not known ways to what can be guessed by now. True if that
/// made work.
bool Fixpoint::try_places() {
  for (auto& [id, tried] : unknown_) {
    const llvm::BasicBlock* block = facts_.blocks[nodes_[id].block];
    const llvm::CallInst* hint = context_at_end(*block);
    const bool promotes = !hint;
    if (promotes) hint = promote_at_end(*block);
    if (!promotes && (limits_.places_tried == 0 || !nodes_[id].exits)) continue;
    if (!may_guess()) break;
    const std::uint64_t before = environment_.work();
    const std::vector<llvm::Constant*>& guesses = guesser_.guess(
        *hint, id, nodes_, nodes_of_[nodes_[id].context], promotes ? limits_.values_promoted : limits_.places_tried);
    guess_work_ += environment_.work() - before;
    if (guesses.size() == tried) continue;  // since it was visited, nothing new was met
    tried = guesses.size();
    try_places(id, guesses, *hint);
    if (overfull_.size() >= patience_) return true;
  }
  return !queue_.empty();
}

void Fixpoint::try_places(unsigned id, const std::vector<llvm::Constant*>& guesses, const llvm::CallInst& hint) {
  const llvm::BasicBlock* block = facts_.blocks[nodes_[id].block];
  const bool promotes = !context_at_end(*block);
  specialize::enter(environment_, nodes_[id]);
  environment_.walk(*block);
  nodes_[id].places.clear();
  if (environment_.known(hint.getArgOperand(0))) return;
  std::vector<std::pair<llvm::Constant*, int>> places;
  for (llvm::Constant* guess : guesses) {
    ExitCause cause;
    if (!promotes && !in_program(guess)) continue;
    std::optional<ContextId> next = promotes ? nodes_[id].context : context_of(guess, cause);
    if (!next) continue;
    environment_.set(static_cast<unsigned>(facts_.number(&hint)), guess);
    places.emplace_back(guess, static_cast<int>(enter(block, block->getSingleSuccessor(), *next)));
    if (overfull_.size() >= patience_) return;
  }
  tried_ |= !places.empty() && !promotes;
  nodes_[id].places = std::move(places);
}

/// Whether a guess lies where the program does: in an object that has contexts already.
bool Fixpoint::in_program(llvm::Constant* place) {
  if (!place->getType()->isPointerTy()) return true;
  std::optional<Symbols::Location> at = environment_.symbols().locate(place);
  // Behind its end nothing is known: each guess there would lead to all handlers, and on to more guesses.
  if (!at || environment_.symbols().lies_outside(place)) return false;
  for (; programs_seen_ < contexts_.size(); ++programs_seen_)
    if (contexts_[programs_seen_])
      if (std::optional<Symbols::Location> known = environment_.symbols().locate(contexts_[programs_seen_]))
        programs_.insert(known->symbol);
  return programs_.contains(at->symbol);
}

// ---- edges ----

/// The node that the edge leads to, with what is known on it merged in.
unsigned Fixpoint::enter(const llvm::BasicBlock* from, const llvm::BasicBlock* to, ContextId context) {
  Known in = environment_.on_edge(from, to);
  NodeKey key{facts_.block_number.lookup(to), context, {}};
  const bool widest = !widened_.empty() && widened_.contains({key.block, context});
  if (context != NoPlace)
    for (const auto& known : in)
      if (pinned_.has(known.first) && (!widest || kept_.has(known.first))) key.pins.push_back(known);
  auto existing = index_.find(key);
  if (existing == index_.end()) return add(std::move(key), std::move(in));
  Node& node = nodes_[existing->second];
  Known both;
  std::set_intersection(node.in.begin(), node.in.end(), in.begin(), in.end(), std::back_inserter(both));
  if (both.size() != node.in.size()) {
    node.in = std::move(both);
    if (!node.queued) queue_.push_back(existing->second);
    node.queued = true;
  }
  return existing->second;
}

}  // namespace inlay::specialize
