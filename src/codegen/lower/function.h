// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One function of a program, lowered.
//
// Blocks are visited so that what dominates comes first: what an instruction uses is always there already, and edges
// are complete when they are written. Pairs stay two values; what may trap branches to a block of its own behind all
// others. What is known not to be null is not asked: slots, symbols, fields and elements of what was asked, and what
// was asked before in the same block.
#pragma once

#include <optional>
#include <vector>

#include "codegen/lower/debug.h"
#include "codegen/lower/symbols.h"
#include "inlay/ir/layout.h"
#include "inlay/ir/walk.h"

#include <llvm/IR/IRBuilder.h>

namespace inlay::codegen {

/// Lowers functions, one after another; the tables it needs are made once.
class FunctionLowering {
 public:
  /// `facts`: see LowerJob.
  FunctionLowering(Symbols& symbols, Types& types, const ir::Module& module, DebugInfo* debug, bool facts);

  /// Gives the declaration its body.
  void lower(ir::FunctionId id, llvm::Function& function);

 private:
  /// A value of the program: a pair is two of LLVM's.
  struct Pair {
    llvm::Value* first = nullptr;
    llvm::Value* second = nullptr;
  };
  using Words = ir::Words<const ir::Module>;
  /// Of a value that an instruction yields.
  struct Known {
    bool not_null = false;               // whenever the value is there
    std::uint32_t asked_in = 0;          // the block in which it was asked last, as its place in the order
    std::uint32_t length_stated_in = 0;  // likewise, of a slice
  };
  struct TrapBlock {
    llvm::BasicBlock* block;
    std::uint32_t site;
    llvm::Value *a, *b;
    llvm::DebugLoc location;
  };
  struct Site {
    ir::TrapKind kind;
    std::int32_t line;
    ir::StringId message;
    std::optional<ir::FileId> file;  // none: the function's; 0: the place is unknown
    friend bool operator==(const Site&, const Site&) = default;
  };

  // function.cpp: the whole
  void begin(ir::FunctionId id, llvm::Function& function);
  void order_blocks();
  void make_blocks();
  /// Answers false, with the error in the Symbols, if no stack has so much room; the function has no code then.
  bool make_slots();
  void take_parameters();
  void make_phi(ir::TypeId type, Pair& value, llvm::BasicBlock* block);
  void lower_block(ir::BlockId block);
  void lower_instruction(ir::InstId id, const ir::Inst& inst);
  void set_location(ir::InstId id);

  // edges.cpp: ends of blocks, and traps
  void lower_end(const ir::Inst& inst);
  llvm::BasicBlock* edge(Words& words);
  void lower_switch(const ir::Inst& inst);
  void lower_return(const ir::Inst& inst);
  void trap_if(llvm::Value* bad, ir::TrapKind kind, llvm::Value* a = nullptr, llvm::Value* b = nullptr);
  void trap(ir::StringId message);
  std::uint32_t site(ir::TrapKind kind, ir::StringId message = {});
  void finish_traps();

  // operations.cpp: numbers and vectors
  llvm::Value* lower_number(const ir::Inst& inst);
  llvm::Value* lower_division(ir::Op op, llvm::Value* a, llvm::Value* b);
  llvm::Value* lower_checked(llvm::Intrinsic::ID intrinsic, llvm::Value* a, llvm::Value* b);
  llvm::Value* lower_comparison(ir::Op op, llvm::Value* a, llvm::Value* b);
  llvm::Value* lower_conversion(const ir::Inst& inst);
  llvm::Value* lower_bitcast(llvm::Value* from, llvm::Type* to);
  llvm::Value* lower_reduction(ir::Op op, llvm::Value* vector);
  llvm::Value* lesser(ir::Op op, llvm::Value* a, llvm::Value* b);
  llvm::Value* shift_amount(llvm::Value* amount);
  Pair lower_select(const ir::Inst& inst);
  llvm::Value* lower_vector(const ir::Inst& inst);

  // memory.cpp: memory, pairs and calls
  Pair lower_memory(const ir::Inst& inst, Known& known);
  Pair lower_load(ir::TypeId type, llvm::Value* address);
  void lower_store(ir::TypeId type, Pair value, llvm::Value* address);
  void lower_copy(const ir::Inst& inst);
  void lower_fill(const ir::Inst& inst);
  Pair lower_subslice(const ir::Inst& inst);
  Pair lower_call(const ir::Inst& inst);
  Pair call(const Convention& convention, llvm::FunctionCallee callee, llvm::Value* object, Words& words,
            ir::TypeId signature);
  llvm::Value* table_entry(llvm::Value* table, std::uint32_t number);
  bool is_not_null(ir::Value value);
  void trap_if_null(ir::Value value, llvm::Value* address);
  llvm::Value* element_count(Pair slice);
  void state_length(ir::Value slice, llvm::Value* length, ir::TypeId element);
  llvm::Value* element(llvm::Value* address, ir::TypeId type, llvm::Value* index, bool within);
  llvm::Value* at_offset(llvm::Value* address, std::uint64_t bytes);

  // function.cpp: operands
  Pair pair(std::uint32_t word, ir::TypeId type);
  llvm::Value* value(std::uint32_t word, ir::TypeId type) { return pair(word, type).first; }
  Pair constant(ir::ConstId id);
  llvm::Constant* word(std::uint64_t number) { return llvm::ConstantInt::get(types_.word(), number); }
  Pair& result_of(ir::InstId id) { return values_[id.value - function_->first.value]; }
  Known& known_of(ir::InstId id) { return known_[id.value - function_->first.value]; }
  std::uint32_t index(ir::BlockId block) const { return block.value - function_->first_block.value; }

  Symbols& symbols_;
  Types& types_;
  const ir::Module& module_;
  DebugInfo* debug_;
  bool facts_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> builder_;
  llvm::MDNode* unlikely_;

  // Of the function at hand
  ir::FunctionId id_;
  const ir::Function* function_ = nullptr;
  llvm::Function* into_ = nullptr;
  llvm::BasicBlock* entry_ = nullptr;      // the first block, to which nothing leads back
  std::vector<Pair> values_;               // by instruction
  std::vector<Known> known_;               // likewise
  std::vector<ir::BlockId> order_;         // reverse post order
  std::vector<std::uint32_t> state_;       // by block: 0 not reached
  std::vector<llvm::BasicBlock*> blocks_;  // by block
  std::vector<std::uint32_t> target_of_;   // by block: the last block, as its place in the order, with an edge to it
  std::uint32_t place_ = 0;                // of the current block in the order, from 1
  ir::Location location_;
  std::vector<TrapBlock> traps_;
  std::vector<Site> sites_;
};

}  // namespace inlay::codegen
