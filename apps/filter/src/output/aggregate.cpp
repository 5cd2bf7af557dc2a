// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/aggregate.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <compare>
#include <cstring>
#include <limits>
#include <numeric>

namespace inlay::filter {

namespace {

bool is_null(const Values& values, std::size_t row) { return !values.nulls.empty() && values.nulls[row] != 0; }

// One bit pattern for each number that is equal to itself: groups are found by bytes.
double canonical(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value == 0 ? 0.0 : value;
}

std::int64_t bits_of(const Values& values, std::size_t row) {
  return values.type == Type::Boolean ? values.booleans[row] : values.integers[row];
}

// A byte for NULL or not, then 8 bytes, or the size and the characters.
void encode(std::string& out, bool null, Type type, std::int64_t bits, double real, std::string_view text) {
  out += null ? '\1' : '\0';
  if (null) return;
  if (type == Type::Text) bits = static_cast<std::int64_t>(text.size());
  if (type == Type::Real) bits = std::bit_cast<std::int64_t>(canonical(real));
  char bytes[sizeof bits];
  std::memcpy(bytes, &bits, sizeof bits);
  out.append(bytes, sizeof bits);
  if (type == Type::Text) out += text;
}

void encode(std::string& out, const Values& values, std::size_t row) {
  const bool null = is_null(values, row);
  if (values.type == Type::Text)
    encode(out, null, values.type, 0, 0, values.texts[row]);
  else if (values.type == Type::Real)
    encode(out, null, values.type, 0, values.reals[row], {});
  else
    encode(out, null, values.type, bits_of(values, row), 0, {});
}

Value decode(Type type, std::string_view& from) {
  Value value = Value::null_of(type);
  value.null = from[0] != '\0';
  from.remove_prefix(1);
  if (value.null) return value;
  std::memcpy(&value.bits, from.data(), sizeof value.bits);
  from.remove_prefix(sizeof value.bits);
  if (type == Type::Text) {
    const auto size = static_cast<std::size_t>(std::exchange(value.bits, 0));
    value.text = from.substr(0, size);
    from.remove_prefix(size);
  } else if (type == Type::Real) {
    value.real = std::bit_cast<double>(std::exchange(value.bits, 0));
  }
  return value;
}

// A total order: NaN last, and -0.0 before 0.0.
std::strong_ordering compare(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) <=> std::isnan(b);
  if (a == b) return std::signbit(b) <=> std::signbit(a);
  return a < b ? std::strong_ordering::less : std::strong_ordering::greater;
}

std::strong_ordering compare(const Value& a, const Value& b) {
  if (a.null || b.null) return a.null <=> b.null;
  if (a.type == Type::Text) return a.text.compare(b.text) <=> 0;
  return a.type == Type::Real ? compare(a.real, b.real) : a.bits <=> b.bits;
}

bool better(AggregateKind kind, std::strong_ordering order) {
  return kind == AggregateKind::Minimum ? order < 0 : order > 0;
}

// The first value, or one that is better.
void add_extreme(AggregateState& state, AggregateKind kind, const Values& values, std::size_t row) {
  Value& best = state.extreme;
  const bool first = best.null;
  switch (values.type) {
    case Type::Text: {
      const std::string_view text = values.texts[row];
      if (first || better(kind, text.compare(best.text) <=> 0)) best.text = text;
      break;
    }
    case Type::Real:
      if (first || better(kind, compare(values.reals[row], best.real))) best.real = values.reals[row];
      break;
    default:
      if (first || better(kind, bits_of(values, row) <=> best.bits)) best.bits = bits_of(values, row);
      break;
  }
  best.type = values.type;
  best.null = false;
}

// The same as with add_values(), many at once.
void add_reals(AggregateState& state, const Values& values, std::size_t rows) {
  const std::span<const double> reals = std::span(values.reals).first(rows);
  if (values.nulls.empty() || !std::memchr(values.nulls.data(), 1, rows)) {
    state.count += static_cast<std::int64_t>(rows);
    state.reals.add(reals);
    return;
  }
  std::array<double, 2048> some;
  for (std::size_t row = 0; row < rows;) {
    std::size_t count = 0;
    for (; row < rows && count < some.size(); ++row) {
      some[count] = reals[row];
      count += values.nulls[row] == 0;
    }
    state.count += static_cast<std::int64_t>(count);
    state.reals.add(std::span(some).first(count));
  }
}

// `state_of(row)` is where the row's value goes.
template <class StateOf>
void add_values(const Aggregate& aggregate, const Values& values, std::size_t rows, StateOf state_of) {
  const auto each = [&](auto use) {
    for (std::size_t row = 0; row < rows; ++row) {
      if (is_null(values, row)) continue;
      AggregateState& state = state_of(row);
      ++state.count;
      use(state, row);
    }
  };
  switch (aggregate.kind) {
    case AggregateKind::Rows:
      for (std::size_t row = 0; row < rows; ++row) ++state_of(row).count;
      break;
    case AggregateKind::Count:
      each([](AggregateState&, std::size_t) {});
      break;
    case AggregateKind::Sum:
    case AggregateKind::Average:
      if (values.type == Type::Real)
        each([&](AggregateState& state, std::size_t row) { state.reals.add(values.reals[row]); });
      else
        each([&](AggregateState& state, std::size_t row) { state.integers += values.integers[row]; });
      break;
    case AggregateKind::Minimum:
    case AggregateKind::Maximum:
      each([&](AggregateState& state, std::size_t row) { add_extreme(state, aggregate.kind, values, row); });
      break;
  }
}

void merge_into(const Aggregate& aggregate, AggregateState& state, const AggregateState& other) {
  state.count += other.count;
  state.integers += other.integers;
  state.reals.add(other.reals);
  const bool extreme = aggregate.kind == AggregateKind::Minimum || aggregate.kind == AggregateKind::Maximum;
  if (extreme && !other.extreme.null &&
      (state.extreme.null || better(aggregate.kind, compare(other.extreme, state.extreme))))
    state.extreme = other.extreme;
}

}  // namespace

Result<void> check(const Aggregate& aggregate) {
  const bool sums = aggregate.kind == AggregateKind::Sum || aggregate.kind == AggregateKind::Average;
  if (sums && aggregate.type != Type::Integer && aggregate.type != Type::Real)
    return Error(ErrorKind::InvalidProgram, "'" + aggregate.name + "' is of numbers, and this is " +
                                                std::string(to_string(aggregate.type)) +
                                                "; min, max and count take any type");
  return {};
}

std::string to_string(Integer128 number) {
  if (number == 0) return "0";
  const bool negative = number < 0;
  std::string digits;
  for (; number != 0; number /= 10) {
    const int digit = static_cast<int>(number % 10);
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

AggregateResult result_of(const Aggregate& aggregate, const AggregateState& state) {
  const auto real_sum = [&] {
    return aggregate.type == Type::Real ? state.reals.value() : static_cast<double>(state.integers);
  };
  switch (aggregate.kind) {
    case AggregateKind::Rows:
    case AggregateKind::Count:
      return {.value = Value::of(state.count), .large = {}};
    case AggregateKind::Sum:
      if (state.count == 0) return {.value = Value::null_of(aggregate.type), .large = {}};
      if (aggregate.type == Type::Real) return {.value = Value::of(real_sum()), .large = {}};
      return {.value = Value::of(static_cast<std::int64_t>(state.integers)), .large = to_string(state.integers)};
    case AggregateKind::Average:
      if (state.count == 0) return {.value = Value::null_of(Type::Real), .large = {}};
      return {.value = Value::of(real_sum() / static_cast<double>(state.count)), .large = {}};
    case AggregateKind::Minimum:
    case AggregateKind::Maximum:
      break;
  }
  return {.value = state.extreme.null ? Value::null_of(aggregate.type) : state.extreme, .large = {}};
}

Groups::Groups(const Aggregation& aggregation) : aggregation_(aggregation) {
  if (aggregation_.keys.empty()) group_of("");
}

std::uint32_t Groups::group_of(std::string_view encoded) {
  const auto known = numbers_.find(encoded);
  if (known != numbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(names_.size());
  const auto [added, fresh] = numbers_.emplace(encoded, number);
  names_.push_back(&added->first);
  states_.resize(states_.size() + aggregation_.aggregates.size());
  return number;
}

void Groups::add(std::span<const Values> keys, std::span<const Values> arguments, std::size_t rows) {
  const std::size_t width = aggregation_.aggregates.size();
  rows_.resize(keys.empty() ? 0 : rows);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    encoded_.clear();
    for (const Values& key : keys) encode(encoded_, key, row);
    rows_[row] = group_of(encoded_);
  }
  for (std::size_t i = 0; i < width; ++i) {
    const Aggregate& aggregate = aggregation_.aggregates[i];
    const bool sums = aggregate.kind == AggregateKind::Sum || aggregate.kind == AggregateKind::Average;
    if (keys.empty() && sums && arguments[i].type == Type::Real)
      add_reals(states_[i], arguments[i], rows);
    else if (keys.empty())
      add_values(aggregate, arguments[i], rows, [&](std::size_t) -> AggregateState& { return states_[i]; });
    else
      add_values(aggregate, arguments[i], rows,
                 [&](std::size_t row) -> AggregateState& { return states_[rows_[row] * width + i]; });
  }
}

void Groups::merge(const Groups& other) {
  const std::size_t width = aggregation_.aggregates.size();
  for (std::size_t group = 0; group < other.size(); ++group) {
    const std::size_t mine = group_of(*other.names_[group]);
    for (std::size_t i = 0; i < width; ++i)
      merge_into(aggregation_.aggregates[i], states_[mine * width + i], other.states_[group * width + i]);
  }
}

void Groups::merge(std::span<const Value> keys, std::span<const AggregateState> states) {
  std::string encoded;
  for (const Value& key : keys) encode(encoded, key.null, key.type, key.bits, key.real, key.text);
  const std::size_t mine = group_of(encoded);
  for (std::size_t i = 0; i < states.size(); ++i)
    merge_into(aggregation_.aggregates[i], states_[mine * states.size() + i], states[i]);
}

std::vector<Value> Groups::keys(std::uint32_t group) const {
  std::string_view encoded = *names_[group];
  std::vector<Value> values;
  for (const Key& key : aggregation_.keys) values.push_back(decode(key.type, encoded));
  return values;
}

std::span<const AggregateState> Groups::states(std::uint32_t group) const {
  const std::size_t width = aggregation_.aggregates.size();
  return std::span(states_).subspan(group * width, width);
}

std::vector<std::uint32_t> Groups::sorted() const {
  std::vector<std::vector<Value>> values;
  for (std::uint32_t group = 0; group < size(); ++group) values.push_back(keys(group));
  std::vector<std::uint32_t> order(size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t i = 0; i < aggregation_.keys.size(); ++i) {
      const std::strong_ordering order_of_keys = compare(values[a][i], values[b][i]);
      if (order_of_keys != 0) return order_of_keys < 0;
    }
    return false;
  });
  return order;
}

}  // namespace inlay::filter
