// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From nodes to instructions: conditions become jumps, values slots.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "inlay/filter/expression.h"
#include "inlay/result.h"
#include "plan/program.h"

namespace inlay::filter {

/// What was prepared from constants, by call: shared by the programs of one plan, for preparing may cost more than
/// rows.
using PreparedObjects = std::unordered_map<std::uint32_t, std::shared_ptr<const void>>;

/// What was decided about nodes, by NodeId::value.
struct Decisions {
  /// Operands of an And or Or that is a condition, in the order in which they are to be tested.
  std::unordered_map<std::uint32_t, std::vector<NodeId>> order;
  /// An Or of starts_with(x, constant), as one test: the values of the constants, and x.
  struct Prefixes {
    NodeId operand;
    FunctionId function;
    std::shared_ptr<const void> object;
  };
  std::unordered_map<std::uint32_t, Prefixes> prefixes;
  /// Tests that are made once for each entry of a dictionary.
  std::unordered_map<std::uint32_t, DictionaryTest> dictionaries;
  /// No jumps: all is computed, with three-valued And and Or.
  bool straight = false;
};

enum class Wanted : std::uint8_t { Condition, Value };

Result<Program> emit(const Expressions& expressions, NodeId root, Wanted wanted, const Decisions& decisions,
                     PreparedObjects& objects);

}  // namespace inlay::filter
