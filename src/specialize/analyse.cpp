// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/analyse.h"

#include <algorithm>
#include <set>

#include "runtime/markers.h"
#include "specialize/fixpoint.h"

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

/// Some were only met on ways that were tried and given up.
std::int64_t contexts_reached(const Analysis& analysis) {
  std::set<ContextId> reached;
  for (unsigned id : analysis.order) reached.insert(analysis.nodes[id].context);
  return static_cast<std::int64_t>(reached.size());
}

/// Whether restarts are worth it. Pins may bring up ever more pins, as each call of a guest's recursion that is
/// followed makes the next one visible; without an end, and for nothing. So an attempt has to find more places with a
/// known way on than the best one before, or to leave fewer things open, and there are only so many that do not.
class Progress {
 public:
  void note(const Analysis& now, const Found& found, const Variables& pins, std::uint64_t work) {
    if (first_work_ == 0) first_work_ = work;
    const auto resolved = contexts_reached(now) - static_cast<std::int64_t>(found.contexts);
    const bool better = !best_ || resolved > resolved_ || (resolved == resolved_ && found.unresolved < unresolved_);
    in_vain_ = better ? 0 : in_vain_ + 1;
    if (!better) return;
    best_ = now;
    pins_ = pins;
    resolved_ = resolved;
    unresolved_ = found.unresolved;
  }
  bool over(std::uint64_t work, const Limits& limits) const {
    return first_work_ > 0 && (in_vain_ >= MostInVain || work > MostWork * first_work_ + limits.free_work);
  }
  bool any() const { return best_.has_value(); }
  Analysis best() { return std::move(*best_); }
  /// What was found is wrong by now; its pins are as good as any.
  void forget() { best_.reset(); }
  const Variables& pins() const { return pins_; }

 private:
  static constexpr unsigned MostInVain = 3;
  static constexpr std::uint64_t MostWork = 4;  // as a multiple of what the first attempt took

  std::optional<Analysis> best_;
  Variables pins_;
  std::int64_t resolved_ = 0;  // places from which the way on is known
  std::size_t unresolved_ = 0;
  unsigned in_vain_ = 0;
  std::uint64_t first_work_ = 0;
};

}  // namespace

Analysis analyse(Environment& environment, llvm::ArrayRef<llvm::Constant*> arguments, const Limits& most) {
  Limits limits = most;
  limits.places_tried = 0;
  bool guessing = false;  // only of what telling places apart does not settle
  const Facts& facts = environment.facts();
  Known entry;
  for (unsigned i = 0; i < arguments.size(); ++i)
    if (arguments[i] && facts.live_in[0][i]) entry.emplace_back(i, arguments[i]);
  auto count = static_cast<unsigned>(facts.values.size());
  Variables pins(count), forbidden(count);
  const Variables kept = context_variables(facts);
  pins = kept;  // what else there is to tell apart, the attempts find out
  constexpr int MostStale = 4;  // attempts that are lost to what was learned of types
  const int max_restarts = kept.count() > 0 ? 64 : 16;
  Analysis analysis;
  Progress progress;
  std::size_t patience = 1;
  int stale = 0;
  bool settling = false;  // enough was tried: the pins of the best attempt, once more
  for (int restart = 0; restart < max_restarts; ++restart) {
    const std::uint64_t before = environment.work();
    Fixpoint fixpoint(environment, pins, kept, limits, patience);
    const Fixpoint::End end = fixpoint.run(entry);
    if (end == Fixpoint::End::TooManyPlaces) limits.places_tried = 0;
    if (environment.take_stale()) {
      progress.forget();
      if (++stale == MostStale) environment.distrust_types();
      if (!settling && progress.over(environment.work(), limits)) {
        settling = true;
        pins = progress.pins();
      }
      continue;
    }
    if (end == Fixpoint::End::TooManyPlaces) continue;
    if (end == Fixpoint::End::TooManyCopies) {
      // What they differ in becomes an ordinary variable again. Not one at a time for long: each attempt has its price.
      analysis.capped = true;
      for (unsigned number : fixpoint.blamed()) {
        forbidden.add(number);
        pins.remove(number);
      }
      patience *= 2;
      if (progress.any() && progress.over(environment.work(), limits)) return progress.best();
      continue;
    }
    fixpoint.take(analysis);
    analysis.order = reverse_post_order(analysis.nodes);
    analysis.pins = pins.count();
    if (settling) return analysis;
    const Variables used = pins;
    const Found found = find_pins(analysis, environment, forbidden, pins);
    if (kept.count() == 0) {
      if (restart + 1 == max_restarts || !found.pins) return analysis;
      continue;
    }
    progress.note(analysis, found, used, environment.work() - before);
    if (found.pins && !progress.over(environment.work(), limits)) continue;
    const bool unknown_ways =
        llvm::any_of(analysis.exits, [](const Exit& exit) { return exit.cause == ExitCause::UnknownContext; });
    if (guessing || !unknown_ways || most.places_tried == 0) return progress.best();
    guessing = true;
    limits.places_tried = most.places_tried;
    pins = progress.pins();
  }
  if (progress.any()) return progress.best();
  // The last attempt hit a cap: once more, without pins, which cannot.
  do {
    Limits none{~0u, ~0u, ~0u, ~0u, 0, ~0u, 0, 0};
    Variables no_pins;
    Fixpoint fixpoint(environment, no_pins, kept, none, ~std::size_t{0});
    fixpoint.run(entry);
    fixpoint.take(analysis);
  } while (environment.take_stale());
  analysis.order = reverse_post_order(analysis.nodes);
  analysis.pins = 0;
  return analysis;
}

}  // namespace inlay::specialize
