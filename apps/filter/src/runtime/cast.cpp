// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CAST from each type to each other that makes sense: the functions `cast_integer`, `cast_text` and so on.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "runtime/civil.h"
#include "runtime/parse.h"
#include "runtime/print.h"
#include "runtime/register.h"

namespace inlay::filter {

namespace {

/// A text of its own with what was printed.
Text kept(Scope& scope, const char* begin, const char* end) {
  char* result = allocate(scope, end - begin);
  if (!result) return {};
  std::memcpy(result, begin, static_cast<std::size_t>(end - begin));
  return {result, end - begin};
}

}  // namespace

char* print_integer(std::int64_t value, char* to) { return std::to_chars(to, to + LongestInteger, value).ptr; }

char* print_real(double value, char* to) {
  auto word = [to](std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
  };
  if (value != value) return word("NaN");
  if (std::isinf(value)) return word(value < 0 ? "-Infinity" : "Infinity");
  const double size = std::fabs(value);
  // As PostgreSQL: what has at most 15 digits before the point, or 3 zeros behind it, is written out.
  const bool fixed = size == 0 || (size >= 1e-4 && size < 1e15);
  return std::to_chars(to, to + LongestReal, value, fixed ? std::chars_format::fixed : std::chars_format::scientific)
      .ptr;
}

extern "C" {

bool inlay_filter_integer_to_boolean(std::int64_t value) { return value != 0; }
bool inlay_filter_text_to_boolean(Scope& scope, Text text) {
  bool value = false;
  if (!parse_boolean(text, value)) [[unlikely]]
    raise(scope, Fault::NotABoolean, text);
  return value;
}

std::int64_t inlay_filter_boolean_to_integer(bool value) { return value; }
/// The nearest integer, the even one of two.
std::int64_t inlay_filter_real_to_integer(Scope& scope, double value) {
  const double whole = std::rint(value);
  if (!(whole >= -0x1p63 && whole < 0x1p63)) [[unlikely]] {
    raise(scope, Fault::OutOfRange);
    return 0;
  }
  return static_cast<std::int64_t>(whole);
}
std::int64_t inlay_filter_text_to_integer(Scope& scope, Text text) {
  std::int64_t value = 0;
  if (Fault fault = parse_integer(text, value); fault != Fault::None) [[unlikely]]
    raise(scope, fault, text);
  return value;
}

double inlay_filter_boolean_to_real(bool value) { return value; }
double inlay_filter_integer_to_real(std::int64_t value) { return static_cast<double>(value); }
double inlay_filter_text_to_real(Scope& scope, Text text) {
  double value = 0;
  if (Fault fault = parse_real(text, value); fault != Fault::None) [[unlikely]]
    raise(scope, fault, text);
  return value;
}

Text inlay_filter_boolean_to_text(bool value) { return value ? Text("true", 4) : Text("false", 5); }
Text inlay_filter_integer_to_text(Scope& scope, std::int64_t value) {
  char text[LongestInteger];
  return kept(scope, text, print_integer(value, text));
}
Text inlay_filter_real_to_text(Scope& scope, double value) {
  char text[LongestReal];
  return kept(scope, text, print_real(value, text));
}
Text inlay_filter_date_to_text(Scope& scope, Date value) {
  char text[LongestDate];
  return kept(scope, text, print_date(value.days, text));
}
Text inlay_filter_timestamp_to_text(Scope& scope, Timestamp value) {
  char text[LongestTimestamp];
  return kept(scope, text, print_timestamp(value.microseconds, text));
}

Date inlay_filter_timestamp_to_date(Timestamp value) { return {floor_divide(value.microseconds, MicrosecondsPerDay)}; }
Date inlay_filter_text_to_date(Scope& scope, Text text) {
  std::int64_t days = 0;
  if (!parse_date(text, days)) [[unlikely]]
    raise(scope, Fault::NotADate, text);
  return {days};
}

/// Dates of columns may lie beyond what timestamps can tell (some 290,000 years): these become the last one there is.
Timestamp inlay_filter_date_to_timestamp(Date value) {
  std::int64_t microseconds = 0;
  if (__builtin_mul_overflow(value.days, MicrosecondsPerDay, &microseconds))
    return {value.days < 0 ? INT64_MIN : INT64_MAX};
  return {microseconds};
}
Timestamp inlay_filter_text_to_timestamp(Scope& scope, Text text) {
  std::int64_t microseconds = 0;
  if (!parse_timestamp(text, microseconds)) [[unlikely]]
    raise(scope, Fault::NotATimestamp, text);
  return {microseconds};
}

}  // extern "C"

void add_casts(Registry& registry) {
  constexpr FunctionTraits Cheap{.cost = 0.3};
  constexpr FunctionTraits Print{.cost = 20, .allocates = true};
  constexpr FunctionTraits Parse{.cost = 8, .raises = true};
  INLAY_FILTER_FUNCTION(registry, "cast_boolean", inlay_filter_integer_to_boolean, Cheap);
  INLAY_FILTER_FUNCTION(registry, "cast_boolean", inlay_filter_text_to_boolean, {.cost = 12, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "cast_integer", inlay_filter_boolean_to_integer, Cheap);
  INLAY_FILTER_FUNCTION(registry, "cast_integer", inlay_filter_real_to_integer, {.cost = 2, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "cast_integer", inlay_filter_text_to_integer, Parse);
  INLAY_FILTER_FUNCTION(registry, "cast_real", inlay_filter_boolean_to_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "cast_real", inlay_filter_integer_to_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "cast_real", inlay_filter_text_to_real, {.cost = 13, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "cast_text", inlay_filter_boolean_to_text, Cheap);
  INLAY_FILTER_FUNCTION(registry, "cast_text", inlay_filter_integer_to_text, Print);
  INLAY_FILTER_FUNCTION(registry, "cast_text", inlay_filter_real_to_text, {.cost = 60, .allocates = true});
  INLAY_FILTER_FUNCTION(registry, "cast_text", inlay_filter_date_to_text, Print);
  INLAY_FILTER_FUNCTION(registry, "cast_text", inlay_filter_timestamp_to_text, Print);
  INLAY_FILTER_FUNCTION(registry, "cast_date", inlay_filter_timestamp_to_date, {.cost = 0.5});
  INLAY_FILTER_FUNCTION(registry, "cast_date", inlay_filter_text_to_date, {.cost = 15, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "cast_timestamp", inlay_filter_date_to_timestamp, {.cost = 0.5});
  INLAY_FILTER_FUNCTION(registry, "cast_timestamp", inlay_filter_text_to_timestamp, {.cost = 20, .raises = true});
}

}  // namespace inlay::filter
