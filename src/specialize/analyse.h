// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which copies of which blocks a function needs when some of its inputs are known, and what is known in each.
//
// The result is a graph of nodes. A node is a block together with the values of its *pins*: variables for which a block
// is copied once for each value, as the iterator of a loop over frozen children. Everything else is merged: a variable
// is known at a node if all ways there agree on its value. Two phases (analyse, then emit) rather than one: when a node
// is emitted, all its predecessors are known, so phis appear only where paths really join, and the size is known
// before anything is built.
//
// Pins are found on demand: the analysis starts with none; where the target of a call, or a pointer that a call takes,
// is unknown because it was read at a variable place of frozen memory, the phis that the place depends on become pins
// and the analysis starts again. A loop whose body has no such call is thus never unrolled here.
//
// Termination: known values only ever get lost at a node (a lattice of height two); pins come from constants; the
// number of copies of a block is capped, and a cap that is hit takes the pin back.
#pragma once

#include <map>
#include <vector>

#include "specialize/facts.h"
#include "specialize/symbols.h"

#include <llvm/IR/Constants.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace inlay::specialize {

/// Known values at a point: value number → constant of the unit, sorted by number.
using Known = std::vector<std::pair<unsigned, llvm::Constant*>>;

struct Node {
  unsigned block = 0;
  Known pins;
  Known in;
  std::vector<int> successors;  // node of each successor of the block's terminator; -1 where that way is never taken
  bool queued = false;
};

struct Limits {
  unsigned copies_per_block = 2048;
  unsigned nodes = 50000;
  unsigned instructions = 40000;  // of all copies
};

/// The values known while walking through one block.
class Environment {
 public:
  Environment(const Facts& facts, Symbols& symbols);

  void enter(const Known& in);
  llvm::Constant* known(const llvm::Value* value);
  void set(unsigned number, llvm::Constant* value);

  /// Evaluates one instruction that is not a phi: its value if it becomes known.
  llvm::Constant* evaluate(const llvm::Instruction& inst);
  /// Which successors of this terminator can be taken.
  llvm::SmallVector<unsigned, 4> feasible(const llvm::Instruction& terminator);

  /// The constant in the unit that a constant of the function's own module stands for.
  llvm::Constant* in_unit(llvm::Constant* constant);
  const Facts& facts() const { return facts_; }
  Symbols& symbols() { return symbols_; }

 private:
  const Facts& facts_;
  Symbols& symbols_;
  std::vector<llvm::Constant*> values_;
  std::vector<unsigned> touched_;
  llvm::DenseMap<llvm::Constant*, llvm::Constant*> mapped_;
};

struct Analysis {
  std::vector<Node> nodes;      // the entry is node 0
  std::vector<unsigned> order;  // the nodes that are reached, in reverse post-order
  unsigned pins = 0;            // variables that blocks were copied for
  bool capped = false;          // a cap was hit: some loop stayed a loop
};

/// `arguments`: the constant of each argument, null where unknown. Constants are of the unit of `environment`.
Analysis analyse(Environment& environment, llvm::ArrayRef<llvm::Constant*> arguments, const Limits& limits);

}  // namespace inlay::specialize
