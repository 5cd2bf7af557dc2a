// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Guessing what a context, or a promoted value, may be where it is not known.
//
// A return address, an entry of a jump table, a tag: what is not known was loaded. It was either stored before, as a
// constant, in a variable of the same type; or it lies in a constant table. So each of these is tried in place of the
// load, and the way from there to the hint is walked with it: what the hint is then told is a guess. A wrong guess
// costs code that never runs; a missing one, the way out to the interpreter.
#pragma once

#include <map>
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

  /// The leaves of a hint at the nodes `ids` of one context.
  std::vector<Leaf> leaves(const llvm::CallInst& hint, const std::vector<Node>& nodes,
                           const std::vector<unsigned>& ids);

  /// What the hint may be told, as far as its leaves tell; at most so many.
  std::vector<llvm::Constant*> guess(const llvm::CallInst& hint, const std::vector<Node>& nodes,
                                     const std::vector<Leaf>& leaves, std::size_t most);

 private:
  std::vector<llvm::Constant*> values_of(const llvm::PHINode& phi, const Node& node, const Behind& behind) const;
  std::vector<llvm::Constant*> replay(const llvm::CallInst& hint, const Node& node, const Leaf& leaf,
                                      llvm::Constant* value);

  Environment& environment_;
  const Facts& facts_;
  std::map<const llvm::CallInst*, Behind> behind_;
};

}  // namespace inlay::specialize
