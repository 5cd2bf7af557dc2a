// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/value.h"

#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace inlay::filter {

namespace {

std::string real_text(double value) {
  if (std::isnan(value)) return "real 'nan'";
  if (std::isinf(value)) return value < 0 ? "real '-inf'" : "real 'inf'";
  char buffer[40];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, value);  // the shortest that reads back
  std::string text(buffer, written.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string day_text(std::int64_t days) {
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(days))};
  const int year = int(day.year());
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%s%04d-%02u-%02u", year < 0 ? "-" : "", year < 0 ? -year : year,
                unsigned(day.month()), unsigned(day.day()));
  return buffer;
}

std::string timestamp_text(std::int64_t microseconds) {
  constexpr std::int64_t Day = 86'400'000'000;
  const std::int64_t days = microseconds / Day - (microseconds % Day < 0);
  const std::int64_t rest = microseconds - days * Day;
  const std::int64_t seconds = rest / 1'000'000;
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, " %02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  std::string text = day_text(days) + buffer;
  if (const std::int64_t fraction = rest % 1'000'000) {
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(fraction));
    text += buffer;
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

std::string text_literal(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
  if (a.type != b.type || a.null != b.null) return false;
  if (a.null) return true;
  switch (a.type) {
    case Type::Real:
      return std::bit_cast<std::uint64_t>(a.real) == std::bit_cast<std::uint64_t>(b.real);
    case Type::Text:
      return a.text == b.text;
    default:
      return a.bits == b.bits;
  }
}

std::string to_string(const Value& value) {
  if (value.null) return "null";
  switch (value.type) {
    case Type::Boolean:
      return value.bits != 0 ? "true" : "false";
    case Type::Integer:
      return std::to_string(value.bits);
    case Type::Real:
      return real_text(value.real);
    case Type::Text:
      return text_literal(value.text);
    case Type::Date:
      return "date '" + day_text(value.bits) + "'";
    case Type::Timestamp:
      return "timestamp '" + timestamp_text(value.bits) + "'";
  }
  return "null";  // a type that no enumerator has, from a cast
}

}  // namespace inlay::filter
