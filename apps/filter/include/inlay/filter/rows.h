// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows that are C++ objects in an array. The columns are members, or what accessor functions yield.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/function.h"
#include "inlay/filter/schema.h"

namespace inlay::filter {

namespace detail {

/// How members of type M are read: Type and Storage; no such thing for types that no column can have.
template <class M>
struct Member;

template <std::integral M>
  requires(sizeof(M) <= 8)
struct Member<M> {
  static constexpr bool Signed = std::is_signed_v<M>;
  static constexpr Type type = std::is_same_v<M, bool> ? Type::Boolean : Type::Integer;
  static constexpr Storage storage = std::is_same_v<M, bool> ? Storage::Byte
                                     : sizeof(M) == 1        ? (Signed ? Storage::Int8 : Storage::UInt8)
                                     : sizeof(M) == 2        ? (Signed ? Storage::Int16 : Storage::UInt16)
                                     : sizeof(M) == 4        ? (Signed ? Storage::Int32 : Storage::UInt32)
                                                             : (Signed ? Storage::Int64 : Storage::UInt64);
};
template <>
struct Member<float> {
  static constexpr Type type = Type::Real;
  static constexpr Storage storage = Storage::Float;
};
template <>
struct Member<double> {
  static constexpr Type type = Type::Real;
  static constexpr Storage storage = Storage::Double;
};
template <>
struct Member<std::string> {
  static constexpr Type type = Type::Text;
  static constexpr Storage storage = Storage::String;
};
template <>
struct Member<std::string_view> {
  static constexpr Type type = Type::Text;
  static constexpr Storage storage = Storage::StringView;
};
template <>
struct Member<const char*> {
  static constexpr Type type = Type::Text;
  static constexpr Storage storage = Storage::Characters;
};
/// sys_days, and sys_time of seconds to nanoseconds.
template <class Rep, class Period>
  requires(std::is_signed_v<Rep> && std::is_integral_v<Rep> && (sizeof(Rep) == 8 || sizeof(Rep) == 4))
struct Member<std::chrono::time_point<std::chrono::system_clock, std::chrono::duration<Rep, Period>>> {
  static constexpr bool Days = std::is_same_v<Period, std::ratio<86400>>;
  static constexpr bool Known = Days || std::is_same_v<Period, std::ratio<1>> || std::is_same_v<Period, std::milli> ||
                                std::is_same_v<Period, std::micro> || std::is_same_v<Period, std::nano>;
  static_assert(Known && (Days || sizeof(Rep) == 8), "days, or seconds to nanoseconds in 64 bits");
  static constexpr Type type = Days ? Type::Date : Type::Timestamp;
  static constexpr Storage storage = Days ? (sizeof(Rep) == 4 ? Storage::Days32 : Storage::Days64)
                                     : std::is_same_v<Period, std::ratio<1>> ? Storage::Seconds
                                     : std::is_same_v<Period, std::milli>    ? Storage::Milliseconds
                                     : std::is_same_v<Period, std::micro>    ? Storage::Microseconds
                                                                             : Storage::Nanoseconds;
};

template <class M>
struct IsOptional : std::false_type {};
template <class M>
struct IsOptional<std::optional<M>> : std::true_type {};

}  // namespace detail

/// Builds the schema of an array of T, then batches of it. Members: bool, integers of up to 64 bits, float, double,
/// std::string, std::string_view, const char* (null: NULL), time points of the system clock in days (sys_days) or
/// seconds to nanoseconds; std::optional of these (empty: NULL).
template <class T>
class Rows {
 public:
  template <class M>
  Rows& column(std::string name, M T::* member) {
    // Only addresses are looked at: no T need be made.
    alignas(T) static std::byte place[sizeof(T)];
    const auto* object = reinterpret_cast<const T*>(place);
    const auto offset = reinterpret_cast<const std::byte*>(&(object->*member)) - place;
    Column column{.name = std::move(name), .stride = sizeof(T)};
    if constexpr (detail::IsOptional<M>::value) {
      using Inner = typename M::value_type;
      static_assert(!std::is_same_v<Inner, const char*>, "a const char* can be null by itself");
      // The value comes first, the flag behind it: libstdc++ and libc++.
      column.type = detail::Member<Inner>::type;
      column.storage = detail::Member<Inner>::storage;
      column.validity = Validity::Flag;
      column.flag = sizeof(Inner);
    } else {
      column.type = detail::Member<M>::type;
      column.storage = detail::Member<M>::storage;
      column.validity = std::is_same_v<M, const char*> ? Validity::InValue : Validity::All;
    }
    return add(std::move(column), static_cast<std::size_t>(offset));
  }

  /// What a function `extern "C" R accessor(const T&)` of a runtime yields, R one of the types in registers; inlined
  /// where it is compiled. It is added to `registry`, which FilterOptions::functions is to name.
  template <auto F>
  Rows& accessor(std::string name, std::string symbol, Registry& registry) {
    using R = decltype(F(std::declval<const T&>()));
    // Compiled code passes the row's address, and nothing is converted.
    static_assert(std::is_convertible_v<decltype(F), R (*)(const T&)>, "an accessor takes the row as a const T&");
    Function function;
    function.name = "accessor " + symbol;
    function.result = type_of<R>;
    function.symbol = std::move(symbol);
    function.call = [](Scope&, const Slot* const*, const void* object, Slot& result) {
      result.null = false;
      detail::to_slot(result, F(*static_cast<const T*>(object)));
    };
    Column column{.name = std::move(name),
                  .type = function.result,
                  .storage = Storage::Accessor,
                  .validity = Validity::All,
                  .stride = sizeof(T)};
    column.accessor = function.name;
    registry.add(std::move(function));
    return add(std::move(column), 0);
  }

  const Schema& schema() const { return schema_; }

  /// The rows, which are not copied. The batch points into this object, too: it lasts until the next call of batch(),
  /// column() or accessor(), and as long as both. A thread of its own needs Rows of its own: a copy.
  Batch batch(std::span<const T> rows, std::int64_t first_row = 0) {
    const auto* begin = reinterpret_cast<const std::byte*>(rows.data());
    for (std::size_t i = 0; i < data_.size(); ++i) data_[i].values = begin + offsets_[i];
    return {.rows = static_cast<std::int64_t>(rows.size()), .columns = data_, .first_row = first_row};
  }

 private:
  Rows& add(Column column, std::size_t offset) {
    schema_.add(std::move(column));
    offsets_.push_back(offset);
    data_.emplace_back();
    return *this;
  }

  Schema schema_;
  std::vector<std::size_t> offsets_;
  std::vector<ColumnData> data_;
};

}  // namespace inlay::filter
