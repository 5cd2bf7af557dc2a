// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The graph of nodes for one set of pins (analyse.h).
//
// The number of nodes is limited where they are made. A block that has too many copies goes on with one copy that takes
// all further ways (the *widest* one); whoever is responsible for that is remembered, and analyse() tries again
// without.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "specialize/analyse.h"
#include "specialize/guess.h"
#include "specialize/pins.h"

namespace inlay::specialize {

class Fixpoint {
 public:
  /// `kept`: variables that stay pinned in the widest copy. `patience`: after so many blocks with too many copies, it
  /// gives up; at least 1.
  Fixpoint(Environment& environment, const Variables& pinned, const Variables& kept, const Limits& limits,
           std::size_t patience);

  enum class End {
    Complete,
    TooManyCopies,  // blamed() tells why
    TooManyPlaces,  // that were tried
  };
  End run(const Known& entry);

  void take(Analysis& into);

  /// After TooManyCopies: the pins that must go.
  std::vector<unsigned> blamed() const;

 private:
  struct NodeKey {
    unsigned block;
    ContextId context;
    Known pins;
    auto operator<=>(const NodeKey&) const = default;
  };
  using Version = std::pair<unsigned, ContextId>;  // a block in a context

  unsigned add(NodeKey key, Known in);
  bool over_limit(unsigned block, ContextId context);
  void visit(unsigned id);
  void enter_context(unsigned id, const llvm::CallInst& hint);
  std::optional<ContextId> context_of(llvm::Constant* key, ExitCause& cause);
  bool try_places();
  void try_places(unsigned id, const std::vector<llvm::Constant*>& guesses, const llvm::CallInst& hint);
  bool may_guess() const;
  bool in_program(llvm::Constant* place);
  unsigned enter(const llvm::BasicBlock* from, const llvm::BasicBlock* to, ContextId context);

  Environment& environment_;
  const Facts& facts_;
  const Variables& pinned_;
  const Variables& kept_;
  const Limits& limits_;
  const std::size_t patience_;

  std::vector<Node> nodes_;
  std::map<NodeKey, unsigned> index_;
  std::map<ContextId, std::vector<unsigned>> nodes_of_;
  std::vector<unsigned> queue_, copies_;
  std::uint64_t instructions_ = 0;
  std::map<Version, unsigned> versions_;
  std::vector<Version> overfull_;
  std::set<Version> widened_;

  std::vector<llvm::Constant*> contexts_;
  std::map<llvm::Constant*, ContextId> context_ids_;
  std::set<llvm::Constant*> seen_;
  llvm::Constant* asked_for_ = nullptr;
  std::map<unsigned, Exit> exits_;

  Guesser guesser_;
  static constexpr std::size_t NotTried = ~std::size_t{0};
  std::map<unsigned, std::size_t> unknown_;  // nodes whose hint is not known; how many guesses were tried there
  std::set<const llvm::GlobalValue*> programs_;
  std::size_t programs_seen_ = 0;
  bool tried_ = false;
  std::uint64_t work_before_ = 0, guess_work_ = 0;
};

}  // namespace inlay::specialize
