// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests are ranked by what they cost for each row that they decide: cost / (1 - selectivity) in an AND, cost /
// selectivity in an OR. Selectivities come from a sample of rows: each test is interpreted alone, and is one bit a row
// from then on, so that all further questions ("of the rows that passed the first two…") are ANDs of bits.
#include "plan/order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <unordered_map>
#include <utility>

#include "interpret/interpret.h"
#include "plan/cost.h"
#include "plan/merge.h"
#include "plan/rewrite.h"
#include "runtime/scope_owner.h"
#include "runtime/sets.h"

namespace inlay::filter {

namespace {

/// Tests times rows that are interpreted: about 2 ms.
constexpr std::int64_t SampleBudget = 100'000;
/// Fewer rows than that say little.
constexpr std::int64_t FewestRows = 50;
/// Longer runs are sorted by selectivities that do not depend on each other: what depends takes their square.
constexpr std::size_t LongestDependent = 64;
constexpr std::size_t MostExplained = 200;
constexpr int MostFaults = 20;
constexpr double LookupCost = 1;

using Bits = std::vector<std::uint64_t>;

std::int64_t count_of(const Bits& bits) {
  std::int64_t count = 0;
  for (std::uint64_t word : bits) count += std::popcount(word);
  return count;
}

std::int64_t count_common(const Bits& a, const Bits& b) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i != a.size(); ++i) count += std::popcount(a[i] & b[i]);
  return count;
}

/// What is known of a node of the condition.
struct Known {
  double cost = 0;
  double selectivity = 0.5;  // of all rows
  Bits bits;                 // rows of the sample that pass; empty: not sampled
  std::vector<NodeId> operands = {};
  std::string note = {};
  bool moved = false;  // operands are not in the order of the expression
};

bool is_connective(const Expressions& e, NodeId node) {
  return e[node].kind == NodeKind::And || e[node].kind == NodeKind::Or;
}

/// Which column a node reads: none, one, or several.
constexpr std::uint32_t Several = ~std::uint32_t{0};

class Planner {
 public:
  Planner(Expressions& expressions, const PlanOptions& options, PreparedObjects& objects)
      : e_(expressions), options_(options), objects_(objects) {}

  Ordered run(NodeId root) {
    walk(root);
    choose_sample();
    for (NodeId node : leaves_) judge_leaf(node);
    for (NodeId node : connectives_) judge_connective(node);
    explain(root);
    return {.decisions = std::move(decisions_), .tests = std::move(tests_)};
  }

 private:
  // What there is to order.

  /// Finds leaves and connectives, these after their operands.
  void walk(NodeId root) {
    std::vector<std::pair<NodeId, bool>> stack{{root, false}};
    while (!stack.empty()) {
      const auto [node, done] = stack.back();
      stack.pop_back();
      if (done) {
        connectives_.push_back(node);
        continue;
      }
      if (known_.contains(node.value)) continue;
      known_[node.value];
      if (try_dictionary(node) || !is_connective(e_, node)) {
        leaves_.push_back(node);
        continue;
      }
      const auto span = e_.operands(node);
      std::vector<NodeId> operands(span.begin(), span.end());
      if (options_.merge && e_[node].kind == NodeKind::Or) group_prefixes(operands);
      if (decisions_.prefixes.contains(node.value)) {
        leaves_.push_back(node);  // all of it was one group
        continue;
      }
      if (options_.dictionaries) group_dictionaries(e_[node].kind, operands);
      stack.emplace_back(node, true);
      for (NodeId operand : operands) stack.emplace_back(operand, false);
      known_[node.value].operands = std::move(operands);
    }
  }

  /// Puts members of a group where its first one was. `key` says which group: 0 is none. Groups end where a test that
  /// may raise, and is in none, comes by; `make` answers the node for the members, or none to leave them.
  template <class Key, class Make>
  void group(std::vector<NodeId>& operands, std::size_t fewest, Key key, Make make) {
    struct Group {
      std::size_t at;
      std::vector<NodeId> members;
    };
    std::vector<Group> groups;
    std::unordered_map<std::uint32_t, std::size_t> open;
    std::vector<std::size_t> group_of(operands.size(), Several);
    for (std::size_t i = 0; i != operands.size(); ++i) {
      const std::uint32_t of = key(operands[i]);
      if (of == 0 || !open.contains(of)) {
        if (e_[operands[i]].raises) open.clear();
        if (of == 0) continue;
        open.emplace(of, groups.size());
        groups.push_back({i, {}});
      }
      group_of[i] = open[of];
      groups[open[of]].members.push_back(operands[i]);
    }
    std::vector<NodeId> made(groups.size());
    bool any = false;
    for (std::size_t g = 0; g != groups.size(); ++g) {
      if (groups[g].members.size() >= fewest) made[g] = make(groups[g].members);
      any |= static_cast<bool>(made[g]);
    }
    if (!any) return;
    std::vector<NodeId> result;
    for (std::size_t i = 0; i != operands.size(); ++i) {
      const std::size_t g = group_of[i];
      if (g == Several || !made[g]) {
        result.push_back(operands[i]);
      } else if (groups[g].at == i) {
        result.push_back(made[g]);
      }
    }
    operands = std::move(result);
  }

  void group_prefixes(std::vector<NodeId>& operands) {
    const FunctionId function = prefix_function();
    if (!function) return;
    auto key = [&](NodeId node) { return is_prefix_test(e_, node) ? e_.operands(node)[0].value : 0; };
    group(operands, FewestPrefixes, key, [&](const std::vector<NodeId>& members) {
      std::vector<Value> values;
      for (NodeId member : members) values.push_back(e_.constant(e_.operands(member)[1]));
      const NodeId node = e_.add_or(members);
      decisions_.prefixes.insert_or_assign(
          node.value, Decisions::Prefixes{e_.operands(members[0])[0], function, make_prefixes(values)});
      return node;
    });
  }

  FunctionId prefix_function() const {
    for (FunctionId id : e_.registry().find("starts_with_any", std::array{Type::Text, Type::Text})) return id;
    return {};
  }

  void group_dictionaries(NodeKind kind, std::vector<NodeId>& operands) {
    auto key = [&](NodeId node) { return dictionary_column(node).value; };
    group(operands, 2, key, [&](const std::vector<NodeId>& members) {
      const NodeId node = kind == NodeKind::And ? e_.add_and(members) : e_.add_or(members);
      return test_dictionary(node) ? node : NodeId();
    });
  }

  // Dictionaries.

  std::uint32_t reads(NodeId node) {
    while (reads_.size() <= node.value) {
      const NodeId next(static_cast<std::uint32_t>(reads_.size()));
      std::uint32_t column = 0;
      if (next) {
        column = e_[next].kind == NodeKind::Column ? e_[next].column.value : 0;
        for (NodeId operand : e_.operands(next)) {
          const std::uint32_t other = reads_[operand.value];
          if (other != 0) column = column == 0 || column == other ? other : Several;
        }
      }
      reads_.push_back(column);
    }
    return reads_[node.value];
  }

  /// The one dictionary column that the test depends on, if it is one that could be made for the entries.
  ColumnId dictionary_column(NodeId node) {
    if (e_[node].raises) return {};
    const std::uint32_t column = reads(node);
    if (column == 0 || column == Several || !e_.schema()[ColumnId(column)].dictionary) return {};
    return ColumnId(column);
  }

  bool try_dictionary(NodeId node) { return options_.dictionaries && dictionary_column(node) && test_dictionary(node); }

  /// Makes the test for the entries, if it is NULL where the column is.
  bool test_dictionary(NodeId node) {
    if (decisions_.dictionaries.contains(node.value)) return true;
    struct Test {
      std::shared_ptr<const Schema> schema;
      Program program;
    };
    auto made = emit(e_, node, Wanted::Value, {}, objects_);
    if (!made || !made->tables.empty()) return false;
    if (!entries_schema_) make_schemas();
    auto test = std::make_shared<Test>(Test{entries_schema_, *std::move(made)});
    if (!is_null_for_null(test->program)) return false;
    test->program.schema = entries_schema_.get();
    const ColumnId column = dictionary_column(node);
    decisions_.dictionaries.emplace(node.value,
                                    DictionaryTest{column, std::shared_ptr<const Program>(test, &test->program)});
    return true;
  }

  void make_schemas() {
    auto entries = std::make_shared<Schema>(), nulls = std::make_shared<Schema>();
    for (Column column : e_.schema().columns()) {
      column.dictionary = false;
      entries->add(column);
      column.storage = Storage::Cell;
      column.validity = Validity::InValue;
      nulls->add(column);
    }
    entries_schema_ = std::move(entries);
    nulls_schema_ = std::move(nulls);
  }

  bool is_null_for_null(Program& program) {
    program.schema = nulls_schema_.get();
    const InterpretedProgram interpreted(program);
    const Text nothing;
    ColumnData column;
    column.values = reinterpret_cast<const std::byte*>(&nothing);
    const std::vector<ColumnData> columns(nulls_schema_->size(), column);
    ScopeOwner scope;
    std::uint8_t value = 0, null = 0;
    const ProjectionOut out{&value, &null};
    return interpret_project(interpreted, columns.data(), scope.scope(), nullptr, nullptr, 0, 1, out) == 1 && null != 0;
  }

  // The sample.

  void choose_sample() {
    const Batch* batch = options_.sample.batch;
    if (!batch) return;
    const auto tests = static_cast<std::int64_t>(leaves_.size());
    const std::int64_t rows =
        std::min({options_.sample.rows, batch->rows, SampleBudget / std::max<std::int64_t>(tests, 1)});
    if (rows < std::min(FewestRows, batch->rows) || tests < 1) return;
    sample_rows_ = rows;
  }

  void judge_leaf(NodeId node) {
    Known& known = known_[node.value];
    const auto dictionary = decisions_.dictionaries.find(node.value);
    known.cost = dictionary == decisions_.dictionaries.end() ? tree_cost(node) : LookupCost;
    known.selectivity = is_connective(e_, node) ? 0.2 : guessed_selectivity(e_, node);
    if (dictionary != decisions_.dictionaries.end()) {
      known.note = "tested once for each entry of the dictionary";
      if (options_.sample.batch) {
        const ColumnData& data = options_.sample.batch->columns[dictionary->second.column.value - 1];
        known.note = "tested once for each of " + std::to_string(data.dictionary_size) + " entries";
      }
    } else if (decisions_.prefixes.contains(node.value)) {
      known.note = "merged " + std::to_string(e_.operands(node).size()) + " prefixes";
      known.cost = 3;
    } else if (e_[node].kind == NodeKind::In && e_[node].count > 2) {
      known.note = std::to_string(e_[node].count - 1) + " values";
    }
    if (e_[node].raises) known.note += known.note.empty() ? "not moved: may raise" : "; not moved: may raise";
    if (sample_rows_ != 0) sample_leaf(node, known);
  }

  void sample_leaf(NodeId node, Known& known) {
    Decisions decisions;
    if (auto prefixes = decisions_.prefixes.find(node.value); prefixes != decisions_.prefixes.end()) {
      decisions.prefixes.insert(*prefixes);
    }
    auto program = emit(e_, node, Wanted::Value, decisions, objects_);
    if (!program) return;
    const InterpretedProgram interpreted(*program);
    std::vector<std::uint8_t> pass(static_cast<std::size_t>(sample_rows_));
    // Rows that raise do not pass; if many do, the sample is of no use.
    int faults = 0;
    for (std::int64_t row = 0; row != sample_rows_; scope_.reset()) {
      row = interpret_filter(interpreted, options_.sample.batch->columns.data(), scope_.scope(), nullptr, row,
                             sample_rows_, pass.data() + row);
      if (row != sample_rows_) pass[static_cast<std::size_t>(row++)] = 0;
      if (scope_.scope().fault != Fault::None && ++faults > MostFaults) return;
    }
    known.bits.assign(static_cast<std::size_t>(sample_rows_ + 63) / 64, 0);
    for (std::size_t row = 0; row != pass.size(); ++row) {
      known.bits[row / 64] |= static_cast<std::uint64_t>(pass[row]) << row % 64;
    }
    known.selectivity = fraction(count_of(known.bits), sample_rows_);
  }

  /// Never 0 or 1: a sample cannot tell that.
  static double fraction(std::int64_t some, std::int64_t all) {
    return (static_cast<double>(some) + 0.5) / (static_cast<double>(all) + 1);
  }

  /// Operands that stand for themselves; shared ones count again.
  double tree_cost(NodeId node) {
    while (costs_.size() <= node.value) {
      const NodeId next(static_cast<std::uint32_t>(costs_.size()));
      double cost = 0;
      if (next) {
        cost = operation_cost(e_, next);
        for (NodeId operand : e_.operands(next)) cost += costs_[operand.value];
      }
      costs_.push_back(std::min(cost, 1e9));
    }
    return costs_[node.value];
  }

  // The order.

  void judge_connective(NodeId node) {
    Known& known = known_[node.value];
    const bool is_and = e_[node].kind == NodeKind::And;
    std::vector<NodeId> operands = known.operands;
    if (options_.reorder) {
      for (std::size_t begin = 0; begin < operands.size();) {
        std::size_t end = begin;
        while (end < operands.size() && !e_[operands[end]].raises) ++end;
        sort_run({operands.data() + begin, end - begin}, is_and);
        begin = end + 1;
      }
    }
    known.moved = operands != known.operands;
    known.operands = operands;
    // What it all costs, and lets pass.
    double reach = 1;
    bool sampled = true;
    for (NodeId operand : operands) {
      const Known& other = known_[operand.value];
      known.cost += reach * other.cost;
      reach *= is_and ? other.selectivity : 1 - other.selectivity;
      sampled &= !other.bits.empty();
    }
    known.selectivity = is_and ? reach : 1 - reach;
    if (sampled) {
      known.bits = known_[operands[0].value].bits;
      for (NodeId operand : operands) combine(known.bits, known_[operand.value].bits, is_and);
      known.selectivity = fraction(count_of(known.bits), sample_rows_);
    }
    decisions_.order.insert_or_assign(node.value, std::move(operands));
  }

  static void combine(Bits& into, const Bits& bits, bool is_and) {
    for (std::size_t i = 0; i != into.size(); ++i) into[i] = is_and ? into[i] & bits[i] : into[i] | bits[i];
  }

  static double rank(double cost, double selectivity, bool is_and) {
    return cost / std::max(is_and ? 1 - selectivity : selectivity, 1e-6);
  }

  void sort_run(std::span<NodeId> run, bool is_and) {
    if (run.size() < 2) return;
    const bool sampled = std::ranges::all_of(run, [&](NodeId node) { return !known_[node.value].bits.empty(); });
    if (!sampled || run.size() > LongestDependent) {
      std::ranges::stable_sort(run, {}, [&](NodeId node) {
        const Known& known = known_[node.value];
        return rank(known.cost, known.selectivity, is_and);
      });
      return;
    }
    // The next one is always the best for the rows that are left.
    Bits left = all_rows();
    for (std::size_t next = 0; next != run.size(); ++next) {
      const std::int64_t rows = count_of(left);
      std::size_t best = next;
      double least = 0;
      for (std::size_t i = next; i != run.size(); ++i) {
        const Known& known = known_[run[i].value];
        const double selectivity = rows >= 16 ? fraction(count_common(left, known.bits), rows) : known.selectivity;
        const double value = rank(known.cost, selectivity, is_and);
        if (i == next || value < least) {
          best = i;
          least = value;
        }
      }
      std::rotate(run.begin() + static_cast<std::ptrdiff_t>(next), run.begin() + static_cast<std::ptrdiff_t>(best),
                  run.begin() + static_cast<std::ptrdiff_t>(best) + 1);
      narrow(left, known_[run[next].value].bits, is_and);
    }
  }

  Bits all_rows() const {
    Bits bits(static_cast<std::size_t>(sample_rows_ + 63) / 64, ~std::uint64_t{0});
    if (sample_rows_ % 64 != 0) bits.back() = (std::uint64_t{1} << sample_rows_ % 64) - 1;
    return bits;
  }

  /// To the rows that go on to the next test.
  static void narrow(Bits& left, const Bits& bits, bool is_and) {
    for (std::size_t i = 0; i != left.size(); ++i) left[i] &= is_and ? bits[i] : ~bits[i];
  }

  // What to tell of it.

  void explain(NodeId root) {
    struct Visit {
      NodeId node;
      unsigned depth;
      Bits reached;  // empty: not known
    };
    std::vector<Visit> stack;
    stack.push_back({root, 0, sample_rows_ != 0 ? all_rows() : Bits()});
    while (!stack.empty() && tests_.size() < MostExplained) {
      const Visit visit = std::move(stack.back());
      stack.pop_back();
      const Known& known = known_[visit.node.value];
      PlannedTest test;
      test.node = visit.node;
      test.depth = visit.depth;
      test.cost = known.cost;
      test.note = known.note;
      if (!visit.reached.empty() && !known.bits.empty()) {
        const std::int64_t rows = count_of(visit.reached);
        if (rows != 0) {
          test.selectivity = static_cast<double>(count_common(visit.reached, known.bits)) / static_cast<double>(rows);
        }
      }
      const std::vector<NodeId>& operands = known.operands;
      if (operands.empty()) {
        test.text = to_string(e_, visit.node);
      } else {
        const bool is_and = e_[visit.node].kind == NodeKind::And;
        test.text = (is_and ? "all of " : "any of ") + std::to_string(operands.size());
        if (known.moved) test.note = "reordered";
        push_operands(stack, operands, visit.depth + 1, visit.reached, is_and);
      }
      tests_.push_back(std::move(test));
    }
  }

  template <class Stack>
  void push_operands(Stack& stack, const std::vector<NodeId>& operands, unsigned depth, Bits reached, bool is_and) {
    const std::size_t first = stack.size();
    for (NodeId operand : operands) {
      if (stack.size() - first > MostExplained) break;
      stack.push_back({operand, depth, reached});
      const Bits& bits = known_[operand.value].bits;
      if (bits.empty()) {
        reached.clear();
      } else if (!reached.empty()) {
        narrow(reached, bits, is_and);
      }
    }
    std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
  }

  Expressions& e_;
  const PlanOptions& options_;
  PreparedObjects& objects_;
  Decisions decisions_;
  std::vector<PlannedTest> tests_;
  std::unordered_map<std::uint32_t, Known> known_;
  std::vector<NodeId> leaves_, connectives_;
  std::vector<std::uint32_t> reads_;  // by node
  std::vector<double> costs_;         // by node
  std::shared_ptr<const Schema> entries_schema_, nulls_schema_;
  std::int64_t sample_rows_ = 0;
  ScopeOwner scope_;
};

}  // namespace

Ordered order_tests(Expressions& expressions, NodeId condition, const PlanOptions& options, PreparedObjects& objects) {
  return Planner(expressions, options, objects).run(condition);
}

}  // namespace inlay::filter
