// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions with known arguments: which calls are worth one, and one for each (callee, known arguments).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "inlay/options.h"
#include "inlay/report.h"
#include "specialize/symbols.h"

#include <llvm/IR/InstrTypes.h>

namespace inlay::specialize {

/// A specialized function of the unit.
struct Callee {
  llvm::Function* original = nullptr;  // the template
  std::vector<llvm::Constant*> known;  // by parameter; null = still a parameter
  llvm::Function* function = nullptr;  // in the unit
  unsigned depth = 0;
  InlineChoice choice = InlineChoice::Default;
};

/// What became of a call that was looked at.
struct Decision {
  Callee* callee = nullptr;  // specialize it so; null: leave it
  Remark::Kind kind = Remark::Kind::External;
  std::string reason;
};

class Callees {
 public:
  Callees(Symbols& symbols, const CompileOptions& options) : symbols_(symbols), options_(options) {}

  /// Decides on a direct call; `depth` is that of the calling function, 0 for the entry.
  Decision decide(const llvm::CallBase& call, unsigned depth);

  /// From now on, a call of a resume function is a way out and stays; before, it is what was asked for.
  void keep_ways_out() { keep_ways_out_ = true; }

  /// The specialized function behind `function`, or null if it is none of ours.
  Callee* find(const llvm::Function* function);

  /// The ones decided on that have no body yet, in order.
  std::vector<Callee*> take_new() { return std::exchange(new_, {}); }

  /// Why calls of `function` were left, as it was last decided; empty if they were not.
  Decision why_left(const llvm::Function& function) const;

  /// Corrects the budget: a function that was expected to have as many instructions as its original has `actual`.
  void settle(const Callee& callee, unsigned actual);
  unsigned instructions_left() const {
    return spent_ < options_.max_instructions ? static_cast<unsigned>(options_.max_instructions - spent_) : 0;
  }
  std::size_t size() const { return callees_.size(); }

 private:
  unsigned size_of(const llvm::Function& original);
  Decision consider(const llvm::CallBase& call, llvm::Function& declared, unsigned depth);
  bool worth(const llvm::CallBase& call, const llvm::Function& original, unsigned depth,
             const std::vector<llvm::Constant*>& known);

  Symbols& symbols_;
  const CompileOptions& options_;
  using Key = std::pair<llvm::Function*, std::vector<llvm::Constant*>>;
  std::map<Key, std::unique_ptr<Callee>> callees_;
  std::map<const llvm::Function*, Callee*> by_function_;
  std::map<const llvm::Function*, std::string> refusals_;  // templates that are not evaluable
  std::map<const llvm::Function*, unsigned> sizes_;
  std::map<const llvm::Function*, unsigned> variants_;
  std::map<const llvm::Function*, Decision> left_;
  std::vector<Callee*> new_;
  std::uint64_t spent_ = 0;
  bool keep_ways_out_ = false;
};

/// Calls `callee`'s specialized function instead of its original, without the known arguments. `call` is gone after.
llvm::CallBase* redirect(llvm::CallBase& call, const Callee& callee);

}  // namespace inlay::specialize
