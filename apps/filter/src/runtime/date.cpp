// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fields of dates and timestamps, and arithmetic with them.
#include <array>
#include <cstdint>
#include <string>

#include "runtime/civil.h"
#include "runtime/register.h"

namespace inlay::filter {

namespace {

enum class Unit : std::int32_t { Microsecond, Millisecond, Second, Minute, Hour, Day, Week, Month, Quarter, Year };

struct UnitName {
  std::string_view name;
  Unit unit;
};
constexpr UnitName UnitNames[] = {
    {"microsecond", Unit::Microsecond},
    {"millisecond", Unit::Millisecond},
    {"second", Unit::Second},
    {"minute", Unit::Minute},
    {"hour", Unit::Hour},
    {"day", Unit::Day},
    {"week", Unit::Week},
    {"month", Unit::Month},
    {"quarter", Unit::Quarter},
    {"year", Unit::Year},
};

/// What date_trunc() gets in place of its first argument.
struct Truncation {
  Unit unit = Unit::Day;
};

Result<std::shared_ptr<const void>> prepare_truncation(const Value& constant) {
  std::string known;
  for (const UnitName& unit : UnitNames) {
    std::string name;
    for (char c : constant.text) name += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    if (name == unit.name) return std::shared_ptr<const void>(std::make_shared<Truncation>(Truncation{unit.unit}));
    known += known.empty() ? "" : ", ";
    known += unit.name;
  }
  return Error(ErrorKind::InvalidProgram, "'" + constant.text + "' is no unit of date_trunc; there are " + known);
}

std::int64_t truncated_days(Unit unit, std::int64_t days) {
  if (unit <= Unit::Day) return days;
  if (unit == Unit::Week) {
    // Weeks begin on Mondays; 1970-01-01 was a Thursday. In unsigned numbers, as days may be anything.
    const auto back = static_cast<std::uint64_t>((floor_modulo(days, 7) + 3) % 7);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(days) - back);
  }
  Civil date = civil_of(days);
  date.day = 1;
  if (unit == Unit::Quarter) date.month -= (date.month - 1) % 3;
  if (unit == Unit::Year) date.month = 1;
  return days_of(date);
}

std::int64_t time_of(Timestamp at) { return floor_modulo(at.microseconds, MicrosecondsPerDay); }
std::int64_t day_of(Timestamp at) { return floor_divide(at.microseconds, MicrosecondsPerDay); }

Date shifted(Scope& scope, Date date, std::int64_t by, bool back) {
  std::int64_t days = 0;
  const bool overflow =
      back ? __builtin_sub_overflow(date.days, by, &days) : __builtin_add_overflow(date.days, by, &days);
  if (overflow || days < FirstDay || days > LastDay) [[unlikely]]
    raise(scope, Fault::OutOfRange);
  return {days};
}

std::int64_t difference(Scope& scope, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(a, b, &result)) [[unlikely]]
    raise(scope, Fault::IntegerOverflow);
  return result;
}

}  // namespace

extern "C" {

std::int64_t inlay_filter_year_date(Date date) { return civil_of(date.days).year; }
std::int64_t inlay_filter_month_date(Date date) { return civil_of(date.days).month; }
std::int64_t inlay_filter_day_date(Date date) { return civil_of(date.days).day; }
std::int64_t inlay_filter_year_timestamp(Timestamp at) { return civil_of(day_of(at)).year; }
std::int64_t inlay_filter_month_timestamp(Timestamp at) { return civil_of(day_of(at)).month; }
std::int64_t inlay_filter_day_timestamp(Timestamp at) { return civil_of(day_of(at)).day; }
std::int64_t inlay_filter_hour(Timestamp at) { return time_of(at) / (3600 * MicrosecondsPerSecond); }
std::int64_t inlay_filter_minute(Timestamp at) { return time_of(at) / (60 * MicrosecondsPerSecond) % 60; }
std::int64_t inlay_filter_second(Timestamp at) { return time_of(at) / MicrosecondsPerSecond % 60; }

Date inlay_filter_date_trunc_date(const void* truncation, Date date) {
  return {truncated_days(static_cast<const Truncation*>(truncation)->unit, date.days)};
}
Timestamp inlay_filter_date_trunc_timestamp(const void* truncation, Timestamp at) {
  static constexpr std::array<std::int64_t, 6> Width = {
      1, 1000, MicrosecondsPerSecond, 60 * MicrosecondsPerSecond, 3600 * MicrosecondsPerSecond, MicrosecondsPerDay};
  const Unit unit = static_cast<const Truncation*>(truncation)->unit;
  std::int64_t result = 0;
  // What begins before all timestamps becomes the first one.
  if (unit <= Unit::Day) {
    const std::int64_t rest = floor_modulo(at.microseconds, Width[static_cast<std::size_t>(unit)]);
    return {__builtin_sub_overflow(at.microseconds, rest, &result) ? INT64_MIN : result};
  }
  const std::int64_t days = truncated_days(unit, day_of(at));
  return {__builtin_mul_overflow(days, MicrosecondsPerDay, &result) ? INT64_MIN : result};
}

Date inlay_filter_add_days(Scope& scope, Date date, std::int64_t days) { return shifted(scope, date, days, false); }
Date inlay_filter_days_add(Scope& scope, std::int64_t days, Date date) { return shifted(scope, date, days, false); }
Date inlay_filter_subtract_days(Scope& scope, Date date, std::int64_t days) { return shifted(scope, date, days, true); }
std::int64_t inlay_filter_subtract_dates(Scope& scope, Date a, Date b) { return difference(scope, a.days, b.days); }
/// In microseconds.
std::int64_t inlay_filter_subtract_timestamps(Scope& scope, Timestamp a, Timestamp b) {
  return difference(scope, a.microseconds, b.microseconds);
}

}  // extern "C"

void add_dates(Registry& registry) {
  constexpr FunctionTraits Field{.cost = 7};
  constexpr FunctionTraits Time{.cost = 2};
  constexpr FunctionTraits Checked{.cost = 0.5, .raises = true};
  const FunctionTraits truncate{.cost = 12, .prepare = prepare_truncation, .prepared = 0};
  INLAY_FILTER_FUNCTION(registry, "year", inlay_filter_year_date, Field);
  INLAY_FILTER_FUNCTION(registry, "month", inlay_filter_month_date, Field);
  INLAY_FILTER_FUNCTION(registry, "day", inlay_filter_day_date, Field);
  INLAY_FILTER_FUNCTION(registry, "year", inlay_filter_year_timestamp, Field);
  INLAY_FILTER_FUNCTION(registry, "month", inlay_filter_month_timestamp, Field);
  INLAY_FILTER_FUNCTION(registry, "day", inlay_filter_day_timestamp, Field);
  INLAY_FILTER_FUNCTION(registry, "hour", inlay_filter_hour, Time);
  INLAY_FILTER_FUNCTION(registry, "minute", inlay_filter_minute, Time);
  INLAY_FILTER_FUNCTION(registry, "second", inlay_filter_second, Time);
  INLAY_FILTER_FUNCTION(registry, "date_trunc", inlay_filter_date_trunc_date, truncate);
  INLAY_FILTER_FUNCTION(registry, "date_trunc", inlay_filter_date_trunc_timestamp, truncate);
  INLAY_FILTER_FUNCTION(registry, "+", inlay_filter_add_days, Checked);
  INLAY_FILTER_FUNCTION(registry, "+", inlay_filter_days_add, Checked);
  INLAY_FILTER_FUNCTION(registry, "-", inlay_filter_subtract_days, Checked);
  INLAY_FILTER_FUNCTION(registry, "-", inlay_filter_subtract_dates, Checked);
  INLAY_FILTER_FUNCTION(registry, "-", inlay_filter_subtract_timestamps, Checked);
}

}  // namespace inlay::filter
