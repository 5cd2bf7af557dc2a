// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Trees made at random, whatever the parser would make of texts: each is printed and read back.
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>

#include "inlay/filter/expression.h"
#include "language/test_registry.h"

namespace inlay::filter {
namespace {

class Trees {
 public:
  Trees(Expressions& expressions, std::uint64_t seed) : expressions_(expressions), random_(seed) {}

  NodeId make(Type type, int depth) {
    if (depth == 0 || below(8) == 0) return leaf(type);
    if (type == Type::Boolean && below(3) > 0) return test(depth - 1);
    if (below(8) == 0) {
      std::vector<NodeId> operands;
      for (std::size_t whens = 1 + below(3); whens > 0; --whens) {
        operands.push_back(make(Type::Boolean, depth - 1));
        operands.push_back(make(type, depth - 1));
      }
      operands.push_back(make(type, depth - 1));
      return expressions_.add_case(operands);
    }
    return call(type, depth - 1);
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool flip() { return below(2) == 0; }

  Value value(Type type) {
    if (below(10) == 0) return Value::null_of(type);
    switch (type) {
      case Type::Boolean:
        return Value::of(flip());
      case Type::Integer: {
        constexpr std::int64_t Values[] = {
            0, 1, -1, 7, -300, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
        return Value::of(Values[below(std::size(Values))]);
      }
      case Type::Real: {
        const double values[] = {0.0,
                                 -0.0,
                                 1,
                                 -2.5,
                                 1e300,
                                 5e-324,
                                 1.0 / 3,
                                 std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()};
        return Value::of(values[below(std::size(values))]);
      }
      case Type::Text: {
        const char* const texts[] = {"",   "a",        "it's", "2024-02-29", "\"",      "--",
                                     "12", "\xff\xc3", "null", "a\nb",       "\xc3\xa4"};
        return Value::of(std::string(texts[below(std::size(texts))]));
      }
      case Type::Date:
        return Value::of(Date{static_cast<std::int64_t>(below(4'000'000)) - 2'000'000});
      case Type::Timestamp:
        return Value::of(Timestamp{(static_cast<std::int64_t>(random_() >> 2) - (std::int64_t{1} << 61)) / 20});
    }
    return {};
  }

  NodeId leaf(Type type) {
    for (int tries = 0; tries < 4; ++tries) {
      const ColumnId column(1 + static_cast<std::uint32_t>(below(expressions_.schema().size())));
      if (expressions_.schema()[column].type == type) return expressions_.add_column(column);
    }
    return expressions_.add_constant(value(type));
  }

  NodeId test(int depth) {
    std::vector<NodeId> operands;
    switch (below(6)) {
      case 0:
      case 1: {
        for (std::size_t count = 2 + below(3); count > 0; --count) operands.push_back(make(Type::Boolean, depth));
        return flip() ? expressions_.add_and(operands) : expressions_.add_or(operands);
      }
      case 2:
        return expressions_.add_not(make(Type::Boolean, depth));
      case 3:
        return expressions_.add_is_null(make(any_type(), depth));
      case 4: {
        const Type type = any_type();
        for (std::size_t count = 1 + below(3); count > 0; --count)
          operands.push_back(expressions_.add_constant(value(type)));
        return expressions_.add_in(make(type, depth), operands);
      }
      default: {  // x IS TRUE, x IS FALSE
        NodeId x = make(Type::Boolean, depth);
        if (flip()) x = expressions_.add_not(x);
        const bool yes = flip();
        return expressions_.add_case(
            std::vector{x, expressions_.add_constant(Value::of(yes)), expressions_.add_constant(Value::of(!yes))});
      }
    }
  }

  /// A constant that the function can prepare; none if all that is tried here is refused.
  std::optional<NodeId> prepared(const FunctionTraits& traits) {
    for (const char* text : {"!a%", "month", "a"})
      if (const Value value = Value::of(std::string(text)); traits.prepare(value))
        return expressions_.add_constant(value);
    return std::nullopt;
  }

  NodeId call(Type type, int depth) {
    const Registry& registry = expressions_.registry();
    for (;;) {
      const FunctionId id(1 + static_cast<std::uint32_t>(below(registry.functions().size())));
      const Function& function = registry[id];
      if (function.result != type) continue;
      std::vector<NodeId> operands;
      for (std::size_t i = 0; i < function.parameters.size(); ++i) {
        if (function.traits.prepare == nullptr || function.traits.prepared != static_cast<int>(i)) {
          operands.push_back(make(function.parameters[i], depth));
        } else if (std::optional<NodeId> constant = prepared(function.traits)) {
          operands.push_back(*constant);
        }
      }
      if (operands.size() == function.parameters.size()) return expressions_.add_call(id, operands);
    }
  }

  Type any_type() { return static_cast<Type>(below(TypeCount)); }

  Expressions& expressions_;
  std::mt19937_64 random_;
};

void read_back(const Registry& registry) {
  const Schema schema = test_schema();
  std::size_t largest = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Expressions expressions(schema, registry);
    Trees trees(expressions, seed);
    const NodeId id = trees.make(static_cast<Type>(seed % TypeCount), 1 + static_cast<int>(seed % 5));
    const std::string text = to_string(expressions, id);
    largest = std::max(largest, text.size());
    Result<NodeId> again = parse(expressions, text);
    ASSERT_TRUE(again) << "seed " << seed << ": " << text << '\n' << again.error().to_string();
    ASSERT_EQ(*again, id) << "seed " << seed << ": " << text << "\nreads back as\n" << to_string(expressions, *again);
  }
  EXPECT_GT(largest, 1000u);
}

TEST(RoundTrip, of_random_trees) { read_back(test_registry()); }
TEST(RoundTrip, of_random_trees_of_the_standard_functions) { read_back(Registry::standard()); }

}  // namespace
}  // namespace inlay::filter
