// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From syntax to nodes: finds columns and functions, knows types, converts operands.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "inlay/filter/expression.h"
#include "language/syntax.h"

namespace inlay::filter {

/// Trees of nodes that are deeper than this are refused, so that what comes after the parser may recurse. (Parentheses,
/// and long chains of AND, of OR and of IN, do not make trees deep.)
inline constexpr std::uint32_t DeepestTree = 1000;
/// Likewise trees of more nodes than these, if shared ones are counted where they are used: x stands twice in what
/// `x between a and b` becomes, and nested forms double.
inline constexpr std::uint64_t LargestTree = 4'000'000;

/// Goes over the syntax once, operands first, without recursion.
class Binder {
 public:
  Binder(Expressions& expressions, const Syntax& syntax, std::string_view text)
      : expressions_(expressions), syntax_(syntax), text_(text) {}

  Result<NodeId> bind();

 private:
  /// What a node of the syntax has become. Literals keep their type open until they are used.
  struct Bound {
    NodeId node = {};           // none: a NULL literal
    bool text_literal = false;  // `node` is a Text that was written as such
    Range range = {};
  };

  // binder.cpp: the forms.
  Result<Bound> bind(const SyntaxNode& syntax);
  Result<Bound> bind_column(const SyntaxNode& syntax);
  Result<NodeId> bind_junction(std::uint32_t number);
  Result<NodeId> bind_between(const SyntaxNode& syntax);
  Result<NodeId> bind_in(const SyntaxNode& syntax);
  Result<NodeId> bind_distinct(const SyntaxNode& syntax);
  Result<NodeId> bind_case(const SyntaxNode& syntax);
  Result<NodeId> bind_cast(const SyntaxNode& syntax);
  Result<NodeId> condition(const Bound& operand);
  Result<void> check_size(NodeId id, Range range);
  bool is_compared(const SyntaxNode& syntax) const;

  // binder_calls.cpp: functions and types.
  Result<NodeId> bind_call(const SyntaxNode& syntax);
  Result<NodeId> call(std::string_view name, std::span<const Bound> operands, Range mark);
  Result<NodeId> call_chain(std::string_view name, std::span<const Bound> operands, Range mark);
  Result<NodeId> coalesce(std::span<const Bound> operands, Range mark);
  Result<NodeId> like_escape(const std::string& name, std::span<const Bound> operands, Range mark);
  Result<NodeId> null_if(std::span<const Bound> operands, Range mark);
  Result<NodeId> prepared(FunctionId id, std::span<const Bound> bound, std::span<const NodeId> operands);
  std::vector<FunctionId> find(std::string_view name, std::span<const Type> types);
  std::optional<FunctionId> find_exact(std::string_view name, std::span<const Type> types);
  FunctionId chosen(std::span<const FunctionId> equals) const;
  Result<std::vector<Type>> literal_types(std::string_view name, std::span<const Bound> operands);
  Error no_overload(std::string_view name, std::span<const Bound> operands, Range mark);
  Result<Type> common_type(std::span<const Bound> operands, std::string_view what);
  /// The operand as a value of `type`, to which it converts.
  Result<NodeId> as(const Bound& operand, Type type);
  std::optional<Value> converted(const Value& value, Type type);
  Type type_of(const Bound& operand) const;
  std::string type_text(const Bound& operand) const;

  NodeId add_negated(NodeId id, bool negated) { return negated ? expressions_.add_not(id) : id; }
  Bound bound(NodeId id, Range range) const { return {id, false, range}; }
  std::vector<Bound> operands_of(const SyntaxNode& syntax) const;
  Error fail(Range at, std::string message) const { return source_error(text_, at, std::move(message)); }

  Expressions& expressions_;
  const Syntax& syntax_;
  std::string_view text_;
  std::vector<Bound> bound_;  // by number of the syntax node
  std::vector<bool> inner_;   // And in And, Or in Or: taken in by the outer one
  struct Extent {
    std::uint32_t depth = 1;
    std::uint64_t size = 1;  // as a tree; at most a little over LargestTree
  };
  std::vector<Extent> extents_;  // by node
  std::unordered_map<std::string, ColumnId> columns_;
  std::map<std::pair<std::string, std::vector<Type>>, std::vector<FunctionId>> overloads_;
};

}  // namespace inlay::filter
