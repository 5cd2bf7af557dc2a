// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one row of a program becomes. Whoever writes a loop begins a function whose first parameters are columns, scope
// and tables, says begin(), and then row() wherever it wants the value of a row: more than once for several loops.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "inlay/ir/builder.h"
#include "plan/program.h"

namespace inlay::filter {

/// What a slot holds at some place. `null` is none where the value is never NULL; where it holds, `value` may be
/// anything.
struct Held {
  ir::Value value;
  ir::Value null;
};

class RowEmitter {
 public:
  /// `bitmaps`: whether columns may come with them.
  RowEmitter(const Program& program, ir::Builder& builder, bool bitmaps);

  /// In the function's first block: what is the same for all rows.
  void begin();

  /// The value of the row of that number, in the block that is current afterwards. Where it raises, it goes on in
  /// `fault`, a block without parameters.
  Held row(ir::Value row, ir::BlockId fault);

  /// Asks for the memory of a row that comes later, if rows are so large that the processor does not by itself in time.
  void prefetch(ir::Value row);

  /// Whether the value is true.
  ir::Value truth(const Held& held);
  /// The value, or 0 or an empty text for NULL.
  ir::Value or_zero(const Held& held, Type type);

  ir::TypeId type(Type type) const;
  ir::Builder& builder() { return b_; }

 private:
  // What was found out about a column before the loop.
  struct Base {
    ir::Value values, extra, validity, offset;
    ir::Value entries, entries_extra, entries_validity, entries_offset, dictionary_size;
  };
  // How a value is read: of a row, or of an entry of a dictionary.
  struct Place {
    const Column* column;
    std::uint32_t number;  // of the column
    ir::Value values, extra, validity, offset;
    ir::Value row;
  };

  void find_slots();
  void begin_column(ColumnId id);
  ir::Value column_field(ir::Value column, std::uint32_t field, ir::TypeId type);

  void instruction(const Instruction& instruction);
  void set(const Instruction& instruction, const Held& held);
  Held get(SlotNumber slot);

  Held three_valued(bool is_and, const Held& a, const Held& b);
  Held constant(const Value& value);
  ir::Value text(std::string_view bytes);

  // call.cpp
  Held call(const Instruction& instruction);
  Held call_handled(const Function& function, const Instruction& instruction);
  Held in_set(const Instruction& instruction);
  ir::Value is_in(const Set& set, std::size_t number, ir::Value value);
  Held lookup(const Instruction& instruction);

  // load.cpp
  Held load(ColumnId id);
  Held load_at(const Place& place);
  std::optional<ir::Value> invalid(const Place& place);
  ir::Value load_value(const Place& place);
  ir::Value load_cell(const Place& place, ir::Value at);
  ir::Value load_accessor(const Place& place, ir::Value at);
  ir::Value entry_of(const Column& column, const Base& base);
  ir::Value row_invalid(const Column& column, const Base& base);

  // Pieces
  ir::Value call_runtime(std::string_view symbol, std::initializer_list<ir::TypeId> parameters, ir::TypeId result,
                         std::initializer_list<ir::Operand> arguments);
  void leave_if_raised();
  /// `value()`, but only where `skip` does not hold; zero there.
  template <class Make>
  ir::Value unless(ir::Value skip, Type type, Make make);
  ir::Value negated(ir::Value truth);
  ir::Value any(ir::Value a, ir::Value b);  // of two conditions, either of which may be none
  ir::Value object(std::size_t number);

  const Program& program_;
  ir::Builder& b_;
  ir::Module& m_;
  ir::TypeId text_, column_type_, scope_type_;
  ir::Value columns_, scope_, tables_, fault_, objects_;
  std::vector<Base> bases_;           // by ColumnId
  std::vector<ir::Value> tables_of_;  // by DictionaryTest
  const bool bitmaps_;

  std::vector<std::uint8_t> in_memory_;  // by slot: lies in memory, because several instructions write it
  std::vector<std::uint8_t> nullable_;   // by slot
  std::vector<std::uint8_t> is_target_;  // by instruction
  std::vector<Held> slots_;              // values; of those in memory, where they lie

  // Of the row at hand
  ir::Value row_;
  ir::BlockId fault_block_;
  std::vector<ir::BlockId> blocks_;  // by instruction that is a target
  ir::Value null_result_;            // where functions that handle NULL say so
};

}  // namespace inlay::filter
