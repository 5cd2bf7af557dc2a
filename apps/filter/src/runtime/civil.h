// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The proleptic Gregorian calendar: days since 1970-01-01 to year, month, day and back. The algorithms are Howard
// Hinnant's (`days_from_civil`, `civil_from_days` in "chrono-Compatible Low-Level Date Algorithms",
// howardhinnant.github.io/date_algorithms.html): years begin in March, so that the leap day is the last one.
#pragma once

#include <cstdint>

#include "inlay/filter/scope.h"
#include "inlay/filter/type.h"

namespace inlay::filter {

inline constexpr std::int64_t MicrosecondsPerSecond = 1'000'000;
inline constexpr std::int64_t MicrosecondsPerDay = 86400 * MicrosecondsPerSecond;

struct Civil {
  std::int64_t year;
  unsigned month;  // 1 to 12
  unsigned day;    // 1 to 31
};

/// Rounds down; `divisor` is positive.
constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t divisor) {
  return number / divisor - (number % divisor < 0);
}
constexpr std::int64_t floor_modulo(std::int64_t number, std::int64_t divisor) {
  const std::int64_t rest = number % divisor;
  return rest < 0 ? rest + divisor : rest;
}

/// Of what civil_of() answers, or any sensible date.
constexpr std::int64_t days_of(Civil date) {
  const std::int64_t year = date.year - (date.month <= 2);
  const std::int64_t era = floor_divide(year, 400);
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  // In unsigned numbers, because of the first and last days that there are.
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(era) * 146097 + day_of_era - 719468);
}

/// Of any number: days that no column sensibly holds (beyond 2^62) give some date, but no undefined behaviour.
constexpr Civil civil_of(std::int64_t days) {
  const auto shifted = static_cast<std::int64_t>(static_cast<std::uint64_t>(days) + 719468);
  const std::int64_t era = floor_divide(shifted, 146097);
  // The first day of the era may lie before all days that there are.
  const auto day_of_era =
      static_cast<unsigned>(static_cast<std::uint64_t>(shifted) - static_cast<std::uint64_t>(era) * 146097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {.year = static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2),
          .month = month,
          .day = day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

inline constexpr std::int64_t FirstDay = days_of({-9999, 1, 1});
inline constexpr std::int64_t LastDay = days_of({9999, 12, 31});
inline constexpr std::int64_t FirstMicrosecond = FirstDay * MicrosecondsPerDay;
inline constexpr std::int64_t LastMicrosecond = (LastDay + 1) * MicrosecondsPerDay - 1;

constexpr bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
constexpr unsigned days_in_month(std::int64_t year, unsigned month) {
  return month == 2 ? 28 + is_leap(year) : 30 + ((month + (month >> 3)) & 1);
}

/// `2024-02-29`, with a sign `-0044-03-15`; spaces around it are allowed. False if it is none.
bool parse_date(Text text, std::int64_t& days);
/// `2024-02-29 12:30`, `2024-02-29T12:30:00.25Z`, or a date alone. Digits behind the microseconds are dropped.
bool parse_timestamp(Text text, std::int64_t& microseconds);

/// The longest text that the next two write.
inline constexpr std::int64_t LongestDate = 32;
inline constexpr std::int64_t LongestTimestamp = 48;
/// Write to `to` and answer the end: `2024-02-29`, `2024-02-29 12:30:00`, with `.250000` only if there is a fraction.
char* print_date(std::int64_t days, char* to);
char* print_timestamp(std::int64_t microseconds, char* to);

}  // namespace inlay::filter
