// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A value of Lox: its kind and its bits, side by side. Two words and no tag bits in one: then a compiler sees the kind
// of a sum apart from the sum, and finds by itself which variables of a loop are always numbers.
#pragma once

#include <bit>
#include <cstdint>

namespace lox {

struct Object;

enum class Kind : std::uint64_t {
  Undefined,  // a global that no declaration has reached yet; no program sees it
  Nil,
  Boolean,
  Number,
  Object,
};

struct Value {
  // Not initialized: frames have many, of which nothing is used before it is set.
  Kind kind;
  std::uint64_t bits;

  static Value nil() { return {Kind::Nil, 0}; }
  static Value undefined() { return {Kind::Undefined, 0}; }
  static Value boolean(bool value) { return {Kind::Boolean, value}; }
  static Value number(double value) { return {Kind::Number, std::bit_cast<std::uint64_t>(value)}; }
  static Value object(const Object* value) { return {Kind::Object, reinterpret_cast<std::uintptr_t>(value)}; }

  bool is_number() const { return kind == Kind::Number; }
  bool is_object() const { return kind == Kind::Object; }
  double as_number() const { return std::bit_cast<double>(bits); }
  Object* as_object() const { return reinterpret_cast<Object*>(bits); }

  /// The object, or null: what the collector wants to know.
  Object* object_or_null() const { return is_object() ? as_object() : nullptr; }

  /// Everything but nil and false.
  bool is_truthy() const { return kind != Kind::Nil && (kind != Kind::Boolean || bits != 0); }
};

}  // namespace lox
