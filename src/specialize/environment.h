// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known at a point of a function, and what each instruction makes of it.
//
// Two kinds of variables are followed: values, and in functions that are interpreters also *cells*, pieces of memory
// that are addressed from a *base*. A base is an address that is one and the same while the function runs: a stack
// variable, a pointer that came in, one that was loaded or made in the entry block. It is represented by a placeholder,
// a global of the unit that exists only for the evaluator, so that `base + offset` is an ordinary LLVM constant and all
// of LLVM's folding applies to it. Writing code, emit() puts the real address in its place.
//
// Cells make a value known where it is loaded again. They never make a store go away.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "specialize/facts.h"
#include "specialize/symbols.h"

#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

/// Known variables at a point: number → constant of the unit, sorted by number. Numbers below Facts::values.size() are
/// values, those above cells.
using Known = std::vector<std::pair<unsigned, llvm::Constant*>>;

/// A set in the order in which things were met. By address, the code would be another one in each run.
template <class T>
using InOrder = llvm::SetVector<T>;

/// The mark of a branch that leads from a dispatch to a handler (working_copy.h): not taken in the interpreter itself.
constexpr const char* DispatchMark = "inlay.dispatch";

/// The mark of a call that leaves for the interpreter.
constexpr const char* LeavesAttribute = "inlay-leaves";

struct Cell {
  llvm::GlobalVariable* base;
  std::int64_t offset;
  std::uint64_t size;
  auto operator<=>(const Cell&) const = default;
};

class Environment {
 public:
  /// `follow_memory`: keep cells.
  Environment(const Facts& facts, Symbols& symbols, bool follow_memory);
  ~Environment();
  Environment(const Environment&) = delete;

  /// Begins at a point where `in` is known. `guarded`: expect() hints may be relied on, a guard stands in for them.
  /// `context` tells what is noted for guesses apart.
  void enter(const Known& in, bool guarded, unsigned context);
  llvm::Constant* known(const llvm::Value* value);
  void set(unsigned number, llvm::Constant* value);

  /// Walks over one instruction that is not a phi: its value if it becomes known (and sets it); cells change too.
  llvm::Constant* step(const llvm::Instruction& inst);
  /// The phis of a block have been set: walks over the rest of it.
  void walk(const llvm::BasicBlock& block);

  /// What is known on the edge to `to` from the block that was just walked: of what lives there, and of cells.
  Known on_edge(const llvm::BasicBlock* from, const llvm::BasicBlock* to);

  /// Which successors of this terminator can be taken.
  llvm::SmallVector<unsigned, 4> feasible(const llvm::Instruction& terminator);

  /// The cells that are known now.
  const Known& cells() const { return cells_; }
  /// How many of them some load has read, at any node so far.
  std::size_t cells_of_use() const;
  unsigned cell_count() const { return static_cast<unsigned>(cell_list_.size()); }
  /// The cells that a load has read and the stores that have written a cell, at any node so far.
  const std::set<unsigned>& cells_read_by(const llvm::Instruction& load) const;
  const InOrder<const llvm::StoreInst*>& stores_to(unsigned cell) const;
  /// The value that a guard must find: of an expect() whose argument is not known; else null.
  llvm::Constant* guarded_value(const llvm::Instruction& inst);
  /// What a load may give whose place is only known when it runs: what lies in the constant table that it was seen to
  /// read in this context, and the constants that were stored anywhere in variables of its type. A guess, of what was
  /// met so far.
  std::vector<llvm::Constant*> candidates(const llvm::LoadInst& load, unsigned context) const;
  /// Whether stores and tables are noted for candidates(). Not on ways that are only tried: each guess would be the
  /// source of the next.
  void note_candidates(bool on) { noting_ = on; }
  /// The addresses that functions were loaded from, so far.
  const InOrder<llvm::Constant*>& tables() const { return tables_; }
  bool is_cell(unsigned number) const { return number >= facts_.values.size(); }

  /// The value of the original that a placeholder stands for; null if it is none.
  const llvm::Value* base_value(const llvm::GlobalVariable* placeholder) const;
  /// Whether a constant holds a placeholder.
  bool mentions_base(const llvm::Constant* constant);

  const Facts& facts() const { return facts_; }
  Symbols& symbols() { return symbols_; }
  /// Whether something was learned since it was last asked that makes earlier walks wrong: they must be done again.
  bool take_stale() { return std::exchange(stale_, false); }
  /// From here on, types of accesses say nothing of what a store may do to a cell: so nothing that is learned of them
  /// makes walks wrong any more. Earlier walks are.
  void distrust_types();
  /// What was done so far: instructions walked over, and variables carried from node to node. Time goes with it, and it
  /// is the same in each run.
  std::uint64_t work() const { return work_; }

 private:
  struct Alias;
  llvm::Constant* in_unit(llvm::Constant* constant);
  llvm::Constant* evaluate(const llvm::Instruction& inst);
  llvm::Constant* new_base(const llvm::Value& value);
  llvm::Constant* load_cell(const llvm::LoadInst& load, llvm::Constant* pointer);
  void store(const llvm::StoreInst& store);
  void forget(const llvm::Instruction& writer);
  void note_type(unsigned cell, const llvm::Instruction& access);
  bool may_write(const llvm::Instruction& writer, unsigned cell);
  void note_table(const llvm::LoadInst& load);
  void note_state(const llvm::Instruction& hint);
  std::optional<Cell> cell_at(llvm::Constant* pointer, llvm::Type* type);
  unsigned number_of(const Cell& cell);
  Known::iterator find_cell(unsigned number);
  void set_cell(unsigned number, llvm::Constant* value);

  const Facts& facts_;
  Symbols& symbols_;
  std::vector<llvm::Constant*> values_;
  std::vector<unsigned> touched_;
  llvm::DenseMap<llvm::Constant*, llvm::Constant*> mapped_;
  Known cells_;

  std::unique_ptr<Alias> alias_;
  llvm::DenseMap<const llvm::Value*, llvm::GlobalVariable*> bases_;
  llvm::DenseMap<const llvm::GlobalVariable*, const llvm::Value*> base_values_;
  llvm::DenseMap<const llvm::Constant*, bool> mentions_;
  std::vector<Cell> cell_list_;
  struct Tags {
    llvm::AAMDNodes nodes;
    bool seen = false;
  };
  std::vector<Tags> cell_tags_;  // what all accesses to a cell have in common
  std::map<Cell, unsigned> cell_numbers_;
  std::map<std::pair<const llvm::Instruction*, unsigned>, bool> may_write_;
  std::map<const llvm::Instruction*, std::set<unsigned>> read_;
  std::map<unsigned, InOrder<const llvm::StoreInst*>> written_;
  std::set<unsigned> cells_read_;
  InOrder<llvm::Constant*> tables_;
  std::map<std::pair<llvm::Type*, const llvm::MDNode*>, InOrder<llvm::Constant*>> stored_;
  std::map<std::pair<const llvm::Instruction*, unsigned>, InOrder<llvm::Constant*>> read_from_tables_;  // and context
  unsigned context_ = 0;
  bool trusts_types_ = true;
  bool stale_ = false;
  bool guarded_ = false;
  bool noting_ = true;
  std::uint64_t work_ = 0;
};

}  // namespace inlay::specialize
