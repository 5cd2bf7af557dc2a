// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Guessing what a context, or a promoted value, may be where it is not known.
//
// A return address, an entry of a jump table, a tag: what is not known was loaded. It was either stored before, as a
// constant, in a variable of the same type; or it lies in a constant table. So each of these is tried in place of the
// load, and the way from there to the hint is walked with it: what the hint is then told is a guess. A wrong guess
// costs code that never runs; a missing one, the way out to the interpreter.
//
// A promoted value is first taken to be what it is compared with: a type's tag, say.
//
// Each value is tried once: the number of walks is that of loads times candidates, and both are limited.
#pragma once

#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "specialize/analyse.h"
#include "specialize/pins.h"

namespace inlay::specialize {

/// Something that is not known at a node and that a hint depends on: a load there, or a value that comes in and was
/// loaded in another context. And what it may be.
struct Leaf {
  unsigned node;
  const llvm::Instruction* value;
  std::vector<llvm::Constant*> values;
};

class Guesser {
 public:
  explicit Guesser(Environment& environment) : environment_(environment), facts_(environment.facts()) {}

  /// What the hint that ends node `at` may be told, as far as the nodes of its context, `ids`, tell by now; at most so
  /// many. The list grows from call to call, and is the same for all nodes of one context.
  const std::vector<llvm::Constant*>& guess(const llvm::CallInst& hint, unsigned at, const std::vector<Node>& nodes,
                                            const std::vector<unsigned>& ids, std::size_t most);

 private:
  /// Of one hint in one context.
  struct Guesses {
    std::vector<llvm::Constant*> values;
    // Values that were tried: of which instruction, at which node, when so much was known there (it only gets less).
    std::set<std::tuple<unsigned, std::size_t, const llvm::Instruction*, llvm::Constant*>> tried;
  };

  std::vector<Leaf> leaves(const llvm::CallInst& hint, const std::vector<Node>& nodes,
                           const std::vector<unsigned>& ids);
  std::vector<llvm::Constant*> values_of(const llvm::PHINode& phi, const Node& node, const Behind& behind) const;
  std::vector<llvm::Constant*> replay(const llvm::CallInst& hint, const Node& node, const Leaf& leaf,
                                      llvm::Constant* value);
  bool reads_inside(const llvm::CallInst& hint, const Node& node, llvm::Constant* place);

  Environment& environment_;
  const Facts& facts_;
  std::map<const llvm::CallInst*, Behind> behind_;
  std::map<std::pair<const llvm::CallInst*, ContextId>, Guesses> guesses_;
};

}  // namespace inlay::specialize
