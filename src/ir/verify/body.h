// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What verify() checks of a function's body, in two walks: the chains of its blocks, with the type of what each
// instruction yields; and then operand by operand. Most operands are fine as soon as they are met, because they are
// defined before in the same block or in the first one: those of the others are looked at when all is linked, and
// which blocks dominate which is worked out when it is first asked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"
#include "ir/verify/dominators.h"
#include "ir/verify/operations.h"
#include "ir/verify/symbols.h"
#include "ir/verify/types.h"

namespace inlay::ir {

/// Keeps its memory from one function to the next.
class BodyChecker {
 public:
  BodyChecker(Module& module, TypeFacts& types, SymbolFacts& symbols) : m_(module), types_(types), symbols_(symbols) {}

  /// A defined function, all types, constants and headers having been checked; false: `error` tells.
  bool check(FunctionId function);

  std::optional<Error> error;

 private:
  static constexpr std::uint32_t Nowhere = ~0u;
  static constexpr std::uint32_t MostEntries = 1u << 24;  // of a table for virtual calls
  /// What is known of an instruction of the function.
  struct Cell {
    TypeId type;  // of what it yields; none: in no block
    std::uint32_t block = Nowhere;
    std::uint32_t order = 0;  // among all instructions, as they are met block by block
  };
  /// The words of the instruction at hand.
  struct Words {
    std::uint32_t first = 0;
    const std::uint32_t* at = nullptr;
    const std::uint32_t* end = nullptr;
    bool at_first = true;
  };

  // body.cpp: blocks
  bool link();
  bool link_block(std::uint32_t number, std::uint32_t& order);
  bool check_place(const Inst& inst, bool last, bool at_head, std::uint32_t& parameters);
  TypeId yielded(const Operation& op, const Inst& inst) const;
  bool check_type(const Inst& inst);
  bool check_entry();
  bool add_edges(const Inst& inst);
  bool add_any_edges(const Inst& inst);
  bool add_edge(std::uint32_t block);
  bool open_words(const Inst& inst);
  /// The next word; 0, and `malformed_`, if there is none.
  std::uint32_t next() {
    if (words_.at_first) {
      words_.at_first = false;
      return words_.first;
    }
    if (words_.at == words_.end) {
      malformed_ = true;
      return 0;
    }
    return *words_.at++;
  }

  // operands.cpp: operands
  bool check_operands(const Inst& inst);
  bool check_slot(Slot slot, const Inst& inst);
  bool are_plain_operands(const Inst& inst);
  bool is_plain_target(BlockId block, const std::uint32_t*& arguments);
  bool is_plain_call(const Inst& inst) const;
  const std::uint32_t* rest_of(const Inst& inst) const;
  bool check_value(std::uint32_t word, TypeId wanted);
  bool is_plain_value(std::uint32_t word, TypeId wanted) const {
    return is_plain_value(word, wanted, [&](const Cell& cell) { return reaches_here(cell); });
  }
  bool check_list(std::span<const std::uint32_t> types, std::string_view role);
  bool check_target();
  bool check_cases(const Inst& inst);
  bool check_number(const Inst& inst);
  bool check_numbers(const Inst& inst);
  bool check_field(const Inst& inst);
  bool check_method(const Inst& inst);
  bool check_truth(const Inst& inst);
  bool check_conversion(const Inst& inst);
  bool check_callee(const Inst& inst);
  bool check_code(const Inst& inst);
  bool check_closure(const Inst& inst);
  bool check_interface();
  TypeId type_of_operand(std::uint32_t word);
  bool reaches_here(const Cell& cell) const {
    return cell.block == block_ ? cell.order < order_ : cell.block == 0 || dominates(cell.block);
  }
  /// Whether the block dominates the one at hand.
  bool dominates(std::uint32_t block) const;

  /// Whether a value is one of those that most are. Where it is not, check_value() says more. `reaches(cell)`: whether
  /// what stands there is defined here.
  template <class Reaches>
  [[gnu::always_inline]] bool is_plain_value(std::uint32_t word, TypeId wanted, const Reaches& reaches) const {
    const Value value = Value::of_bits(word);
    if (value.is_inst()) {
      const std::uint32_t local = word - first_;
      return local < count_ && cells_[local].type == wanted && reaches(cells_[local]);
    }
    if (value.is_number()) return TypeFacts::holds(wanted, value.number());
    const ConstId id = value.constant();
    return value.is_const() && id && id.value < types_.const_count() && m_.consts[id].type == wanted &&
           types_.scope(id) == 0;
  }
  /// The same for both words of a plain operation.
  template <class Reaches>
  [[gnu::always_inline]] bool has_plain_words(const Operation& op, const Inst& inst, const Reaches& reaches) const {
    const TypeId type = inst.type();
    return (op.a == Wanted::Nothing || is_plain_value(inst.a, wanted_type(op.a, type), reaches)) &&
           (op.b == Wanted::Nothing || is_plain_value(inst.b, wanted_type(op.b, type), reaches)) &&
           (inst.op() != Op::Return || type == result_);
  }
  bool check_scope(Scope used, const std::string& what);
  bool check_symbol_scope(Value value);
  bool stands_for(FunctionId function, TypeId signature) const;

  // Messages
  [[gnu::cold]] bool fail(std::string_view text);  // about the instruction at hand
  [[gnu::cold]] bool fail_block(std::uint32_t number, std::string_view text);
  [[gnu::cold]] bool fail_function(std::string_view text);
  [[gnu::cold]] bool fail_value(std::uint32_t word, TypeId wanted);
  [[gnu::cold]] bool fail_list();
  std::string type_text(TypeId type) const { return m_.to_string(type); }
  std::string operand_text() const;
  // As the function's text calls them.
  std::string block_text(std::uint32_t number) const;
  std::string value_text(Value value) const;

  Module& m_;
  TypeFacts& types_;
  SymbolFacts& symbols_;
  mutable Dominators dominators_;
  mutable bool dominators_known_ = false;
  std::vector<Cell> cells_;
  std::vector<std::uint32_t> later_;  // instructions whose operands are still to be looked at
  std::vector<std::uint32_t> starts_, successors_;
  std::vector<std::int64_t> cases_;
  std::uint64_t words_read_ = 0;  // of all lists of all functions

  FunctionId function_;
  std::uint32_t first_ = 0, count_ = 0;              // instructions
  std::uint32_t first_block_ = 0, block_count_ = 0;  // blocks
  Scope declared_ = 0;
  bool shared_ = false;
  TypeId result_;

  // Where it is
  InstId inst_;
  std::uint32_t block_ = 0, order_ = 0;
  Words words_;
  bool malformed_ = false;
  unsigned operand_ = 0;        // from 1 on
  std::string_view role_;       // of a value in a list: "argument"
  std::uint32_t position_ = 0;  // in that list, from 1 on
  std::uint32_t target_ = 0;    // the block whose parameters it is for, or none
  TypeId interface_;            // of the operand before
};

}  // namespace inlay::ir
