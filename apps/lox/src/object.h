// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What lives on the heap. Each object begins with its shape, a number that says all that code may want to know before
// it uses the object: of an instance, its class and where its fields are; of a closure, its function; of a class, which
// one. So one comparison guards everything that was found out about a shape before. Shapes are never used again.
#pragma once

#include "value.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lox {

struct Function;
class Vm;

using Shape = std::uint32_t;
constexpr Shape no_shape = 0;
constexpr Shape string_shape = 1;
constexpr Shape box_shape = 2;
constexpr Shape bound_method_shape = 3;
constexpr Shape native_shape = 4;
constexpr Shape first_free_shape = 5;

enum class Type : std::uint8_t { Free, String, Box, Closure, Class, Instance, BoundMethod, Native };

struct Object {
  Shape shape;
  Type type;
  bool marked;
  std::uint8_t size_class;  // of its cell; 0: large
};

/// Text. Short strings are interned, and so are all constants, names among them: equal ones are one object.
struct String : Object {
  std::uint32_t length;
  std::uint32_t hash;
  char data[];

  std::string_view text() const { return {data, length}; }
};

/// A captured variable.
struct Box : Object {
  Value value;
};

struct Class;

struct Closure : Object {
  const Function* function;
  Class* home;  // of methods and what is nested in them: the class that declares the method
  Box* captured[];
};

/// How instances come to their fields: a tree that begins with no field and has a branch for each field that is set
/// next.
struct Layout {
  Shape shape;
  Class* owner;
  const Layout* parent;     // null: no fields
  const String* name;       // of the last field
  std::uint32_t count = 0;  // of fields
  std::unordered_map<const String*, Layout*> next = {};
};

/// What is declared of a class does not change: its methods, inherited ones among them. What its instances teach it
/// does: their layouts, which it owns, and how much room they need.
struct Class : Object {
  String* name = nullptr;
  Class* superclass = nullptr;
  Closure* initializer = nullptr;
  std::uint32_t capacity = 0;  // for fields, of instances that are made from now on
  std::vector<Closure*> methods = {};
  std::unordered_map<const String*, std::uint32_t> method_indices = {};
  std::vector<std::unique_ptr<Layout>> layouts = {};  // the first one has no fields
};

struct Instance : Object {
  std::uint32_t capacity;  // of `fields`
  Class* owner;
  Value* fields;  // `own`, until they no longer fit
  Value own[];
};

struct BoundMethod : Object {
  Value receiver;
  Closure* method;
};

struct Native : Object {
  Value (*function)(Vm& vm, const Value* arguments);
  int arity;
};

template <class T>
T* as(Value value) {
  return static_cast<T*>(value.as_object());
}
/// no_shape if it is no object.
inline Shape shape_of(Value value) { return value.is_object() ? value.as_object()->shape : no_shape; }
inline bool is(Value value, Type type) { return value.is_object() && value.as_object()->type == type; }

}  // namespace lox
