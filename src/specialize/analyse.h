// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which copies of which blocks a function needs when some of its inputs are known, and what is known in each.
//
// The result is a graph of nodes. A node is a block together with
// - its *context*: the value of the last context() hint that was passed, where an interpreter is in its program;
// - the values of its *pins*: variables for which a block is copied once for each value, as the iterator of a loop over
//   frozen children, or everything that the next context is computed from.
// All else is merged: a variable is known at a node if all ways there agree on its value. Two phases (analyse, then
// emit) rather than one: when a node is emitted, all its predecessors are known, so phis appear only where paths really
// join, and the size is known before anything is built.
//
// Pins are found on demand: the analysis starts with none; where the target of a call, or a pointer that a call takes,
// or a context is unknown because it was computed from something that had several values, the variables that it depends
// on become pins and the analysis starts again (pins.h).
//
// Where a context is not known even so (a return address, an entry of a jump table), the function cannot go on as a
// copy for this place. It tries the places that it can guess, and else leaves for the interpreter (see
// runtime/embed/resume.h), or, in functions that cannot be entered in the middle, goes on in blocks of the context
// NoPlace, where contexts mean nothing.
//
// Termination: known values only ever get lost at a node (a lattice of height two); pins and contexts come from
// constants; the number of copies of a block in one context is capped, and a cap that is hit takes pins back; the
// number of contexts is capped, and what lies beyond becomes a way out. New attempts end when they gain nothing, or
// cost too many times what the first one did.
#pragma once

#include <map>
#include <vector>

#include "specialize/environment.h"

namespace inlay::specialize {

/// An index into Analysis::contexts; and two more.
using ContextId = unsigned;
constexpr ContextId NoContext = 0;  // none was passed yet
constexpr ContextId NoPlace = 1;    // the interpreter itself, with nothing known of where it is

struct Node {
  unsigned block = 0;
  ContextId context = NoContext;
  Known pins;
  Known in;
  std::vector<int> successors;  // node of each successor of the block's terminator; -1 where that way is never taken
  /// Of a node that ends in a context() or a promote() whose value is not known: what it may be, with the nodes for
  /// that.
  std::vector<std::pair<llvm::Constant*, int>> places;
  /// It ends in a context() and leaves for the interpreter there, or where no place fits: through the resume function,
  /// or, where there is none, to its successor, which is a node of the context NoPlace.
  bool exits = false;
  bool queued = false;
};

struct Limits {
  unsigned copies_per_block = 2048;
  unsigned nodes = 50000;
  unsigned instructions = 40000;   // of all copies; in contexts, new ones become ways out
  unsigned versions = 8;           // of a block in one context
  unsigned contexts = 10000;       // the others become ways out
  unsigned exit_at_context = ~0u;  // this one becomes a way out, to test it
  unsigned places_tried = 64;      // where a context is not known
  unsigned values_promoted = 8;
  unsigned nodes_with_places = 6000;  // with more, no place is tried: each leads to many
  std::uint64_t free_work = 500'000;  // that may be done for restarts, besides some times what the first attempt took
};

/// Why a context became a way out.
enum class ExitCause : std::uint8_t { UnknownContext, TooManyContexts, TooManyInstructions, AskedFor };

struct Exit {
  const llvm::Instruction* place;  // the hint
  llvm::Constant* context;         // where to; null: not known
  ExitCause cause;
  bool tries_places = false;  // the ones that were guessed come first
};

struct Analysis {
  std::vector<Node> nodes;                // the entry is node 0
  std::vector<unsigned> order;            // the nodes that are reached, in reverse post-order
  std::vector<llvm::Constant*> contexts;  // by ContextId; null for NoContext and NoPlace
  std::vector<Exit> exits;
  unsigned pins = 0;    // variables that blocks were copied for
  bool capped = false;  // a cap was hit: some loop stayed a loop
};

/// `arguments`: the constant of each argument, null where unknown. Constants are of the unit of `environment`.
Analysis analyse(Environment& environment, llvm::ArrayRef<llvm::Constant*> arguments, const Limits& limits);

/// Makes known what is known at a node.
inline void enter(Environment& environment, const Node& node) {
  environment.enter(node.in, node.context != NoPlace, node.context);
}

/// The hint that ends this block, if it is a context().
const llvm::CallInst* context_at_end(const llvm::BasicBlock& block);
/// The same for a promote(): each value that is guessed gets a way of its own, any other goes the ordinary way.
const llvm::CallInst* promote_at_end(const llvm::BasicBlock& block);

}  // namespace inlay::specialize
