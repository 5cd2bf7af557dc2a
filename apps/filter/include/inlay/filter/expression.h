// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An expression with names resolved and types known: what the parser makes of text and the builder of C++, and what
// the optimizer turns around. Nodes are interned: the same operation on the same operands is one node.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/function.h"
#include "inlay/filter/schema.h"
#include "inlay/filter/value.h"
#include "inlay/id.h"
#include "inlay/result.h"

namespace inlay::filter {

struct NodeTag;
using NodeId = inlay::Id<NodeTag>;

enum class NodeKind : std::uint8_t {
  Constant,  // `constant`
  Column,    // `column`
  Call,      // `function` of the operands; conversions are calls too
  And,       // n-ary; the operands are Boolean, and none of them is an And
  Or,        // n-ary; none is an Or
  Not,
  IsNull,  // of any type; never NULL itself
  In,      // of operand 0 in the constants that follow it, NULL among them as SQL has it
  Case,    // condition, value, condition, value, …, else; conditions that are NULL do not hold
};

struct Node {
  NodeKind kind = NodeKind::Constant;
  Type type = Type::Boolean;
  bool nullable = false;               // whether it may be NULL; false is a promise
  bool raises = false;                 // whether it, or a part of it, may raise
  std::uint32_t first = 0, count = 0;  // operands, in Expressions::operands
  ColumnId column = {};                // Column
  FunctionId function = {};            // Call
  std::uint32_t constant = 0;          // Constant: number in Expressions::constants
  std::uint32_t begin = 0, end = 0;    // bytes of the text it came from; equal: of no text
};

/// A table of nodes. Operands come before what uses them. Schema and functions must outlast the making of the tree;
/// what is compiled of it has copies.
class Expressions {
 public:
  Expressions(const Schema& schema, const Registry& registry = Registry::standard())
      : schema_(&schema), registry_(&registry) {}

  const Schema& schema() const { return *schema_; }
  const Registry& registry() const { return *registry_; }
  /// Looks at copies of its schema and its functions from now on.
  void move_to(const Schema& schema, const Registry& registry) {
    schema_ = &schema;
    registry_ = &registry;
  }
  const Node& operator[](NodeId id) const { return nodes_[id.value - 1]; }
  std::span<const NodeId> operands(NodeId id) const {
    const Node& node = (*this)[id];
    return {operands_.data() + node.first, node.count};
  }
  const Value& constant(NodeId id) const { return constants_[(*this)[id].constant]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }

  /// Makers of nodes; types, `nullable` and `raises` follow from the operands. And and Or take in operands of their own
  /// kind, one operand alone is the result. What does not fit by type is a bug of the caller (an assertion).
  NodeId add_constant(Value value);
  NodeId add_column(ColumnId column);
  NodeId add_call(FunctionId function, std::span<const NodeId> operands);
  NodeId add_and(std::span<const NodeId> operands);
  NodeId add_or(std::span<const NodeId> operands);
  NodeId add_not(NodeId operand);
  NodeId add_is_null(NodeId operand);
  NodeId add_in(NodeId operand, std::span<const NodeId> constants);
  NodeId add_case(std::span<const NodeId> operands);
  /// Says where in the text a node stands, if it does not know yet.
  void locate(NodeId id, std::uint32_t begin, std::uint32_t end);

 private:
  NodeId intern(Node node, std::span<const NodeId> operands);
  NodeId add_joined(NodeKind kind, std::span<const NodeId> operands);  // And, Or

  const Schema* schema_;
  const Registry* registry_;
  std::vector<Node> nodes_;
  std::vector<NodeId> operands_;
  std::vector<Value> constants_;
  std::vector<std::uint32_t> table_;  // open addressing: node numbers by hash
};

/// The node's text in the language, with as few parentheses as it needs. It parses back to the same node. (Shared nodes
/// are written wherever they are used; a text that this makes longer than 1 MiB is cut, and ends with `...`.)
std::string to_string(const Expressions& expressions, NodeId id);

/// From text. Errors have the place (line, column), and as a note the excerpt with a caret; unknown columns and
/// functions suggest the nearest name.
Result<NodeId> parse(Expressions& expressions, std::string_view text);

}  // namespace inlay::filter
