// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C++ objects as rows, through every engine.
#include "inlay/filter/rows.h"

#include <gtest/gtest.h>

#include "inlay/filter/filter.h"

namespace inlay::filter {
namespace {

using namespace std::chrono;

struct User {
  std::string name;
  std::int32_t age = 0;
  std::optional<double> balance;
  const char* country = nullptr;
  std::uint8_t level = 0;
  bool active = false;
  sys_days born;
  std::optional<sys_time<milliseconds>> seen;
  std::string_view note;
};

sys_days day(int year, unsigned month, unsigned of_month) {
  return year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(of_month)};
}

std::vector<User> users() {
  return {
      {"Ada", 36, 10.5, "GB", 200, true, day(1815, 12, 10), sys_time<milliseconds>{milliseconds{1500}}, "first"},
      {"Grace, a name that does not fit into the string itself", 85, std::nullopt, "US", 7, false, day(1906, 12, 9),
       std::nullopt, ""},
      {"Linus", 54, -3.0, nullptr, 0, true, day(1969, 12, 28), sys_time<milliseconds>{milliseconds{-1}}, "last"},
  };
}

Rows<User> columns() {
  Rows<User> rows;
  rows.column("name", &User::name)
      .column("age", &User::age)
      .column("balance", &User::balance)
      .column("country", &User::country)
      .column("level", &User::level)
      .column("active", &User::active)
      .column("born", &User::born)
      .column("seen", &User::seen)
      .column("note", &User::note);
  return rows;
}

class RowsOfObjects : public ::testing::TestWithParam<Engine> {
 protected:
  /// The names' first letters of the users that pass.
  std::string passing(std::string_view condition) {
    const std::vector<User> all = users();
    Rows<User> rows = columns();
    Result<Filter> filter = Filter::compile(rows.schema(), condition, {.engine = GetParam()});
    if (!filter) return filter.error().to_string();
    Result<Selection> found = filter->select(rows.batch(all));
    if (!found) return found.error().to_string();
    std::string letters;
    for (std::uint32_t row : *found) letters += all[row].name[0];
    return letters;
  }
};

TEST_P(RowsOfObjects, members_of_all_types_are_read) {
  EXPECT_EQ(passing("name like 'Grace%itself'"), "G");
  EXPECT_EQ(passing("age between 36 and 54"), "AL");
  EXPECT_EQ(passing("level = 200 or level = 0"), "AL");
  EXPECT_EQ(passing("active"), "AL");
  EXPECT_EQ(passing("not active"), "G");
  EXPECT_EQ(passing("born < date '1900-01-01'"), "A");
  EXPECT_EQ(passing("born = date '1969-12-28'"), "L");
  EXPECT_EQ(passing("note = ''"), "G");
  EXPECT_EQ(passing("seen = timestamp '1970-01-01 00:00:01.5'"), "A");
  EXPECT_EQ(passing("seen < timestamp '1970-01-01 00:00:00'"), "L");
}

TEST_P(RowsOfObjects, empty_optionals_and_null_pointers_are_null) {
  EXPECT_EQ(passing("balance is null"), "G");
  EXPECT_EQ(passing("balance < 100"), "AL");
  EXPECT_EQ(passing("country is null"), "L");
  EXPECT_EQ(passing("country <> 'GB'"), "G");
  EXPECT_EQ(passing("seen is not null"), "AL");
}

INSTANTIATE_TEST_SUITE_P(Engines, RowsOfObjects,
                         ::testing::Values(Engine::Tiered, Engine::Interpreted, Engine::Quick, Engine::Optimized));

}  // namespace
}  // namespace inlay::filter
