// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A condition and expressions of columns, for the rows of one batch after the other. What one row raises does not take
// the rows before it along: they are the same whatever engine and batches there are.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/planned.h"
#include "inlay/filter/filter.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {

/// An expression that is ready to be run.
struct Compiled {
  Planned planned;
  Type type = Type::Boolean;
  std::vector<ColumnId> columns;      // that it reads, ascending
  std::optional<ColumnId> column;     // it is nothing but this one
  std::vector<ColumnId> interpreted;  // of `columns`: where more than NULL or not matters, and an operation takes it
};
Result<Compiled> compile(const Schema& schema, std::string_view text, Runner::Kind kind, const FilterOptions& options);

/// What a row raised, and where the rows end that are good.
struct RowError {
  Error error;
  std::int64_t row = -1;  // in the batch; -1: none in particular
};

/// One thread's.
class Evaluator {
 public:
  /// The rows of the batch that pass. With an error: those before it.
  void select(const Compiled& condition, const Batch& batch);
  /// The values of an expression for the rows selected. Those that raise, and what follows them, are selected no more.
  /// Texts that functions made last until the next select().
  void evaluate(const Compiled& expression, const Batch& batch, Values& out);

  /// What the last select() and the evaluations after it have left. Values may be there for more rows than these.
  std::span<const std::uint32_t> selection() const { return selection_; }
  const std::optional<RowError>& error() const { return error_; }

 private:
  void raise(Error error, std::int64_t row);

  ScopeOwner scope_;
  std::vector<std::uint8_t> pass_;
  Selection selection_;
  std::optional<RowError> error_;
};

}  // namespace inlay::filter
