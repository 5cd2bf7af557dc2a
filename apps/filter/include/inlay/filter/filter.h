// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conditions on rows, compiled.
//
//   using namespace inlay::filter;
//   auto rows = Rows<User>().column("age", &User::age).column("email", &User::email);  // rows.h
//   Filter filter = Filter::compile(rows.schema(), "age between 30 and 40 and email like '%@example.org'").value();
//   Selection found = filter.select(rows.batch(users)).value();
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/expression.h"
#include "inlay/filter/schema.h"
#include "inlay/result.h"

namespace inlay::filter {

enum class Engine : std::uint8_t {
  Tiered,  // interpreted first; compiled quickly, then well, in the background, as the rows measured call for it
  Interpreted,
  Quick,  // compiled before the first row
  Optimized,
};

struct FilterOptions {
  Engine engine = Engine::Tiered;
  /// Beside or instead of the standard ones; copied. A tree built in C++ has those that it was built with.
  const Registry* functions = nullptr;
  bool reorder = true;  // tests that cannot raise may change places
  /// Of the processor: what code may use. `native` is checked at run time; else baseline, avx2 or avx512.
  std::string cpu = "native";
};

/// Values that were computed for rows, one after the other. What `type` tells is filled. Texts are not copied: those of
/// columns look into the batch, and last as long as what it points to; those that functions made, and constants, last
/// as long as `memory` or a copy of it, whatever becomes of the projection.
struct Values {
  Type type = Type::Integer;
  std::vector<std::uint8_t> booleans;
  std::vector<std::int64_t> integers;  // Integer, Date's days, Timestamp's microseconds
  std::vector<double> reals;
  std::vector<Text> texts;
  std::vector<std::uint8_t> nulls;  // 1 where NULL; empty where the expression is never NULL
  std::shared_ptr<const void> memory;
};

/// A condition for rows of one schema. Any thread may use it; copies are the same filter.
class Filter {
 public:
  /// Errors: what parse() finds, or InvalidProgram if the expression is not Boolean.
  static Result<Filter> compile(const Schema& schema, std::string_view condition, const FilterOptions& options = {});
  /// Of a tree built in C++ (builder.h).
  static Result<Filter> compile(Expressions expressions, NodeId condition, const FilterOptions& options = {});

  /// The rows of a batch that pass. An error (Trap) names the row that raised it, by its number in the input.
  Result<Selection> select(const Batch& batch);
  Result<std::int64_t> count(const Batch& batch);
  /// One bit a row, low bits first, as Arrow has it; as many bytes as (rows + 7) / 8.
  Result<std::vector<std::uint8_t>> bitmap(const Batch& batch);
  /// One byte a row, 1 or 0: the quickest form. `pass` has room for all rows.
  Result<void> test(const Batch& batch, std::uint8_t* pass);

  /// What was decided and measured, in plain words: order, selectivities, merges, tier, times of compiling.
  std::string explain() const;
  /// The same for programs.
  std::string explain_json() const;
  /// Waits until nothing is compiled in the background.
  void settle();

  struct State;

 private:
  explicit Filter(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// A value for each row, for those rows that a filter let pass. Any thread may use it; copies are the same.
class Projection {
 public:
  static Result<Projection> compile(const Schema& schema, std::string_view expression,
                                    const FilterOptions& options = {});
  static Result<Projection> compile(Expressions expressions, NodeId value, const FilterOptions& options = {});

  Type type() const;
  Result<Values> values(const Batch& batch, std::span<const std::uint32_t> selection);
  Result<Values> values(const Batch& batch);  // of all rows
  void settle();

  struct State;

 private:
  explicit Projection(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace inlay::filter
