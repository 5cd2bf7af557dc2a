// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which engine runs a program, and when it changes: rows are interpreted at first; once that has taken longer than
// compiling is worth, better code is made in the background and takes over at the edge of a block of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compile/compile.h"
#include "inlay/filter/filter.h"
#include "plan/plan.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {

/// One program and whatever code there is for it. Shared by threads, each of which brings its own Scope.
class Runner {
 public:
  enum class Kind : std::uint8_t { Filter, Projection };
  /// Takes copies of the schema and, but for the standard ones, of the functions. `expressions` is looked at only here:
  /// what the messages of rows that raise quote. Nothing is compiled before the first row.
  static Result<std::shared_ptr<Runner>> create(Plan plan, Kind kind, const FilterOptions& options,
                                                const Expressions* expressions = nullptr);

  /// As FilterKernel for all rows of the batch. The error names row and, of a cell, column and text; `raised` is told
  /// which row of the batch it was, -1 for none (an entry of a dictionary).
  Result<void> filter(const Batch& batch, Scope& scope, std::uint8_t* pass, std::int64_t* raised = nullptr);
  /// The same, block by block: `take` is told the number of a block's first row, and its bytes, which lie in `room`.
  Result<void> filter_blocks(const Batch& batch, Scope& scope, std::span<std::uint8_t> room,
                             const std::function<void(std::int64_t, std::span<const std::uint8_t>)>& take,
                             std::int64_t* raised = nullptr);
  /// As ProjectKernel. `out.nulls` may be null if the program's value never is.
  Result<void> project(const Batch& batch, Scope& scope, const std::uint32_t* selection, std::int64_t first,
                       std::int64_t count, const ProjectionOut& out, std::int64_t* raised = nullptr);

  const Plan& plan() const;
  /// What the next rows are run by.
  Tier tier() const;
  struct Statistics {
    std::int64_t rows[3] = {};    // by tier
    double milliseconds[3] = {};  // spent in rows, by tier
    CompileTimes quick, optimized;
    std::string refusal;  // why it was not compiled, if it was not
  };
  Statistics statistics() const;
  /// Waits until nothing is compiled in the background.
  void settle();

  struct State;
  explicit Runner(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

/// `row 17: integer overflow in 'a + b'`, `row 17: 'x' is not an integer, in column 'age'`; without the row if it is
/// negative, and without what is empty.
Error fault_error(const Scope& scope, const Program& program, std::int64_t row, std::string_view expression = {});

}  // namespace inlay::filter
