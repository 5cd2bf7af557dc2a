// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C++ types as plain data, so that code behind the library's border can build calls of the C++ calling convention.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace inlay::detail {

enum class ValueClass : std::uint8_t { Bool, Signed, Unsigned, Float, Pointer, Object };

/// A parameter's type. References are Pointers: that is how they are passed.
struct ValueType {
  ValueClass value_class = ValueClass::Pointer;
  std::uint32_t size = sizeof(void*);
  bool trivial = true;  // an Object that may be passed in registers
};

template <class T>
constexpr bool is_scalar_value = (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_pointer_v<T>) &&
                                 !std::is_same_v<T, __int128> && !std::is_same_v<T, unsigned __int128>;

/// The Itanium C++ ABI's rule (3.1.1): a class is passed by its value if every copy and move constructor is trivial or
/// deleted, not all are deleted, and its destructor is trivial.
template <class T>
constexpr bool travels_in_registers =
    (!std::is_copy_constructible_v<T> || std::is_trivially_copy_constructible_v<T>) &&
    (!std::is_move_constructible_v<T> || std::is_trivially_move_constructible_v<T>) &&
    (std::is_copy_constructible_v<T> || std::is_move_constructible_v<T>) && std::is_trivially_destructible_v<T>;

template <class T>
constexpr ValueType value_type() {
  if constexpr (std::is_reference_v<T> || std::is_pointer_v<T>)
    return {};
  else if constexpr (std::is_enum_v<T>)
    return value_type<std::underlying_type_t<T>>();
  else if constexpr (std::is_same_v<T, bool>)
    return {ValueClass::Bool, 1, true};
  else if constexpr (std::is_floating_point_v<T>)
    return {ValueClass::Float, sizeof(T), true};
  else if constexpr (is_scalar_value<T>)
    return {std::is_signed_v<T> ? ValueClass::Signed : ValueClass::Unsigned, sizeof(T), true};
  else
    return {ValueClass::Object, std::is_empty_v<T> ? 0 : sizeof(T),  // an empty class is not passed at all
            travels_in_registers<T>};
}

/// How an argument travels to compiled code: scalars by value, everything else by reference.
template <class T>
using Pass = std::conditional_t<is_scalar_value<T>, T, T&&>;

/// One parameter of the function to be specialized, and where its argument comes from.
struct Parameter {
  ValueType type;
  bool by_reference = false;     // the function takes a reference to the value, as std::function's invokers do
  int free_index = -1;           // which argument of the compiled function; -1: it is bound
  bool promoted = false;         // free, and versions are made for some of its values
  std::vector<std::byte> bound;  // the bytes that it is bound to; of a promoted one: the value that is expected, if any
};

/// The bytes that it takes among those that a function is bound to; they lie there one behind the other.
inline std::size_t bound_space(const Parameter& parameter) {
  return parameter.promoted ? 16 : (parameter.bound.size() + 15) / 16 * 16;
}

template <class T>
std::vector<std::byte> bytes_of(const T& value) {
  auto* begin = reinterpret_cast<const std::byte*>(std::addressof(value));
  return {begin, begin + sizeof(T)};
}

}  // namespace inlay::detail
