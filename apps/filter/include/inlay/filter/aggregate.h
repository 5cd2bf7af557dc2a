// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// count, sum, avg, min and max of groups of rows, in parts that can be merged in any order with the same result. Keys
// and arguments are what projections yield for the rows that a filter let pass.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "inlay/filter/exact_sum.h"
#include "inlay/filter/filter.h"
#include "inlay/filter/value.h"
#include "inlay/result.h"

namespace inlay::filter {

enum class AggregateKind : std::uint8_t {
  Rows,     // count(*)
  Count,    // of values that are not NULL, as all the others
  Sum,      // of integers: exact, however large; of reals: rounded once (exact_sum.h). NULL of no values
  Average,  // a real: the sum, rounded, by the count
  Minimum,  // -0.0 is less than 0.0 here, so that it does not matter which came first
  Maximum,
};

struct Aggregate {
  AggregateKind kind = AggregateKind::Rows;
  Type type = Type::Integer;  // of the values
  std::string name;           // of the column of results

  friend bool operator==(const Aggregate&, const Aggregate&) = default;
};

struct Key {
  Type type = Type::Text;
  std::string name;

  friend bool operator==(const Key&, const Key&) = default;
};

/// What is computed. Without keys all rows are one group, which is there even if there are no rows.
struct Aggregation {
  std::vector<Key> keys;
  std::vector<Aggregate> aggregates;

  friend bool operator==(const Aggregation&, const Aggregation&) = default;
};

/// An error (InvalidProgram) if there is no such aggregate: the sum of a text.
Result<void> check(const Aggregate& aggregate);

__extension__ using Integer128 = __int128;
std::string to_string(Integer128 number);

/// What is known of the values of one aggregate in one group.
struct AggregateState {
  std::int64_t count = 0;
  Integer128 integers = 0;
  ExactSum reals;
  Value extreme;  // NULL: none yet
};

/// What comes out: the value, or a number that 64 bits may not hold.
struct AggregateResult {
  Value value;
  std::string large;  // an integer's digits, in place of the value
};
AggregateResult result_of(const Aggregate& aggregate, const AggregateState& state);

/// Groups and their states, of one thread.
class Groups {
 public:
  explicit Groups(const Aggregation& aggregation);
  Groups(Groups&&) = default;
  Groups& operator=(Groups&&) = default;

  /// Adds the first `rows` of these values: one Values for each key, then one for each aggregate (nothing is looked at
  /// for count(*)).
  void add(std::span<const Values> keys, std::span<const Values> arguments, std::size_t rows);
  void merge(const Groups& other);
  /// Adds a group's states to what is there.
  void merge(std::span<const Value> keys, std::span<const AggregateState> states);

  std::size_t size() const { return names_.size(); }
  std::vector<Value> keys(std::uint32_t group) const;
  std::span<const AggregateState> states(std::uint32_t group) const;
  /// The groups by their keys, ascending; NULL comes last, as NaN does before it.
  std::vector<std::uint32_t> sorted() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::uint32_t group_of(std::string_view encoded);

  Aggregation aggregation_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;  // by encoded keys
  std::vector<const std::string*> names_;                                          // the encoded keys of each group
  std::vector<AggregateState> states_;                                             // of a group one after the other
  std::vector<std::uint32_t> rows_;                                                // the groups of rows being added
  std::string encoded_;
};

}  // namespace inlay::filter
