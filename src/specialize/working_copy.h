// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An interpreter whose loop is spread over several functions, as one function that the evaluator can walk.
//
// - Handlers that tail-call each other are a loop: their bodies become blocks of one function, a guaranteed tail call
//   becomes a jump to a block, *dispatch*, that compares the target with the handlers that are in. What is not in is
//   called, which is also the way out to the interpreter: it goes on there with the exact state. That call is an
//   ordinary one, not a tail call; what it returns is returned.
// - A function that changes what is known of the interpreter's state is copied in where it is called.
//
// Which functions these are is only known once the program is: the analysis asks for them, and starts again.
#pragma once

#include <map>
#include <vector>

#include "specialize/analyse.h"

namespace inlay::specialize {

/// What would help the analysis.
struct Wanted {
  std::vector<llvm::Function*> handlers;                            // of the unit: targets of tail calls
  std::vector<std::pair<llvm::CallBase*, llvm::Function*>> bodies;  // calls, with the function that they call
  bool empty() const { return handlers.empty() && bodies.empty(); }
};

class WorkingCopy {
 public:
  WorkingCopy(Symbols& symbols, llvm::Function& original);
  ~WorkingCopy();
  WorkingCopy(const WorkingCopy&) = delete;

  llvm::Function& function() { return *function_; }

  /// What the nodes that were reached would gain from.
  Wanted look(const Analysis& analysis, Environment& environment) const;

  /// Takes in what is wanted; nothing that refers to the function's instructions is valid after. False if nothing could
  /// be taken in.
  bool take_in(const Wanted& wanted);

 private:
  void make_dispatch();
  bool add_handler(llvm::Function& handler);
  bool copy_in(llvm::CallBase& call, llvm::Function& callee);
  llvm::Function* body_of(llvm::Function& declared) const;
  void add_from_tables(const Environment& environment, const llvm::Function& like, Wanted& wanted) const;

  Symbols& symbols_;
  llvm::Function& original_;
  llvm::Function* function_;
  llvm::BasicBlock* dispatch_ = nullptr;   // phis of the target and the arguments, then the comparisons
  llvm::BasicBlock* elsewhere_ = nullptr;  // calls the target
  std::map<llvm::Function*, llvm::BasicBlock*> handlers_;
  std::map<llvm::Function*, unsigned> copied_;
  std::uint64_t size_ = 0;
  unsigned depth_ = 0;  // how often bodies were copied in
};

/// Whether a function is an interpreter to be walked as a copy: it holds a hint.
bool needs_working_copy(const llvm::Function& function);

}  // namespace inlay::specialize
