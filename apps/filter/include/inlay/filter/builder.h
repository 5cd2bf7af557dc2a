// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Expressions written in C++:
//
//   Expressions expressions(schema);
//   NodeId adults = build(expressions, col("age") >= 30 && col("email").like("%@example.org")).value();
//   Filter filter = Filter::compile(std::move(expressions), adults).value();
//
// Values are values here, whatever they contain: nothing that comes from outside can change what an expression means.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlay/filter/expression.h"
#include "inlay/filter/type.h"
#include "inlay/filter/value.h"

namespace inlay::filter {

/// A part of an expression: an ordinary value, of no schema yet. Joining moves what is given away; in loops write
/// `all = std::move(all) || next`, or collect the terms and call any_of().
class Term {
 public:
  // Values. A text takes the place of a date or timestamp where one is wanted, as in the language.
  template <std::same_as<bool> B>
  Term(B value) : Term(Value::of(static_cast<bool>(value))) {}
  template <std::integral I>
    requires(!std::same_as<I, bool> && !std::same_as<I, char>)
  Term(I value) : Term(number(value)) {}
  template <std::floating_point R>
  Term(R value) : Term(Value::of(static_cast<double>(value))) {}
  Term(const char* text) : Term(Value::of(std::string(text))) {}
  Term(std::string_view text) : Term(Value::of(std::string(text))) {}
  Term(std::string text) : Term(Value::of(std::move(text))) {}
  Term(Date date) : Term(Value::of(date)) {}
  Term(Timestamp timestamp) : Term(Value::of(timestamp)) {}
  Term(std::chrono::sys_days day) : Term(Date{day.time_since_epoch().count()}) {}
  Term(std::chrono::sys_time<std::chrono::microseconds> time) : Term(Timestamp{time.time_since_epoch().count()}) {}
  Term(const Value& value);  // a NULL has its type here

  // Tests.
  Term like(std::string_view pattern) const;
  Term like(std::string_view pattern, std::string_view escape) const;
  Term ilike(std::string_view pattern) const;
  Term ilike(std::string_view pattern, std::string_view escape) const;
  Term matches(std::string_view regular_expression) const;
  Term between(const Term& low, const Term& high) const;
  /// Of no values: false, or NULL where this is.
  Term in(std::span<const Term> values) const;
  Term in(std::initializer_list<Term> values) const { return in(std::span(values.begin(), values.size())); }
  Term is_null() const;
  Term is_not_null() const;
  Term is_true() const;
  Term is_false() const;
  Term is_distinct_from(const Term& other) const;
  /// The value as another type; what cannot be converted raises.
  Term cast(Type type) const;

  friend Term operator==(Term a, const Term& b) { return infix(std::move(a), " = ", b); }
  friend Term operator!=(Term a, const Term& b) { return infix(std::move(a), " <> ", b); }
  friend Term operator<(Term a, const Term& b) { return infix(std::move(a), " < ", b); }
  friend Term operator<=(Term a, const Term& b) { return infix(std::move(a), " <= ", b); }
  friend Term operator>(Term a, const Term& b) { return infix(std::move(a), " > ", b); }
  friend Term operator>=(Term a, const Term& b) { return infix(std::move(a), " >= ", b); }
  friend Term operator+(Term a, const Term& b) { return infix(std::move(a), " + ", b); }
  friend Term operator-(Term a, const Term& b) { return infix(std::move(a), " - ", b); }
  friend Term operator*(Term a, const Term& b) { return infix(std::move(a), " * ", b); }
  friend Term operator/(Term a, const Term& b) { return infix(std::move(a), " / ", b); }
  friend Term operator%(Term a, const Term& b) { return infix(std::move(a), " % ", b); }
  friend Term operator-(const Term& a);
  friend Term operator&&(Term a, const Term& b) { return joined(std::move(a), Kind::And, b); }
  friend Term operator||(Term a, const Term& b) { return joined(std::move(a), Kind::Or, b); }
  friend Term operator!(const Term& a);

  /// What it says in the language, for people.
  const std::string& text() const { return text_; }

 private:
  friend Term col(std::string_view name);
  friend Term call(std::string_view function, std::span<const Term> arguments);
  friend Term concat(const Term& a, const Term& b);
  friend Term all_of(std::span<const Term> terms);
  friend Term any_of(std::span<const Term> terms);
  friend class CaseTerm;

  enum class Kind : std::uint8_t { And, Or, Other, Primary };  // what needs no parentheses where

  Term(std::string text, Kind kind) : text_(std::move(text)), kind_(kind) {}
  static Value number(std::integral auto value) {
    // An integer that does not fit is a real: comparisons with it come out right.
    if (!std::in_range<std::int64_t>(value)) return Value::of(static_cast<double>(value));
    return Value::of(static_cast<std::int64_t>(value));
  }
  std::string operand() const;
  Term followed_by(std::string_view text) const;
  static Term infix(Term a, std::string_view sign, const Term& b);
  static Term joined(Term a, Kind kind, const Term& b);

  std::string text_;
  Kind kind_ = Kind::Other;
};

/// A column, by its name in the schema.
Term col(std::string_view name);
/// A function of the registry: `call("lower", {col("name")})`.
Term call(std::string_view function, std::span<const Term> arguments);
inline Term call(std::string_view function, std::initializer_list<Term> arguments) {
  return call(function, std::span(arguments.begin(), arguments.size()));
}
/// Texts joined, as `||` does it.
Term concat(const Term& a, const Term& b);
/// True if there are none.
Term all_of(std::span<const Term> terms);
/// False if there are none.
Term any_of(std::span<const Term> terms);

/// CASE: `when(col("age") < 18, "minor").when(col("age") < 65, "adult").otherwise("senior")`.
class CaseTerm {
 public:
  CaseTerm when(const Term& condition, const Term& value) &&;
  Term otherwise(const Term& value) &&;
  /// NULL, if no condition holds.
  Term otherwise_null() &&;

 private:
  friend CaseTerm when(const Term& condition, const Term& value);
  explicit CaseTerm(std::string text) : text_(std::move(text)) {}
  std::string text_;
};
CaseTerm when(const Term& condition, const Term& value);

/// The node that the same expression as text gives. Errors: those of parse(), which point into term.text().
Result<NodeId> build(Expressions& expressions, const Term& term);

}  // namespace inlay::filter
