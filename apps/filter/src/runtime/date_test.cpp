// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>
#include <ctime>
#include <random>

#include "runtime/civil.h"
#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

Value date(std::int64_t days) { return Value::of(Date{days}); }
Value timestamp(std::int64_t microseconds) { return Value::of(Timestamp{microseconds}); }

TEST(Dates, every_day_of_the_calendar_is_the_c_librarys) {
  for (std::int64_t days = FirstDay; days <= LastDay; ++days) {
    const std::time_t seconds = days * 86400;
    std::tm broken{};
    ASSERT_NE(gmtime_r(&seconds, &broken), nullptr);
    const Civil civil = civil_of(days);
    ASSERT_EQ(civil.year, broken.tm_year + 1900) << days;
    ASSERT_EQ(civil.month, static_cast<unsigned>(broken.tm_mon + 1)) << days;
    ASSERT_EQ(civil.day, static_cast<unsigned>(broken.tm_mday)) << days;
    ASSERT_EQ(days_of(civil), days);
    ASSERT_LE(civil.day, days_in_month(civil.year, civil.month));
  }
  // In constant expressions, where what is undefined does not compile.
  static_assert(civil_of(INT64_MIN).day >= 1 && civil_of(INT64_MIN + 719468).day >= 1 && civil_of(INT64_MAX).day >= 1);
  static_assert(days_of(civil_of(INT64_MIN)) == INT64_MIN && days_of(civil_of(INT64_MAX)) == INT64_MAX);
  EXPECT_EQ(civil_of(FirstDay).year, -9999);
  EXPECT_EQ(civil_of(LastDay).year, 9999);
}

TEST(Dates, fields_of_a_timestamp_are_the_c_librarys) {
  std::mt19937_64 random(9);
  std::uniform_int_distribution<std::int64_t> any(FirstMicrosecond, LastMicrosecond);
  for (int round = 0; round < 50000; ++round) {
    const std::int64_t microseconds = round < 4 ? round - 2 : any(random);
    const std::time_t seconds = floor_divide(microseconds, 1000000);
    std::tm broken{};
    gmtime_r(&seconds, &broken);
    const std::vector<Value> at = {timestamp(microseconds)};
    ASSERT_EQ(bits("year", at), broken.tm_year + 1900);
    ASSERT_EQ(bits("month", at), broken.tm_mon + 1);
    ASSERT_EQ(bits("day", at), broken.tm_mday);
    ASSERT_EQ(bits("hour", at), broken.tm_hour);
    ASSERT_EQ(bits("minute", at), broken.tm_min);
    ASSERT_EQ(bits("second", at), broken.tm_sec);
    const std::vector<Value> day = {date(floor_divide(seconds, 86400))};
    ASSERT_EQ(bits("year", day), broken.tm_year + 1900);
    ASSERT_EQ(bits("month", day), broken.tm_mon + 1);
    ASSERT_EQ(bits("day", day), broken.tm_mday);
    ASSERT_EQ(bits("cast_date", at), day[0].bits);
  }
}

TEST(Dates, no_number_of_days_or_microseconds_is_undefined) {
  for (std::int64_t extreme : {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX}) {
    for (const char* field : {"year", "month", "day"}) {
      call(field, {date(extreme)});
      call(field, {timestamp(extreme)});
    }
    for (const char* unit : {"microsecond", "second", "day", "week", "month", "quarter", "year"}) {
      call("date_trunc", {text(unit), date(extreme)});
      EXPECT_LE(bits("date_trunc", {text(unit), timestamp(extreme)}), extreme) << unit;
    }
    EXPECT_FALSE(words("cast_text", {date(extreme)}).empty());
    EXPECT_FALSE(words("cast_text", {timestamp(extreme)}).empty());
    EXPECT_EQ(bits("cast_timestamp", {date(extreme)}), extreme < 0 ? INT64_MIN : INT64_MAX);
  }
  EXPECT_EQ(words("cast_text", {timestamp(INT64_MAX)}), "294247-01-10 04:00:54.775807");
  EXPECT_EQ(words("cast_text", {timestamp(INT64_MIN)}), "-290308-12-21 19:59:05.224192");
}

TEST(Dates, truncation_goes_to_the_beginning_of_the_unit) {
  const std::int64_t at = bits("cast_timestamp", {text("2024-08-29 13:14:15.161718")});
  auto truncated = [&](const char* unit) {
    return words("cast_text", {timestamp(bits("date_trunc", {text(unit), timestamp(at)}))});
  };
  EXPECT_EQ(truncated("microsecond"), "2024-08-29 13:14:15.161718");
  EXPECT_EQ(truncated("millisecond"), "2024-08-29 13:14:15.161000");
  EXPECT_EQ(truncated("second"), "2024-08-29 13:14:15");
  EXPECT_EQ(truncated("minute"), "2024-08-29 13:14:00");
  EXPECT_EQ(truncated("hour"), "2024-08-29 13:00:00");
  EXPECT_EQ(truncated("DAY"), "2024-08-29 00:00:00");
  EXPECT_EQ(truncated("week"), "2024-08-26 00:00:00");
  EXPECT_EQ(truncated("month"), "2024-08-01 00:00:00");
  EXPECT_EQ(truncated("quarter"), "2024-07-01 00:00:00");
  EXPECT_EQ(truncated("year"), "2024-01-01 00:00:00");
  EXPECT_EQ(bits("date_trunc", {text("year"), date(-1)}), -365);
  EXPECT_EQ(bits("date_trunc", {text("hour"), date(-1)}), -1);
}

TEST(Dates, weeks_begin_on_mondays_on_both_sides_of_1970) {
  for (std::int64_t days = -40; days < 40; ++days) {
    const std::time_t seconds = bits("date_trunc", {text("week"), date(days)}) * 86400;
    std::tm broken{};
    gmtime_r(&seconds, &broken);
    EXPECT_EQ(broken.tm_wday, 1);
    EXPECT_LE(seconds / 86400, days);
    EXPECT_GT(seconds / 86400, days - 7);
  }
}

TEST(Dates, an_unknown_unit_is_refused_with_those_there_are) {
  Callee callee("date_trunc", {text("fortnight"), date(0)});
  EXPECT_NE(callee.refusal.find("'fortnight' is no unit"), std::string::npos) << callee.refusal;
  EXPECT_NE(callee.refusal.find("quarter"), std::string::npos) << callee.refusal;
}

TEST(Dates, arithmetic_stays_within_the_calendar) {
  EXPECT_EQ(bits("+", {date(10), integer(-20)}), -10);
  EXPECT_EQ(bits("+", {integer(5), date(10)}), 15);
  EXPECT_EQ(bits("-", {date(10), integer(20)}), -10);
  EXPECT_EQ(bits("-", {date(10), date(31)}), -21);
  EXPECT_EQ(bits("-", {timestamp(1000001), timestamp(2)}), 999999);
  EXPECT_EQ(fault("+", {date(LastDay), integer(1)}), Fault::OutOfRange);
  EXPECT_EQ(fault("-", {date(FirstDay), integer(1)}), Fault::OutOfRange);
  EXPECT_EQ(fault("-", {date(0), integer(INT64_MIN)}), Fault::OutOfRange);
  EXPECT_EQ(fault("+", {integer(INT64_MAX), date(1)}), Fault::OutOfRange);
  EXPECT_EQ(bits("+", {date(FirstDay), integer(LastDay - FirstDay)}), LastDay);
  EXPECT_EQ(fault("-", {date(INT64_MIN), date(1)}), Fault::IntegerOverflow);
  EXPECT_EQ(fault("-", {timestamp(INT64_MAX), timestamp(-1)}), Fault::IntegerOverflow);
}

TEST(Dates, text_reads_back_as_the_same_date) {
  std::mt19937_64 random(2);
  std::uniform_int_distribution<std::int64_t> any(FirstMicrosecond, LastMicrosecond);
  for (int round = 0; round < 20000; ++round) {
    const std::int64_t at = round == 0 ? FirstMicrosecond : round == 1 ? LastMicrosecond : any(random);
    ASSERT_EQ(bits("cast_timestamp", {text(words("cast_text", {timestamp(at)}))}), at);
    const std::int64_t day = floor_divide(at, MicrosecondsPerDay);
    ASSERT_EQ(bits("cast_date", {text(words("cast_text", {date(day)}))}), day);
  }
  EXPECT_EQ(words("cast_text", {date(-719528)}), "0000-01-01");
  EXPECT_EQ(words("cast_text", {date(-719529)}), "-0001-12-31");
}

TEST(Dates, forms_of_dates_and_timestamps) {
  EXPECT_EQ(bits("cast_date", {text(" 2024-02-29 ")}), 19782);
  EXPECT_EQ(bits("cast_timestamp", {text("1970-01-02")}), MicrosecondsPerDay);
  EXPECT_EQ(bits("cast_timestamp", {text("1970-01-01T00:01")}), 60000000);
  EXPECT_EQ(bits("cast_timestamp", {text("1970-01-01 00:00:01.5Z")}), 1500000);
  EXPECT_EQ(bits("cast_timestamp", {text("1970-01-01 00:00:00.123456789")}), 123456);
  for (const char* wrong : {"", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "2024-01-00",
                            "2024-1-01", "24-01-01", "2024/01/01", "2024-01-01x", "+2024-01-01", "10000-01-01",
                            "2024-01-01 00:00", "--24-01-01", "2024-01-0", "-"}) {
    EXPECT_EQ(fault("cast_date", {text(wrong)}), Fault::NotADate) << wrong;
  }
  for (const char* wrong : {"", "2024-01-01 24:00", "2024-01-01 00:60", "2024-01-01 00:00:60", "2024-01-01 00",
                            "2024-01-01 00:00:", "2024-01-01 00:00:00.", "2024-01-01  00:00", "2024-01-01T",
                            "2024-01-01Z", "2024-01-01 00:00:00+02", "2024-01-01 0:00", "2024-02-30 00:00"}) {
    EXPECT_EQ(fault("cast_timestamp", {text(wrong)}), Fault::NotATimestamp) << wrong;
  }
}

}  // namespace
}  // namespace inlay::filter
