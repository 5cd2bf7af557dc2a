// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <unordered_set>
#include <vector>

#include "plan/cost.h"
#include "plan/order.h"

namespace inlay::filter {

namespace {

/// Beyond that a jump is likely to save more than vectors do.
constexpr double MostStraight = 20;
constexpr std::uint32_t LongestList = 16;

/// Values side by side, that a loop can read several of.
bool lies_dense(const Column& column) {
  if (column.dictionary || column.type == Type::Text) return false;
  if (column.validity != Validity::All && column.validity != Validity::Bitmap) return false;
  switch (column.storage) {
    case Storage::Cell:
    case Storage::Accessor:
    case Storage::UInt64:
    case Storage::Seconds:
      return false;
    case Storage::Milliseconds:
      return column.type == Type::Date && column.stride <= 8;
    case Storage::Bit:
      return true;
    default:
      return column.stride <= 8;
  }
}

bool is_straight_node(const Expressions& e, NodeId id) {
  const Node& node = e[id];
  if (node.type == Type::Text || node.raises) return false;
  switch (node.kind) {
    case NodeKind::Column:
      return lies_dense(e.schema()[node.column]);
    case NodeKind::Call: {
      const FunctionTraits& traits = e.registry()[node.function].traits;
      return !traits.allocates && !traits.prepare && traits.cost <= 2;
    }
    case NodeKind::In:
      return node.count - 1 <= LongestList;
    case NodeKind::Case:
      return false;
    default:
      return true;
  }
}

}  // namespace

bool is_straight(const Expressions& expressions, NodeId root) {
  std::unordered_set<std::uint32_t> seen;
  std::vector<NodeId> stack{root};
  double cost = 0;
  bool reads = false;
  while (!stack.empty()) {
    const NodeId node = stack.back();
    stack.pop_back();
    if (!seen.insert(node.value).second) continue;
    if (!is_straight_node(expressions, node)) return false;
    cost += operation_cost(expressions, node);
    if (cost > MostStraight) return false;
    reads |= expressions[node].kind == NodeKind::Column;
    const auto operands = expressions.operands(node);
    stack.insert(stack.end(), operands.begin(), operands.end());
  }
  return reads;
}

}  // namespace inlay::filter
