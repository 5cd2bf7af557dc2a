// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From nodes back to text. What is still to be written stands on a stack, so deep trees do no harm.
#include <algorithm>
#include <utility>

#include "inlay/filter/expression.h"
#include "language/precedence.h"
#include "language/scanner.h"
#include "runtime/utf8.h"

namespace inlay::filter {

namespace {

constexpr std::size_t Longest = 1 << 20;  // nodes are shared: the text of a tree may be far longer than the tree

struct Infix {
  std::string_view name;
  Precedence precedence;
  bool chained = true;  // a - b - c
};
constexpr Infix Infixes[] = {
    {"+", Precedence::Sum},
    {"-", Precedence::Sum},
    {"*", Precedence::Product},
    {"/", Precedence::Product},
    {"%", Precedence::Product},
    {"||", Precedence::Join},
    {"=", Precedence::Comparison, false},
    {"<>", Precedence::Comparison, false},
    {"<", Precedence::Comparison, false},
    {"<=", Precedence::Comparison, false},
    {">", Precedence::Comparison, false},
    {">=", Precedence::Comparison, false},
    {"~", Precedence::Pattern, false},
    {"like", Precedence::Pattern, false},
    {"ilike", Precedence::Pattern, false},
    {"is distinct from", Precedence::Is},
    {"is not distinct from", Precedence::Is},
};

constexpr Precedence tighter(Precedence precedence) {
  return static_cast<Precedence>(static_cast<std::uint8_t>(precedence) + 1);
}

class Printer {
 public:
  explicit Printer(const Expressions& expressions) : expressions_(expressions) {}

  std::string print(NodeId root) {
    pending_.push_back({{}, root});
    while (!pending_.empty() && out_.size() < Longest) {
      Piece piece = std::move(pending_.back());
      pending_.pop_back();
      if (!piece.node) {
        out_ += piece.text;
        continue;
      }
      const std::size_t below = pending_.size();
      const Precedence own = write(piece.node);
      if (own < piece.least) {
        put("(", below);
        put(")");
      }
      std::reverse(pending_.begin() + static_cast<std::ptrdiff_t>(below), pending_.end());
    }
    if (!pending_.empty()) out_ += "...";
    return std::move(out_);
  }

 private:
  /// A text, or a node with the precedence below which it needs parentheses.
  struct Piece {
    std::string text;
    NodeId node;
    Precedence least = Precedence::None;
  };

  void put(std::string text) { pending_.push_back({std::move(text), {}}); }
  void put(std::string text, std::size_t at) {
    pending_.insert(pending_.begin() + static_cast<std::ptrdiff_t>(at), Piece{std::move(text), {}});
  }
  void put(NodeId node, Precedence least) { pending_.push_back({{}, node, least}); }
  void put_list(std::span<const NodeId> nodes, std::string_view between, Precedence least) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0) put(std::string(between));
      put(nodes[i], least);
    }
  }

  /// Puts the node's pieces in their order; answers how tightly they bind.
  Precedence write(NodeId id) {
    const Node& node = expressions_[id];
    std::span<const NodeId> operands = expressions_.operands(id);
    switch (node.kind) {
      case NodeKind::Constant:
        return write_constant(expressions_.constant(id));
      case NodeKind::Column:
        put(name_text(expressions_.schema()[node.column].name));
        return Precedence::Primary;
      case NodeKind::Call:
        return write_call(expressions_.registry()[node.function], operands, false);
      case NodeKind::And:
        return write_and(operands);
      case NodeKind::Or:
        put_list(operands, " or ", Precedence::And);
        return Precedence::Or;
      case NodeKind::Not:
        return write_not(operands[0]);
      case NodeKind::IsNull:
        put(operands[0], Precedence::Is);
        put(" is null");
        return Precedence::Is;
      case NodeKind::In:
        return write_in(operands, false);
      case NodeKind::Case:
        return write_case(node, operands, false);
    }
    return Precedence::Primary;
  }

  Precedence write_constant(const Value& value) {
    // A NULL by itself takes its type from what is around it.
    put(value.null ? "null::" + std::string(to_string(value.type)) : to_string(value));
    if (value.null) return Precedence::Cast;
    return out_of(value) == '-' ? Precedence::Prefix : Precedence::Primary;
  }
  char out_of(const Value&) const { return pending_.back().text[0]; }

  /// x >= a AND x <= b is a BETWEEN again.
  Precedence write_and(std::span<const NodeId> operands) {
    std::size_t parts = 0;
    bool between = false;
    for (std::size_t i = 0; i < operands.size(); ++i, ++parts) {
      if (i > 0) put(" and ");
      between = i + 1 < operands.size() && is_call(operands[i], ">=") && is_call(operands[i + 1], "<=") &&
                expressions_.operands(operands[i])[0] == expressions_.operands(operands[i + 1])[0];
      if (!between) {
        put(operands[i], Precedence::Not);
        continue;
      }
      put(expressions_.operands(operands[i])[0], Precedence::Join);
      put(" between ");
      put(expressions_.operands(operands[i])[1], Precedence::Join);
      put(" and ");
      put(expressions_.operands(operands[i + 1])[1], Precedence::Join);
      ++i;
    }
    return parts == 1 && between ? Precedence::Pattern : Precedence::And;
  }

  bool is_call(NodeId id, std::string_view name) const {
    const Node& node = expressions_[id];
    return node.kind == NodeKind::Call && node.count == 2 && expressions_.registry()[node.function].name == name;
  }

  Precedence write_not(NodeId id) {
    const Node& node = expressions_[id];
    std::span<const NodeId> operands = expressions_.operands(id);
    if (node.kind == NodeKind::IsNull) {
      put(operands[0], Precedence::Is);
      put(" is not null");
      return Precedence::Is;
    }
    if (node.kind == NodeKind::In) return write_in(operands, true);
    if (node.kind == NodeKind::Case && is_truth(node, operands)) return write_case(node, operands, true);
    if (node.kind == NodeKind::Call) {
      const Function& function = expressions_.registry()[node.function];
      if (operands.size() == 2 && (function.name == "like" || function.name == "ilike" || function.name == "~"))
        return write_call(function, operands, true);
    }
    put("not ");
    put(id, Precedence::Not);
    return Precedence::Not;
  }

  Precedence write_in(std::span<const NodeId> operands, bool negated) {
    put(operands[0], Precedence::Join);
    put(negated ? " not in (" : " in (");
    for (std::size_t i = 1; i < operands.size(); ++i) {
      if (i > 1) put(", ");
      put(to_string(expressions_.constant(operands[i])));
    }
    put(")");
    return Precedence::Pattern;
  }

  bool is_constant(NodeId id, bool value) const {
    return expressions_[id].kind == NodeKind::Constant && expressions_.constant(id) == Value::of(value);
  }
  /// x IS TRUE: CASE WHEN x THEN true ELSE false END of an x that may be NULL.
  bool is_truth(const Node& node, std::span<const NodeId> operands) const {
    return node.kind == NodeKind::Case && operands.size() == 3 && is_constant(operands[1], true) &&
           is_constant(operands[2], false) && expressions_[operands[0]].nullable;
  }

  Precedence write_case(const Node& node, std::span<const NodeId> operands, bool negated) {
    if (is_truth(node, operands)) {
      const bool is_false = expressions_[operands[0]].kind == NodeKind::Not;
      put(is_false ? expressions_.operands(operands[0])[0] : operands[0], Precedence::Is);
      put(std::string(negated ? " is not " : " is ") + (is_false ? "false" : "true"));
      return Precedence::Is;
    }
    put("case");
    bool typed = false;  // some value tells what type a NULL has
    for (std::size_t i = 0; i + 1 < operands.size(); i += 2) {
      put(" when ");
      put(operands[i], Precedence::None);
      put(" then ");
      put(operands[i + 1], Precedence::None);
      typed |= expressions_[operands[i + 1]].kind != NodeKind::Constant || !expressions_.constant(operands[i + 1]).null;
    }
    const NodeId last = operands.back();
    if (!typed || expressions_[last].kind != NodeKind::Constant || !expressions_.constant(last).null) {
      put(" else ");
      put(last, Precedence::None);
    }
    put(" end");
    return Precedence::Primary;
  }

  /// Whether the parser would make something else of the operator or the name: where nothing can be NULL, IS DISTINCT
  /// FROM is a comparison; where something raises, COALESCE and NULLIF are a CASE. In quotes, names are calls always.
  bool needs_quotes(std::string_view name, std::span<const NodeId> operands) const {
    if (name == "is distinct from" || name == "is not distinct from")
      return !std::ranges::all_of(operands, [&](NodeId id) { return expressions_[id].nullable; });
    if (name == "coalesce" || name == "nullif")
      return std::ranges::any_of(operands, [&](NodeId id) { return expressions_[id].raises; });
    return name == "cast" || name == "extract";
  }

  Precedence write_call(const Function& function, std::span<const NodeId> operands, bool negated) {
    const std::string& name = function.name;
    const bool quotes = needs_quotes(name, operands);
    if (operands.size() == 2 && !quotes) {
      for (const Infix& infix : Infixes) {
        if (infix.name != name) continue;
        put(operands[0], infix.chained ? infix.precedence : tighter(infix.precedence));
        if (name == "~") {
          put(negated ? " !~ " : " ~ ");
        } else {
          put((negated ? " not " : " ") + name + ' ');
        }
        put(operands[1], tighter(infix.precedence));
        return infix.precedence;
      }
    }
    if (operands.size() == 2 && (name == "like_escape" || name == "ilike_escape") && write_escaped(name, operands))
      return Precedence::Pattern;
    if (operands.size() == 1 && name == "negate") {
      // -(5) is not -5, which is a constant.
      const bool constant = expressions_[operands[0]].kind == NodeKind::Constant;
      put(constant ? "-(" : "-");
      put(operands[0], constant ? Precedence::None : Precedence::Cast);
      if (constant) put(")");
      return Precedence::Prefix;
    }
    if (operands.size() == 1 && name == "cast_" + std::string(to_string(function.result))) {
      put(operands[0], Precedence::Cast);
      put("::" + std::string(to_string(function.result)));
      return Precedence::Cast;
    }
    const bool capitals = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    put((is_plain_name(name) && (quotes || capitals) ? '"' + name + '"' : name_text(name)) + '(');
    put_list(operands, ", ", Precedence::None);
    put(")");
    return Precedence::Primary;
  }

  /// The constant is the escape character and behind it the pattern.
  bool write_escaped(std::string_view name, std::span<const NodeId> operands) {
    if (expressions_[operands[1]].kind != NodeKind::Constant) return false;
    const std::string& both = expressions_.constant(operands[1]).text;
    if (both.empty()) return false;
    const auto size = static_cast<std::size_t>(character_size(both.data(), both.data() + both.size()));
    put(operands[0], Precedence::Join);
    put(' ' + std::string(name.substr(0, name.find('_'))) + ' ' + to_string(Value::of(both.substr(size))) + " escape " +
        to_string(Value::of(both.substr(0, size))));
    return true;
  }

  const Expressions& expressions_;
  std::string out_;
  std::vector<Piece> pending_;
};

}  // namespace

std::string to_string(const Expressions& expressions, NodeId id) { return Printer(expressions).print(id); }

}  // namespace inlay::filter
