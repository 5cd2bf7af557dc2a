// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The writer of the text form. Types, constants and symbols must be sound; of instructions anything is written that can
// be, since messages about what is wrong with them show them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "inlay/ir/module.h"
#include "inlay/ir/text.h"

namespace inlay::ir {

class Printer {
 public:
  /// Of a list in an instruction, and of a text, as much as people read.
  enum class Length : std::uint8_t { Full, Short };

  Printer(const Module& module, const PrintOptions& options, Length length = Length::Full)
      : m_(module), options_(options), length_(length) {}

  void everything();
  void function(FunctionId id);
  void instruction(InstId id);

  // Parts of a function, called as its text calls them.
  void begin_function(const Function& f);
  void one(InstId id);
  void operand(Value value) { this->value(value, {}); }
  void block_name(BlockId id);

  std::string take() { return std::move(out_); }

 private:
  // Declarations (printer.cpp)
  void files();
  void named_type(TypeId id);
  void function_head(const Function& f, std::span<const InstId> parameters);
  void generic_parameters(ExtraId parameters);
  void assembly(const Function& f);
  void location(Location location);
  void name(std::string_view name);
  void quoted(std::string_view text);
  void type(TypeId id);
  void symbol(Value symbol);

  // Data (print_data.cpp)
  void data(DataId id);
  void table(const Data& d);
  void initial(TypeId type, std::uint64_t offset);
  void scalar(TypeId type, std::uint64_t offset);
  void pointer(std::uint64_t offset);
  void address(const Relocation& relocation);
  void elements(TypeId element, std::uint64_t count, std::uint64_t offset);
  void structure(TypeId type, std::uint64_t offset);
  bool is_zero(std::uint64_t offset, std::uint64_t size) const;
  bool as_text(std::uint64_t offset, std::uint64_t size) const;
  std::uint64_t bits(std::uint64_t offset, unsigned size) const;
  Relocation* relocation_at(std::uint64_t offset);

  // Bodies (print_body.cpp)
  void number_values();
  void name_blocks();
  void make_unique(std::string_view name, std::uint32_t id, std::unordered_map<std::uint32_t, std::string>& renamed);
  std::vector<InstId> parameters_of(BlockId block) const;
  void block(BlockId id);
  std::uint32_t shown(std::uint32_t count) const;
  void operands(const Inst& inst);
  void value(Value value, TypeId expected);
  void constant(const Const& c, TypeId expected);
  void number(std::int64_t number, TypeId expected);
  void value_of_own_type(Value value);
  void value_name(InstId id);
  void field(TypeId type, std::uint32_t number);
  void method(Value object, std::uint32_t number);
  TypeId parameter_of(BlockId block, std::uint32_t number) const;
  bool is_type(TypeId id, TypeKind kind) const { return m_.types.contains(id) && m_.types[id].kind == kind; }

  const Module& m_;
  PrintOptions options_;
  Length length_;
  std::string out_;
  ExtraId scope_;                       // parameters of the generic at hand
  std::vector<std::string> type_text_;  // of types that mention none

  // Of the data at hand.
  std::span<const std::byte> bytes_;
  std::vector<Relocation> relocations_;
  std::size_t next_relocation_ = 0;
  std::vector<Relocation> unplaced_;

  // Of the function at hand.
  Function f_;
  std::vector<std::uint32_t> position_;  // of each instruction from f_.first on, in the order of printing; from 1 on
  std::unordered_map<std::string_view, std::uint32_t> taken_;  // and how many were renamed
  std::unordered_map<std::uint32_t, std::string> renamed_, renamed_blocks_;
};

}  // namespace inlay::ir
