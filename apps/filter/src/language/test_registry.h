// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A small language for tests of the parser: functions with types and traits as the real ones have, without bodies but
// for those conversions that literals need.
#pragma once

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "inlay/filter/expression.h"

namespace inlay::filter {

namespace test_functions {

inline bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  for (std::size_t i = at; i < at + count; ++i)
    if (text[i] < '0' || text[i] > '9') return false;
  return true;
}
inline int number_at(std::string_view text, std::size_t at, std::size_t count) {
  return std::atoi(std::string(text.substr(at, count)).c_str());
}
inline std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

inline Date date_of(Scope& scope, Text given) {
  std::string_view text = given;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() != 10 || !digits_at(text, 0, 4) || text[4] != '-' || !digits_at(text, 5, 2) || text[7] != '-' ||
      !digits_at(text, 8, 2) || number_at(text, 5, 2) < 1 || number_at(text, 5, 2) > 12 || number_at(text, 8, 2) < 1 ||
      number_at(text, 8, 2) > 31) {
    raise(scope, Fault::NotADate, given);
    return {};
  }
  const int year = number_at(text, 0, 4);
  return {days_of(negative ? -year : year, number_at(text, 5, 2), number_at(text, 8, 2))};
}
/// `2024-02-29 12:30:00[.fraction]`; a day by itself is none here.
inline Timestamp timestamp_of(Scope& scope, Text given) {
  std::string_view text = given;
  const std::size_t day = text.starts_with('-') ? 11 : 10;
  if (text.size() < day + 9 || text[day] != ' ' || !digits_at(text, day + 1, 2) || !digits_at(text, day + 4, 2) ||
      !digits_at(text, day + 7, 2)) {
    raise(scope, Fault::NotATimestamp, given);
    return {};
  }
  const std::int64_t days = date_of(scope, text.substr(0, day)).days;
  std::int64_t seconds =
      number_at(text, day + 1, 2) * 3600 + number_at(text, day + 4, 2) * 60 + number_at(text, day + 7, 2);
  std::string fraction = text.size() > day + 9 ? std::string(text.substr(day + 10)) : "";
  fraction.resize(6, '0');
  return {(days * 86400 + seconds) * 1'000'000 + std::atoi(fraction.c_str())};
}
inline double real_of_text(Scope& scope, Text given) {
  const std::string text{std::string_view(given)};
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != 0) raise(scope, Fault::NotANumber, given);
  return value;
}
inline std::int64_t integer_of_text(Scope& scope, Text given) {
  const std::string text{std::string_view(given)};
  char* end = nullptr;
  const std::int64_t value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != 0) raise(scope, Fault::NotANumber, given);
  return value;
}
inline double real_of_integer(std::int64_t value) { return static_cast<double>(value); }
inline Timestamp timestamp_of_date(Date date) { return {date.days * 86'400'000'000}; }

}  // namespace test_functions

inline Registry test_registry() {
  using namespace test_functions;
  using enum Type;
  Registry registry;
  auto add = [&](std::string name, std::vector<Type> parameters, Type result, FunctionTraits traits = {}) {
    registry.add(
        {.name = name, .parameters = std::move(parameters), .result = result, .symbol = name, .traits = traits});
  };
  for (const char* name : {"=", "<>", "<", "<=", ">", ">="})
    for (Type type : {Boolean, Integer, Real, Text, Date, Timestamp}) add(name, {type, type}, Boolean);
  for (const char* name : {"+", "-", "*", "/", "%"}) {
    add(name, {Integer, Integer}, Integer, {.raises = true});
    add(name, {Real, Real}, Real, {.raises = *name == '/' || *name == '%'});
  }
  add("-", {Date, Date}, Integer);
  add("+", {Date, Integer}, Date, {.raises = true});
  add("negate", {Integer}, Integer, {.raises = true});
  add("negate", {Real}, Real);
  add("||", {Text, Text}, Text, {.allocates = true});
  for (const char* name : {"like", "ilike", "like_escape", "ilike_escape"}) add(name, {Text, Text}, Boolean);
  FunctionTraits pattern{.prepared = 1};
  pattern.prepare = [](const Value& value) -> Result<std::shared_ptr<const void>> {
    if (value.text.find('(') != std::string::npos)
      return Error(ErrorKind::InvalidProgram, "not a regular expression: missing )");
    return std::shared_ptr<const void>();
  };
  add("~", {Text, Text}, Boolean, pattern);
  add("regexp_matches", {Text, Text}, Boolean, pattern);
  for (const char* name : {"starts_with", "ends_with", "contains"}) add(name, {Text, Text}, Boolean);
  for (const char* name : {"lower", "upper", "trim"}) add(name, {Text}, Text, {.allocates = true});
  add("length", {Text}, Integer);
  add("substr", {Text, Integer}, Text);
  add("substr", {Text, Integer, Integer}, Text, {.raises = true});
  add("position", {Text, Text}, Integer);
  add("abs", {Integer}, Integer, {.raises = true});
  for (const char* name : {"abs", "round", "floor", "ceil"}) add(name, {Real}, Real);
  for (const char* name : {"year", "month", "day"}) {
    add(name, {Date}, Integer);
    add(name, {Timestamp}, Integer);
  }
  add("date_trunc", {Text, Timestamp}, Timestamp);
  for (const char* name : {"is distinct from", "is not distinct from"})
    for (Type type : {Boolean, Integer, Real, Text, Date, Timestamp})
      add(name, {type, type}, Boolean, {.nulls = Nulls::Handled});
  for (const char* name : {"coalesce", "nullif", "greatest", "least"})
    for (Type type : {Boolean, Integer, Real, Text, Date, Timestamp})
      add(name, {type, type}, type, {.nulls = Nulls::Handled});
  add("pi", {}, Real);
  add("Odd Name", {Integer}, Integer);

  for (Type from : {Boolean, Integer, Real, Date, Timestamp}) add("cast_text", {from}, Text, {.allocates = true});
  for (Type from : {Text, Real, Boolean}) add("cast_integer", {from}, Integer, {.raises = true});
  add("cast_boolean", {Text}, Boolean, {.raises = true});
  registry.add(function_of<&integer_of_text>("cast_integer", "integer_of_text", {.raises = true}));
  registry.add(function_of<&real_of_text>("cast_real", "real_of_text", {.raises = true}));
  registry.add(function_of<&real_of_integer>("cast_real", "real_of_integer"));
  registry.add(function_of<&date_of>("cast_date", "date_of", {.raises = true}));
  registry.add(function_of<&timestamp_of>("cast_timestamp", "timestamp_of", {.raises = true}));
  registry.add(function_of<&timestamp_of_date>("cast_timestamp", "timestamp_of_date"));
  add("cast_date", {Timestamp}, Date);
  return registry;
}

/// age, visits: Integer; balance: Real; name, email, "First Name": Text; active: Boolean; born: Date; seen: Timestamp;
/// id: Integer, never NULL; cell: Integer in a file of text.
inline Schema test_schema() {
  Schema schema;
  auto add = [&](std::string name, Type type, Storage storage, Validity validity = Validity::Bitmap) {
    Column column;
    column.name = std::move(name);
    column.type = type;
    column.storage = storage;
    column.validity = validity;
    schema.add(std::move(column));
  };
  add("age", Type::Integer, Storage::Int64);
  add("visits", Type::Integer, Storage::Int64);
  add("balance", Type::Real, Storage::Double);
  add("name", Type::Text, Storage::Offsets32);
  add("email", Type::Text, Storage::Offsets32);
  add("First Name", Type::Text, Storage::Offsets32);
  add("active", Type::Boolean, Storage::Bit);
  add("born", Type::Date, Storage::Days32);
  add("seen", Type::Timestamp, Storage::Microseconds);
  add("id", Type::Integer, Storage::Int64, Validity::All);
  add("cell", Type::Integer, Storage::Cell, Validity::InValue);
  return schema;
}

}  // namespace inlay::filter
