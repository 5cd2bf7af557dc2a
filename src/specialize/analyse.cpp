// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/analyse.h"

#include <algorithm>

#include "runtime/markers.h"
#include "runtime/names.h"
#include "specialize/guess.h"
#include "specialize/pins.h"

#include <llvm/IR/CFG.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

using runtime::Marker;

namespace {

const llvm::CallInst* hint_at_end(const llvm::BasicBlock& block, Marker kind) {
  const llvm::Instruction* last = block.getTerminator()->getPrevNode();
  if (!last || runtime::marker_of(*last) != kind || !block.getSingleSuccessor()) return nullptr;
  return llvm::cast<llvm::CallInst>(last);
}

}  // namespace

const llvm::CallInst* context_at_end(const llvm::BasicBlock& block) { return hint_at_end(block, Marker::Context); }
const llvm::CallInst* promote_at_end(const llvm::BasicBlock& block) { return hint_at_end(block, Marker::Promote); }

namespace {

struct NodeKey {
  unsigned block;
  ContextId context;
  Known pins;
  auto operator<=>(const NodeKey&) const = default;
};

/// One fixpoint with a fixed set of pins.
class Fixpoint {
 public:
  Fixpoint(Environment& environment, const Variables& pinned, const Variables& kept, const Limits& limits)
      : kept_(kept),
        environment_(environment),
        facts_(environment.facts()),
        pinned_(pinned),
        limits_(limits),
        copies_(facts_.blocks.size()) {
    contexts_.assign(2, nullptr);
  }

  /// False if a cap was hit; blamed() then tells by whom.
  bool run(const Known& entry) {
    add({0, NoContext, {}}, entry);
    do {
      while (!queue_.empty()) {
        unsigned node = queue_.back();
        queue_.pop_back();
        nodes_[node].queued = false;
        visit(node);
        if (overfull_ >= 0) return false;
        if (tried_ && nodes_.size() > limits_.nodes_with_places) return false;
      }
    } while (limits_.places_tried > 0 && try_places());
    return true;
  }
  /// After a cap was hit: whether it was because of the places that were tried.
  bool too_many_places() const { return overfull_ < 0; }

  void take(Analysis& into) {
    into.nodes = std::move(nodes_);
    into.contexts = std::move(contexts_);
    into.exits.clear();
    for (auto& [node, exit] : exits_) {
      if (!into.nodes[node].exits) continue;
      into.exits.push_back(exit);
      into.exits.back().tries_places = !into.nodes[node].places.empty();
    }
  }
  /// After a cap was hit: the pins that must go.
  std::vector<unsigned> blamed() const {
    auto block = static_cast<unsigned>(overfull_);
    std::vector<unsigned> found = pins_to_blame(nodes_, block, overfull_context_, environment_, kept_);
    if (found.empty()) found = pins_to_blame(nodes_, block, overfull_context_, environment_, Variables());
    if (found.empty()) {
      auto all = pinned_.all();
      found.assign(all.begin(), all.end());
    }
    return found;
  }

 private:
  unsigned add(NodeKey key, Known in) {
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
      overfull_ = static_cast<int>(key.block);
      overfull_context_ = key.context;
    }
    return id;
  }

  bool over_limit(unsigned block, ContextId context) {
    if (context == NoContext || context == NoPlace) {
      return ++copies_[block] > limits_.copies_per_block || nodes_.size() > limits_.nodes ||
             (instructions_ > limits_.instructions && copies_[block] > 1 && contexts_.size() == 2);
    }
    // How many contexts there are is limited where they begin; here, how often one block is copied for one context.
    unsigned versions = ++versions_[{block, context}];
    if (versions <= 2) return false;
    if (instructions_ > limits_.instructions || nodes_.size() > limits_.nodes) return true;
    if (versions <= limits_.versions) return false;
    return versions > limits_.copies_per_block || !pins_to_blame(nodes_, block, context, environment_, kept_).empty();
  }

  void visit(unsigned id) {
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

  void enter_context(unsigned id, const llvm::CallInst& hint) {
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

  std::optional<ContextId> context_of(llvm::Constant* key, ExitCause& cause) {
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

  /// Gives each node whose context, or promoted value, is not known ways to what can be guessed by now. True if that
  /// made work.
  bool try_places() {
    for (auto& [id, guessed_from] : unknown_) {
      const llvm::BasicBlock* block = facts_.blocks[nodes_[id].block];
      const llvm::CallInst* hint = context_at_end(*block);
      const bool promotes = !hint;
      if (promotes) hint = promote_at_end(*block);
      if (!promotes && !nodes_[id].exits) continue;
      const ContextId context = nodes_[id].context;
      const std::vector<Leaf> leaves = guesser_.leaves(*hint, nodes_, nodes_of_[context]);
      std::size_t count = 0;
      for (const Leaf& leaf : leaves) count += leaf.values.size();
      if (count == guessed_from) continue;  // since it was visited, nothing new was met
      guessed_from = count;
      const std::vector<llvm::Constant*> guesses =
          guesser_.guess(*hint, nodes_, leaves, promotes ? limits_.values_promoted : limits_.places_tried);
      specialize::enter(environment_, nodes_[id]);
      environment_.walk(*block);
      nodes_[id].places.clear();
      if (environment_.known(hint->getArgOperand(0))) continue;
      std::vector<std::pair<llvm::Constant*, int>> places;
      for (llvm::Constant* guess : guesses) {
        ExitCause cause;
        if (!promotes && !in_program(guess)) continue;
        std::optional<ContextId> next = promotes ? context : context_of(guess, cause);
        if (!next) continue;
        environment_.set(static_cast<unsigned>(facts_.number(hint)), guess);
        places.emplace_back(guess, static_cast<int>(enter(block, block->getSingleSuccessor(), *next)));
        if (overfull_ >= 0) return true;
      }
      tried_ |= !places.empty() && !promotes;
      nodes_[id].places = std::move(places);
    }
    return !queue_.empty();
  }

  /// Whether a guess lies where the program does: in an object that has contexts already.
  bool in_program(llvm::Constant* place) {
    if (!place->getType()->isPointerTy()) return true;
    std::optional<Symbols::Location> at = environment_.symbols().locate(place);
    if (!at) return false;
    // Behind its end nothing is known: each guess there would lead to all handlers, and on to more guesses.
    const auto& objects = environment_.symbols().frozen_objects();
    if (auto object = objects.find(llvm::dyn_cast<llvm::GlobalVariable>(at->symbol));
        object != objects.end() && !object->second.graph &&
        (at->offset < 0 || static_cast<std::uint64_t>(at->offset) >= object->second.size))
      return false;
    for (; programs_seen_ < contexts_.size(); ++programs_seen_)
      if (contexts_[programs_seen_])
        if (std::optional<Symbols::Location> known = environment_.symbols().locate(contexts_[programs_seen_]))
          programs_.insert(known->symbol);
    return programs_.contains(at->symbol);
  }

  // ---- edges ----

  /// The node that the edge leads to, with what is known on it merged in.
  unsigned enter(const llvm::BasicBlock* from, const llvm::BasicBlock* to, ContextId context) {
    Known in = environment_.on_edge(from, to);
    NodeKey key{facts_.block_number.lookup(to), context, {}};
    if (context != NoPlace)
      for (const auto& known : in)
        if (pinned_.has(known.first)) key.pins.push_back(known);
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

  const Variables& kept_;
  Environment& environment_;
  const Facts& facts_;
  const Variables& pinned_;
  const Limits& limits_;
  std::vector<Node> nodes_;
  std::map<NodeKey, unsigned> index_;
  std::vector<unsigned> queue_, copies_;
  std::map<std::pair<unsigned, ContextId>, unsigned> versions_;
  std::vector<llvm::Constant*> contexts_;
  std::map<llvm::Constant*, ContextId> context_ids_;
  std::set<llvm::Constant*> seen_;
  llvm::Constant* asked_for_ = nullptr;
  std::map<unsigned, Exit> exits_;
  Guesser guesser_{environment_};
  static constexpr std::size_t NotTried = ~std::size_t{0};
  std::map<unsigned, std::size_t> unknown_;  // nodes whose hint is not known; how many guesses were made from
  std::map<ContextId, std::vector<unsigned>> nodes_of_;
  std::set<const llvm::GlobalValue*> programs_;
  std::size_t programs_seen_ = 0;
  bool tried_ = false;
  std::uint64_t instructions_ = 0;
  int overfull_ = -1;
  ContextId overfull_context_ = NoContext;
};

std::vector<unsigned> reverse_post_order(const std::vector<Node>& nodes) {
  std::vector<unsigned> order;
  std::vector<char> seen(nodes.size());
  std::vector<std::pair<unsigned, std::size_t>> stack{{0, 0}};
  seen[0] = 1;
  while (!stack.empty()) {
    auto& [id, next] = stack.back();
    const Node& node = nodes[id];
    if (next == node.successors.size() + node.places.size()) {
      order.push_back(id);
      stack.pop_back();
      continue;
    }
    int successor =
        next < node.successors.size() ? node.successors[next] : node.places[next - node.successors.size()].second;
    ++next;
    if (successor >= 0 && !seen[static_cast<unsigned>(successor)]) {
      seen[static_cast<unsigned>(successor)] = 1;
      stack.push_back({static_cast<unsigned>(successor), 0});
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

}  // namespace

Analysis analyse(Environment& environment, llvm::ArrayRef<llvm::Constant*> arguments, const Limits& most) {
  Limits limits = most;
  const Facts& facts = environment.facts();
  Known entry;
  for (unsigned i = 0; i < arguments.size(); ++i)
    if (arguments[i] && facts.live_in[0][i]) entry.emplace_back(i, arguments[i]);
  auto count = static_cast<unsigned>(facts.values.size());
  Variables pins(count), forbidden(count);
  for (const llvm::BasicBlock* block : facts.blocks)
    if (const llvm::CallInst* hint = promote_at_end(*block)) pins.add(static_cast<unsigned>(facts.number(hint)));
  const Variables kept = context_variables(facts);
  const int max_restarts = kept.count() > 0 ? 64 : 16;
  Analysis analysis;
  for (int restart = 0; restart < max_restarts; ++restart) {
    Fixpoint fixpoint(environment, pins, kept, limits);
    bool complete = fixpoint.run(entry);
    if (environment.take_stale()) continue;
    if (!complete && fixpoint.too_many_places()) {
      limits.places_tried = 0;
      continue;
    }
    if (!complete) {
      // Too many copies: what they differ in becomes an ordinary variable again.
      analysis.capped = true;
      for (unsigned number : fixpoint.blamed()) {
        forbidden.add(number);
        pins.remove(number);
      }
      continue;
    }
    fixpoint.take(analysis);
    analysis.order = reverse_post_order(analysis.nodes);
    analysis.pins = pins.count();
    if (restart + 1 == max_restarts || !find_pins(analysis, environment, forbidden, pins)) return analysis;
  }
  // The last attempt hit a cap: once more, without pins, which cannot.
  do {
    Limits none{~0u, ~0u, ~0u, ~0u, 0, ~0u, 0, 0};
    Variables no_pins;
    Fixpoint fixpoint(environment, no_pins, kept, none);
    fixpoint.run(entry);
    fixpoint.take(analysis);
  } while (environment.take_stale());
  analysis.order = reverse_post_order(analysis.nodes);
  analysis.pins = 0;
  return analysis;
}

}  // namespace inlay::specialize
