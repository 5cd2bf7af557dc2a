// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operations of the language, each of them one precompiled C++ function: the interpreter calls it, compiled kernels
// inline its body. A user's own functions are added in the same way:
//
//   extern "C" std::int64_t discount(std::int64_t cents, std::int64_t percent) {
//     return cents - cents * percent / 100;
//   }
//
// in a source of a runtime (inlay_add_runtime in CMake), and where filters are compiled
//
//   Registry functions = Registry::standard();
//   INLAY_FILTER_FUNCTION(functions, "discount", discount, {.cost = 3});
//   Filter::compile(schema, "discount(price, 10) < 500", {.functions = &functions});
//
// Functions are declared extern "C" and named as their symbol. docs/guide/filter-library.md has it whole.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "inlay/filter/scope.h"
#include "inlay/filter/type.h"
#include "inlay/filter/value.h"
#include "inlay/id.h"
#include "inlay/result.h"

namespace inlay::filter {

struct FunctionTag;
using FunctionId = inlay::Id<FunctionTag>;

/// A value in the interpreter.
struct Slot {
  union {
    std::int64_t bits;  // Integer, Date, Timestamp; Boolean as 0 or 1
    double real;
    Text text;
  };
  bool null = false;

  Slot() : bits(0) {}
};

enum class Nulls : std::uint8_t {
  Strict,  // NULL if an argument is NULL: the function is not called then
  /// Called always: each argument is followed by a `bool` that tells whether it is NULL (the argument is 0, false or an
  /// empty text then), and all by a `bool*` in which the function says whether its result is.
  Handled,
};

/// What the optimizer knows of a function.
struct FunctionTraits {
  double cost = 1;  // nanoseconds on a usual argument, roughly; sets the first order of tests
  /// Takes a Scope& first, and may report a fault: is not moved across other tests. True of whatever takes a Scope&,
  /// unless it says that it allocates.
  bool raises = false;
  /// Takes a Scope& first, for allocate(). Without `raises` it may be moved, and the only fault it may report is that
  /// memory is not to be had: whoever runs a kernel looks at scope.fault once more at the end.
  bool allocates = false;
  Nulls nulls = Nulls::Strict;  // Handled of whatever ends with a bool*
  /// Where this argument is a constant, the function gets, in place of it, the `const void*` that this makes of it
  /// once. (A regular expression: compiled.) A function with `prepare` is only called so; the constant is never NULL.
  Result<std::shared_ptr<const void>> (*prepare)(const Value& constant) = nullptr;
  int prepared = -1;  // which argument: the one that the function takes as a const void*
};

struct Function {
  std::string name;  // as the language calls it, lower case; operators by their sign: `+`, `like`
  std::vector<Type> parameters = {};
  Type result = Type::Boolean;
  std::string symbol;  // of its body
  FunctionTraits traits;
  /// Calls it natively, with the arguments that are not prepared, in order. Not called for NULLs if Strict.
  void (*call)(Scope& scope, const Slot* const* arguments, const void* prepared, Slot& result) = nullptr;
  std::string refusal = {};  // why no expression may call it: its traits are not those of its C++ function
};

/// The functions by number and by name. Overloads have one name; equal parameters replace what was there.
class Registry {
 public:
  /// What the language brings along.
  static const Registry& standard();

  FunctionId add(Function function);
  const Function& operator[](FunctionId id) const { return functions_[id.value - 1]; }
  std::span<const Function> functions() const { return functions_; }
  /// As a type given to find(): a NULL literal, which suits every parameter.
  static constexpr Type AnyType = Type{255};
  /// The overload for these types: exact, or the one that the fewest conversions reach (Integer to Real, Date to
  /// Timestamp; AnyType to anything). None, or the ids of those that are equally near.
  std::vector<FunctionId> find(std::string_view name, std::span<const Type> types) const;
  bool has(std::string_view name) const;

 private:
  std::vector<Function> functions_;
};

namespace detail {

template <class T>
T from_slot(const Slot& slot) {
  if constexpr (std::is_same_v<T, double>) {
    return slot.real;
  } else if constexpr (std::is_same_v<T, Text>) {
    return slot.text;
  } else if constexpr (std::is_same_v<T, bool>) {
    return slot.bits != 0;
  } else if constexpr (std::is_same_v<T, Date>) {
    return Date{slot.bits};
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    return Timestamp{slot.bits};
  } else {
    return slot.bits;
  }
}

inline void to_slot(Slot& slot, bool value) { slot.bits = value; }
inline void to_slot(Slot& slot, std::int64_t value) { slot.bits = value; }
inline void to_slot(Slot& slot, double value) { slot.real = value; }
inline void to_slot(Slot& slot, Text value) { slot.text = value; }
inline void to_slot(Slot& slot, Date value) { slot.bits = value.days; }
inline void to_slot(Slot& slot, Timestamp value) { slot.bits = value.microseconds; }

}  // namespace detail

}  // namespace inlay::filter

#include "inlay/filter/function_inl.h"
