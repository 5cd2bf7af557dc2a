// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An expression with its plan and runner. When rows have come that tell which tests hold how often, it is planned
// again, once.
#pragma once

#include <memory>
#include <string_view>

#include "engine/engine.h"

namespace inlay::filter {

/// Copies are the same; any thread may use them.
class Planned {
 public:
  static Result<Planned> parse(const Schema& schema, std::string_view text, Runner::Kind kind,
                               const FilterOptions& options);
  static Result<Planned> of(Expressions expressions, NodeId root, Runner::Kind kind, const FilterOptions& options);

  /// What to run this batch with: from the first time on that enough rows have been seen, by a plan that knows them.
  std::shared_ptr<Runner> runner_for(const Batch& batch);
  std::shared_ptr<Runner> runner() const;

  /// The expression as it was understood, and how many rows its plan was made by; 0: by none.
  std::string text() const;
  std::int64_t sampled_rows() const;
  Type type() const;

  struct State;

 private:
  explicit Planned(std::shared_ptr<State> state) : state_(std::move(state)) {}
  static Result<Planned> finish(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace inlay::filter
