// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine that is always there, and that decides what a program means.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel.h"
#include "plan/program.h"

namespace inlay::filter {

/// A program made ready to be interpreted, once for all batches. Shared by threads. The program must outlive it.
class InterpretedProgram {
 public:
  explicit InterpretedProgram(const Program& program);
  InterpretedProgram(InterpretedProgram&&) noexcept;
  InterpretedProgram& operator=(InterpretedProgram&&) noexcept;
  ~InterpretedProgram();

  const Program& program() const;
  struct State;
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<const State> state_;
};

/// As FilterKernel and ProjectKernel, of the program given. Objects come from the program, not from the scope.
std::int64_t interpret_filter(const InterpretedProgram& program, const ColumnData* columns, Scope& scope,
                              const std::uint8_t* const* tables, std::int64_t begin, std::int64_t end,
                              std::uint8_t* pass);
std::int64_t interpret_project(const InterpretedProgram& program, const ColumnData* columns, Scope& scope,
                               const std::uint8_t* const* tables, const std::uint32_t* selection, std::int64_t first,
                               std::int64_t count, const ProjectionOut& out);

/// What a DictionaryTest finds for each of the entries that `column` (of the dictionary column) brings along: 0 false,
/// 1 true, 2 NULL. `table` has room for column.dictionary_size. False if an entry raised scope.fault.
bool interpret_dictionary(const DictionaryTest& test, const ColumnData& column, Scope& scope, std::uint8_t* table);

/// Reads one value of a column, as Op::Load does. A dictionary column's indices lie one after the other, without
/// stride; its validity is asked of the row and then of the entry. An accessor's function gets the row's object where
/// others get what they prepared.
void load_column(const Schema& schema, const Registry& registry, ColumnId column, const ColumnData& data,
                 std::int64_t row, Scope& scope, Slot& result);

}  // namespace inlay::filter
