// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What can be said of the integers of a function: that one is never greater than another plus a number.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>

namespace inlay::codegen {

/// Proves `a <= b + c` for signed integers as numbers (no wrapping), from the branches and assumptions that must have
/// gone before. Asked for what is needed, it goes from value to value as in "ABCD: Eliminating Array Bounds Checks on
/// Demand" (Bodík, Gupta, Sarkar, PLDI 2000): a phi keeps a bound if each value that enters it does, provided that it
/// was kept so far. Unlike there, arithmetic wraps: each sum has to be shown to fit first.
///
/// The function must not change between questions, except that conditions become constants.
class Bounds {
 public:
  __extension__ using Number = __int128;  // sums of a few 64-bit ones

  Bounds(llvm::Function& function, llvm::DominatorTree& dominators, llvm::AssumptionCache& assumptions);

  /// Whether the comparison has that outcome whenever it is made; false also means that it is not known.
  bool is_always(const llvm::ICmpInst& comparison, bool outcome);

 private:
  /// Where a question is asked: at an instruction, or, if it is the end of a block, on the way to the next one.
  struct Point {
    const llvm::Instruction* at;
    const llvm::BasicBlock* next = nullptr;
  };
  /// a <= b + c; null is 0.
  struct Fact {
    const llvm::Value* a;
    const llvm::Value* b;
    Number c;
  };
  using Values = std::pair<const llvm::Value*, const llvm::Value*>;
  enum class Side { Lesser, Greater };

  bool at_most(const llvm::Value* a, const llvm::Value* b, Number c, Point point);
  bool follows(const llvm::Value* a, const llvm::Value* b, Number c, Point point);
  bool lesser_follows(const llvm::Instruction& a, const llvm::Value* b, Number c, Point point);
  bool greater_follows(const llvm::Value* a, const llvm::Instruction& b, Number c, Point point);
  bool facts_say(const llvm::Value* a, const llvm::Value* b, Number c, Point point);
  bool phi_keeps(const llvm::PHINode& phi, const llvm::Value* other, Number c, Side side);
  bool is_midpoint(const llvm::Instruction& sum, const llvm::Value* b, Number c, Point point);
  bool is_positive(const llvm::Value* value, Number least, Point point) {
    return at_most(nullptr, value, -least, point);
  }
  bool fits(const llvm::Instruction& sum, Point point);
  bool is_within(const llvm::Value* value, Number most, Point point);

  std::vector<Fact> facts_at(Point point);
  const std::vector<Fact>& facts_on_entry(const llvm::BasicBlock* block);
  void add_outcome(const llvm::Value* condition, bool outcome, std::vector<Fact>& facts, unsigned depth = 0);
  void add_edge(const llvm::BasicBlock* from, const llvm::BasicBlock* to, std::vector<Fact>& facts);

  llvm::DominatorTree& dominators_;
  const llvm::DataLayout& layout_;
  std::map<const llvm::BasicBlock*, std::vector<const llvm::CallInst*>> assumptions_;
  std::map<const llvm::BasicBlock*, std::vector<Fact>> on_entry_;  // what its dominator's branch says
  std::map<std::pair<Values, Side>, Number> assumed_;              // of phis that are being looked at
  unsigned steps_ = 0, depth_ = 0;
};

}  // namespace inlay::codegen
