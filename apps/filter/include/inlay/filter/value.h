// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One value with its type, for constants, results and tests. Kernels have no use for it.
#pragma once

#include <cstdint>
#include <string>

#include "inlay/filter/type.h"

namespace inlay::filter {

/// A value that owns its text, or NULL of a type.
struct Value {
  Type type = Type::Boolean;
  bool null = true;
  std::int64_t bits = 0;  // Boolean 0 or 1, Integer, Date's days, Timestamp's microseconds
  double real = 0;
  std::string text = {};

  static Value null_of(Type type) { return {.type = type}; }
  static Value of(bool value) { return {.type = Type::Boolean, .null = false, .bits = value}; }
  static Value of(std::int64_t value) { return {.type = Type::Integer, .null = false, .bits = value}; }
  static Value of(double value) { return {.type = Type::Real, .null = false, .real = value}; }
  static Value of(std::string value) { return {.type = Type::Text, .null = false, .text = std::move(value)}; }
  static Value of(Date value) { return {.type = Type::Date, .null = false, .bits = value.days}; }
  static Value of(Timestamp value) { return {.type = Type::Timestamp, .null = false, .bits = value.microseconds}; }

  /// The same bits (so NaN equals NaN, 0.0 differs from -0.0): what the interning of expressions asks.
  friend bool operator==(const Value& a, const Value& b);
};

/// As the language would write it: `'O''Brien'`, `date '2024-02-29'`, `2.5`, `null`. It reads back as the same value.
std::string to_string(const Value& value);

}  // namespace inlay::filter
