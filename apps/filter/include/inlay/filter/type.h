// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a value of an expression can be. Each type has one form in registers, whatever the form in memory was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Functions of runtimes answer these types under names without C++'s mangling, as is meant.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wreturn-type-c-linkage"
#endif

namespace inlay::filter {

enum class Type : std::uint8_t {
  Boolean,    // bool
  Integer,    // std::int64_t; arithmetic that overflows is an error
  Real,       // double, IEEE 754; in comparisons NaN is equal to itself and greater than all else, as in PostgreSQL
  Text,       // Text: bytes, compared as bytes
  Date,       // Date: proleptic Gregorian, without a time zone
  Timestamp,  // Timestamp: the same, without a time zone
};
inline constexpr std::size_t TypeCount = 6;

/// `integer`, as error messages, --types and CAST spell it.
std::string_view to_string(Type type);
/// Also the usual other names: `int`, `bigint`, `double`, `varchar`, `bool`…
std::optional<Type> type_named(std::string_view name);

/// Bytes that belong to somebody else. Laid out as a slice of the program IR; passed to functions as two words.
struct Text {
  const char* data = nullptr;
  std::int64_t size = 0;

  constexpr Text() = default;
  constexpr Text(const char* data, std::int64_t size) : data(data), size(size) {}
  constexpr Text(std::string_view view) : data(view.data()), size(static_cast<std::int64_t>(view.size())) {}
  constexpr operator std::string_view() const { return {data, static_cast<std::size_t>(size)}; }
};

/// Days since 1970-01-01. Years -9999 to 9999.
struct Date {
  std::int64_t days = 0;
};

/// Microseconds since 1970-01-01 00:00:00.
struct Timestamp {
  std::int64_t microseconds = 0;
};

/// The Type whose form in registers is T.
template <class T>
inline constexpr Type type_of = T::there_is_no_such_type;
template <>
inline constexpr Type type_of<bool> = Type::Boolean;
template <>
inline constexpr Type type_of<std::int64_t> = Type::Integer;
template <>
inline constexpr Type type_of<double> = Type::Real;
template <>
inline constexpr Type type_of<Text> = Type::Text;
template <>
inline constexpr Type type_of<Date> = Type::Date;
template <>
inline constexpr Type type_of<Timestamp> = Type::Timestamp;

}  // namespace inlay::filter
