// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plan/cost.h"

#include <algorithm>

#include "plan/rewrite.h"

namespace inlay::filter {

double load_cost(const Column& column) {
  double cost = column.dictionary ? 0.7 : 0;
  if (column.validity != Validity::All) cost += 0.3;
  switch (column.storage) {
    case Storage::String:
    case Storage::View:
    case Storage::StringView:
    case Storage::Offsets32:
    case Storage::Offsets64:
      return cost + 1;
    case Storage::Characters:
      return cost + 5;
    case Storage::Accessor:
      return cost + 5;
    case Storage::Cell:
      switch (column.type) {
        case Type::Text:
          return cost + 1;
        case Type::Boolean:
          return cost + 4;
        case Type::Integer:
          return cost + 6;
        case Type::Real:
          return cost + 12;
        default:
          return cost + 15;
      }
    default:
      return cost + 0.5;
  }
}

double operation_cost(const Expressions& e, NodeId node) {
  const Node& n = e[node];
  switch (n.kind) {
    case NodeKind::Constant:
      return 0;
    case NodeKind::Column:
      return load_cost(e.schema()[n.column]);
    case NodeKind::Call:
      return e.registry()[n.function].traits.cost;
    case NodeKind::In: {
      const double values = static_cast<double>(n.count - 1);
      const bool is_text = e[e.operands(node)[0]].type == Type::Text;
      return is_text ? std::min(1 + values, 6.0) : std::min(0.5 + 0.2 * values, 3.0);
    }
    default:
      return 0.3;
  }
}

double guessed_selectivity(const Expressions& e, NodeId node) {
  const Node& n = e[node];
  if (is_known_true(e, node)) return 0.999;
  switch (n.kind) {
    case NodeKind::Constant:
      return 0.001;
    case NodeKind::Not:
      return 1 - guessed_selectivity(e, e.operands(node)[0]);
    case NodeKind::IsNull:
      return 0.05;
    case NodeKind::In:
      return std::min(0.05 * static_cast<double>(n.count - 1), 0.5);
    case NodeKind::Call: {
      const std::string& name = e.registry()[n.function].name;
      if (name == "=" || name == "starts_with" || name == "ends_with") return 0.05;
      if (name == "<>") return 0.95;
      if (name == "<" || name == "<=" || name == ">" || name == ">=") return 0.4;
      if (name == "contains" || name == "like" || name == "ilike" || name == "~" || name == "regexp_matches")
        return 0.1;
      return 0.5;
    }
    default:
      return 0.5;
  }
}

}  // namespace inlay::filter
