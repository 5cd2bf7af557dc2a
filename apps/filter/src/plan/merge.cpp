// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plan/merge.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "plan/rewrite.h"

namespace inlay::filter {

namespace {

enum class Test : std::uint8_t { None, Equal, Differs, Less, AtMost, Greater, AtLeast, In, Prefix };

struct Recognized {
  Test test = Test::None;
  NodeId operand;
  std::span<const NodeId> constants = {};
};

Test test_named(std::string_view name) {
  if (name == "=") return Test::Equal;
  if (name == "<>") return Test::Differs;
  if (name == "<") return Test::Less;
  if (name == "<=") return Test::AtMost;
  if (name == ">") return Test::Greater;
  if (name == ">=") return Test::AtLeast;
  if (name == "starts_with") return Test::Prefix;
  return Test::None;
}

/// With the operands in the other order.
Test mirrored(Test test) {
  switch (test) {
    case Test::Less:
      return Test::Greater;
    case Test::Greater:
      return Test::Less;
    case Test::AtMost:
      return Test::AtLeast;
    case Test::AtLeast:
      return Test::AtMost;
    case Test::Prefix:
      return Test::None;
    default:
      return test;
  }
}

std::string_view name_of(Test test) {
  constexpr std::string_view Names[] = {"", "=", "<>", "<", "<=", ">", ">=", "", "starts_with"};
  return Names[static_cast<std::size_t>(test)];
}

Recognized recognize(const Expressions& e, NodeId node) {
  const Node& n = e[node];
  const auto operands = e.operands(node);
  if (operands.empty() || e[operands[0]].type == Type::Boolean) return {};
  if (n.kind == NodeKind::In && !is_constant(e, operands[0])) return {Test::In, operands[0], operands.subspan(1)};
  if (n.kind != NodeKind::Call || operands.size() != 2) return {};
  const Function& function = e.registry()[n.function];
  if (function.traits.nulls != Nulls::Strict || function.traits.raises || function.traits.prepare) return {};
  if (function.parameters[0] != function.parameters[1] || function.result != Type::Boolean) return {};
  const Test test = test_named(function.name);
  for (std::size_t constant : {std::size_t{1}, std::size_t{0}}) {
    if (!is_constant(e, operands[constant]) || is_constant(e, operands[1 - constant])) continue;
    if (e.constant(operands[constant]).null) return {};
    return {constant == 1 ? test : mirrored(test), operands[1 - constant], operands.subspan(constant, 1)};
  }
  return {};
}

/// A side of a range: `x > value` or, if not strict, `x >= value`; for upper ends `<`.
struct Bound {
  Value value;
  bool strict = false;
  std::size_t at = 0;  // position among the results
};

struct Prefix {
  std::string text;
  NodeId node;
  std::size_t at = 0;
};

/// What one operand is tested for.
struct Group {
  NodeId operand;
  std::vector<std::vector<Value>> lists;                // one for each In; for an Or one in all
  std::vector<std::size_t> list_at = {};                // where `=` and In stood
  std::vector<std::pair<Value, std::size_t>> excluded;  // And: `<>`, and where
  std::optional<Bound> lower, upper;
  std::vector<Prefix> prefixes;
};

bool by_value(const Value& a, const Value& b) { return compare_values(a, b) < 0; }
bool same_value(const Value& a, const Value& b) { return compare_values(a, b) == 0; }

void sort_unique(std::vector<Value>& values) {
  std::ranges::sort(values, by_value);
  const auto doubles = std::ranges::unique(values, same_value);
  values.erase(doubles.begin(), doubles.end());
}

class Merger {
 public:
  Merger(Expressions& expressions, NodeKind kind) : e_(expressions), is_and_(kind == NodeKind::And) {}

  std::vector<NodeId> run(const std::vector<NodeId>& operands) {
    for (NodeId node : operands) {
      const Recognized test = recognize(e_, node);
      if (test.test == Test::None || (test.test == Test::Differs && !is_and_)) {
        // What comes behind a test that may raise must not move before it.
        if (e_[node].raises) open_.clear();
        keep(node);
        continue;
      }
      auto found = open_.find(test.operand.value);
      if (found == open_.end()) {
        if (e_[node].raises) open_.clear();
        found = open_.emplace(test.operand.value, groups_.size()).first;
        groups_.emplace_back().operand = test.operand;
      }
      add(groups_[found->second], test, node);
    }
    for (Group& group : groups_) finish(group);
    std::erase(results_, NodeId());
    return std::move(results_);
  }

 private:
  std::size_t keep(NodeId node) {
    results_.push_back(node);
    return results_.size() - 1;
  }
  void drop(std::size_t at) { results_[at] = NodeId(); }

  void add(Group& group, const Recognized& test, NodeId node) {
    switch (test.test) {
      case Test::Equal:
      case Test::In:
        return add_list(group, test, node);
      case Test::Differs:
        group.excluded.emplace_back(e_.constant(test.constants[0]), keep(node));
        return;
      case Test::Prefix:
        group.prefixes.push_back({e_.constant(test.constants[0]).text, node, keep(node)});
        return;
      case Test::Greater:
      case Test::AtLeast:
        return add_bound(group.lower, e_.constant(test.constants[0]), test.test == Test::Greater, 1, node);
      case Test::Less:
      case Test::AtMost:
        return add_bound(group.upper, e_.constant(test.constants[0]), test.test == Test::Less, -1, node);
      case Test::None:
        return;
    }
  }

  void add_list(Group& group, const Recognized& test, NodeId node) {
    group.list_at.push_back(keep(node));
    if (is_and_ || group.lists.empty()) group.lists.emplace_back();
    // NULL in a list makes NULL of false, which is the same here.
    for (NodeId constant : test.constants) {
      if (!e_.constant(constant).null) group.lists.back().push_back(e_.constant(constant));
    }
  }

  /// `sign` is 1 for lower bounds: greater ones are stronger then.
  void add_bound(std::optional<Bound>& bound, Value value, bool strict, int sign, NodeId node) {
    if (!bound) {
      bound = Bound{std::move(value), strict, keep(node)};
      return;
    }
    int order = sign * compare_values(value, bound->value);
    if (order == 0) order = strict - bound->strict;
    const bool replaces = is_and_ ? order > 0 : order < 0;
    if (!replaces) return;
    bound->value = std::move(value);
    bound->strict = strict;
    results_[bound->at] = node;
  }

  static bool within(const Value& value, const Bound& lower_or_upper, int sign) {
    const int order = sign * compare_values(value, lower_or_upper.value);
    return order > 0 || (order == 0 && !lower_or_upper.strict);
  }

  void finish(Group& group) {
    if (is_and_) {
      finish_and(group);
    } else {
      finish_or(group);
    }
    finish_prefixes(group);
  }

  void finish_or(Group& group) {
    if (group.lists.empty()) return;
    std::vector<Value>& values = group.lists[0];
    const std::size_t before = values.size();
    sort_unique(values);
    std::erase_if(values, [&](const Value& value) {
      return (group.lower && within(value, *group.lower, 1)) || (group.upper && within(value, *group.upper, -1));
    });
    if (group.list_at.size() == 1 && values.size() == before) return;
    // A range may imply all; but the operand is evaluated here, if it may raise.
    if (values.empty() && (before == 0 || e_[group.operand].raises)) return;
    for (std::size_t at : group.list_at) drop(at);
    if (!values.empty()) results_[group.list_at[0]] = in_list(group.operand, values);
  }

  void finish_and(Group& group) {
    if (group.lower && group.upper) {
      const int order = compare_values(group.lower->value, group.upper->value);
      if (order > 0 || (order == 0 && (group.lower->strict || group.upper->strict))) return contradict(group);
    }
    if (group.lists.empty()) return;
    std::vector<Value> values = std::move(group.lists[0]);
    const std::size_t before = values.size();
    sort_unique(values);
    for (std::size_t i = 1; i < group.lists.size(); ++i) {
      std::ranges::sort(group.lists[i], by_value);
      std::erase_if(values, [&](const Value& v) { return !std::ranges::binary_search(group.lists[i], v, by_value); });
    }
    std::vector<Value> excluded;
    for (const auto& [value, at] : group.excluded) excluded.push_back(value);
    std::ranges::sort(excluded, by_value);
    std::erase_if(values, [&](const Value& value) {
      return (group.lower && !within(value, *group.lower, 1)) || (group.upper && !within(value, *group.upper, -1)) ||
             std::ranges::binary_search(excluded, value, by_value);
    });
    if (values.empty()) return contradict(group);
    // What is left satisfies all else.
    if (group.lower) drop(group.lower->at);
    if (group.upper) drop(group.upper->at);
    for (const auto& [value, at] : group.excluded) drop(at);
    // The place is that of the first test, for what comes between may be raised only behind it.
    std::size_t first = group.list_at[0];
    if (group.lower) first = std::min(first, group.lower->at);
    if (group.upper) first = std::min(first, group.upper->at);
    if (!group.excluded.empty()) first = std::min(first, group.excluded[0].second);
    const bool same = group.list_at.size() == 1 && values.size() == before;
    const NodeId node = same ? results_[group.list_at[0]] : in_list(group.operand, values);
    for (std::size_t at : group.list_at) drop(at);
    results_[first] = node;
  }

  /// No row passes; but the operand is evaluated as before, if it may raise.
  void contradict(const Group& group) {
    if (e_[group.operand].raises) return;
    std::size_t first = results_.size();
    if (!group.list_at.empty()) first = group.list_at[0];
    if (group.lower) first = std::min(first, group.lower->at);
    if (group.upper) first = std::min(first, group.upper->at);
    results_[first] = e_.add_constant(Value::of(false));
  }

  /// Of two prefixes one of which begins with the other, one is enough.
  void finish_prefixes(Group& group) {
    if (group.prefixes.size() < 2) return;
    std::vector<Prefix*> sorted;
    for (Prefix& prefix : group.prefixes) sorted.push_back(&prefix);
    std::ranges::sort(sorted, [](const Prefix* a, const Prefix* b) {
      return a->text != b->text ? a->text < b->text : a->at < b->at;
    });
    std::vector<Prefix*> kept;
    std::size_t first = sorted[0]->at;
    for (Prefix* prefix : sorted) {
      first = std::min(first, prefix->at);
      if (!kept.empty() && prefix->text.starts_with(kept.back()->text)) {
        Prefix*& shorter = kept.back();
        drop(is_and_ ? shorter->at : prefix->at);
        if (is_and_) shorter = prefix;
      } else {
        kept.push_back(prefix);
      }
    }
    if (is_and_ && kept.size() > 1 && !e_[group.operand].raises) {
      results_[kept[0]->at] = e_.add_constant(Value::of(false));
      return;
    }
    // The operand is evaluated where it was before.
    move((*std::ranges::min_element(kept, {}, &Prefix::at))->at, first);
  }

  void move(std::size_t from, std::size_t to) {
    if (from == to) return;
    results_[to] = results_[from];
    drop(from);
  }

  NodeId in_list(NodeId operand, const std::vector<Value>& values) {
    const Type type = e_[operand].type;
    std::vector<NodeId> constants;
    for (const Value& value : values) constants.push_back(e_.add_constant(value));
    const FunctionId equal = function_named(e_.registry(), name_of(Test::Equal), std::array{type, type});
    if (constants.size() == 1 && equal) return e_.add_call(equal, std::array{operand, constants[0]});
    return e_.add_in(operand, constants);
  }

  Expressions& e_;
  bool is_and_;
  std::vector<NodeId> results_;  // without those that are dropped
  std::vector<Group> groups_;
  std::unordered_map<std::uint32_t, std::size_t> open_;  // by operand, as long as no test that raises came by
};

}  // namespace

std::vector<NodeId> merge_tests(Expressions& expressions, NodeKind kind, std::vector<NodeId> operands) {
  if (operands.size() < 2) return operands;
  return Merger(expressions, kind).run(operands);
}

bool is_prefix_test(const Expressions& expressions, NodeId node) {
  return recognize(expressions, node).test == Test::Prefix;
}

NodeId simpler_like(Expressions& e, NodeId text, std::string_view pattern) {
  if (pattern.find('_') != std::string_view::npos) return {};
  const std::array types{Type::Text, Type::Text};
  auto call = [&](std::string_view name, std::string_view constant) -> NodeId {
    const FunctionId function = function_named(e.registry(), name, types);
    if (!function || e.registry()[function].traits.nulls != Nulls::Strict) return {};
    return e.add_call(function, std::array{text, e.add_constant(Value::of(std::string(constant)))});
  };
  const std::size_t first = pattern.find('%');
  if (first == std::string_view::npos) return call("=", pattern);
  const std::size_t last = pattern.rfind('%');
  const std::string_view begin = pattern.substr(0, first), end = pattern.substr(last + 1);
  const std::size_t from = pattern.find_first_not_of('%', first);
  if (from > last) {
    // One run of %.
    if (end.empty()) return call("starts_with", begin);
    if (begin.empty()) return call("ends_with", end);
    const NodeId starts = call("starts_with", begin), ends = call("ends_with", end);
    if (!starts || !ends) return {};
    // Both may lie over one another only where one's end is the other's begin.
    for (std::size_t common = std::min(begin.size(), end.size()); common != 0; --common) {
      if (begin.ends_with(end.substr(0, common))) return {};
    }
    return e.add_and(std::array{starts, ends});
  }
  const std::size_t stop = pattern.find('%', from);
  const bool in_the_middle =
      begin.empty() && end.empty() && pattern.find_first_not_of('%', stop) == std::string_view::npos;
  return in_the_middle ? call("contains", pattern.substr(from, stop - from)) : NodeId();
}

}  // namespace inlay::filter
