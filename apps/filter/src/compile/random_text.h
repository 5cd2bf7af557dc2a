// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: random expressions on the columns of a schema, as text.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "inlay/filter/schema.h"

namespace inlay::filter::testing {

class RandomText {
 public:
  RandomText(const Schema& schema, std::uint64_t seed) : schema_(schema), random_(seed) {}

  std::string expression(Type type, unsigned depth = 4) {
    if (depth == 0 || below(6) == 0) return below(3) == 0 ? literal(type) : column(type);
    switch (below(8)) {
      case 0:
        return "case when " + expression(Type::Boolean, depth - 1) + " then " + expression(type, depth - 1) + " else " +
               expression(type, depth - 1) + " end";
      case 1:
        return "coalesce(" + expression(type, depth - 1) + ", " + expression(type, depth - 1) + ")";
      default:
        break;
    }
    switch (type) {
      case Type::Boolean:
        return condition(depth);
      case Type::Integer:
        return number(depth, {" + ", " - ", " * ", " / ", " % "}, Type::Integer);
      case Type::Real:
        return number(depth, {" + ", " - ", " * ", " / "}, Type::Real);
      case Type::Text:
        return below(2) ? "(" + expression(Type::Text, depth - 1) + " || " + expression(Type::Text, depth - 1) + ")"
                        : pick({"lower(", "upper("}) + expression(Type::Text, depth - 1) + ")";
      case Type::Date:
      case Type::Timestamp:
        break;
    }
    return column(type);
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  std::string pick(std::vector<std::string> from) { return from[below(from.size())]; }
  Type any_type() { return static_cast<Type>(below(TypeCount)); }

  std::string column(Type type) {
    std::vector<std::string> names;
    for (const Column& column : schema_.columns())
      if (column.type == type) names.push_back(column.name);
    return names.empty() ? literal(type) : pick(names);
  }
  std::string literal(Type type) {
    switch (type) {
      case Type::Boolean:
        return pick({"true", "false"});
      case Type::Integer:
        return std::to_string(below(12));
      case Type::Real:
        return pick({"0.0", "1.5", "2.5", "1e300"});
      case Type::Text:
        return pick({"''", "'a'", "'ab'", "'b'", "'555'", "'12'"});
      case Type::Date:
        return pick({"date '2022-01-08'", "date '2022-02-17'"});
      case Type::Timestamp:
        return pick({"timestamp '2022-01-08 00:00:00'", "timestamp '2022-01-10 12:30:00'"});
    }
    return "null";
  }
  std::string number(unsigned depth, std::vector<std::string> operators, Type type) {
    if (type == Type::Integer && below(4) == 0) return "length(" + expression(Type::Text, depth - 1) + ")";
    if (below(5) == 0) return "abs(" + expression(type, depth - 1) + ")";
    return "(" + expression(type, depth - 1) + pick(std::move(operators)) + expression(type, depth - 1) + ")";
  }
  std::string condition(unsigned depth) {
    const Type type = any_type();
    switch (below(9)) {
      case 0:
        return "not (" + expression(Type::Boolean, depth - 1) + ")";
      case 1:
        return "(" + expression(type, depth - 1) + ") is " + pick({"null", "not null"});
      case 2:
        return expression(type, depth - 1) + " in (" + literal(type) + ", " + literal(type) + pick({"", ", null"}) +
               ")";
      case 3:
        return expression(Type::Text, depth - 1) + pick({" like 'a%'", " like '%b%'", " like '_b%'", " ~ 'a.?b'"});
      case 4:
        return pick({"starts_with(", "contains(", "ends_with("}) + expression(Type::Text, depth - 1) + ", 'a')";
      case 5:
      case 6:
        return "(" + expression(Type::Boolean, depth - 1) + pick({" and ", " or "}) +
               expression(Type::Boolean, depth - 1) + ")";
      default:
        return expression(type, depth - 1) + pick({" = ", " <> ", " < ", " <= ", " > ", " >= ", " is distinct from "}) +
               expression(type, depth - 1);
    }
  }

  const Schema& schema_;
  std::mt19937_64 random_;
};

}  // namespace inlay::filter::testing
