// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "by_hand.h"

#include <cmath>
#include <string_view>

#include "queries.h"

namespace bench {
namespace {

using std::string_view;

bool has(string_view text, string_view part) { return text.find(part) != string_view::npos; }

#define AS_WRITTEN(name, part, area) (first.starts_with(name) || (has(email, part) && phone.starts_with(area))) ||
#define REORDERED(name, part, area) (first.starts_with(name) || (phone.starts_with(area) && has(email, part))) ||
#define IS_COUNTRY(name) country == name ||

bool q1(std::int32_t age, double balance) { return age >= 30 && age <= 40 && balance > 5000; }
bool q2(string_view first, string_view email, string_view phone) { return BENCH_ALTERNATIVES(AS_WRITTEN) false; }
bool q2_reordered(string_view first, string_view email, string_view phone) {
  return BENCH_ALTERNATIVES(REORDERED) false;
}
double q3(std::int32_t age, double balance) { return balance * 0.9 + age * 2.5 - std::abs(balance - 1000); }
bool q4(string_view country, string_view last) { return (BENCH_COUNTRIES(IS_COUNTRY) false) && has(last, "son"); }

template <class Test>
std::int64_t count_if(std::int64_t rows, Test test) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < rows; ++i) count += test(i);
  return count;
}

std::int64_t rows_1(const User* users, std::int64_t rows) {
  return count_if(rows, [=](std::int64_t i) { return q1(users[i].age, users[i].balance); });
}
std::int64_t rows_2(const User* users, std::int64_t rows) {
  return count_if(rows, [=](std::int64_t i) { return q2(users[i].first_name, users[i].email, users[i].phone); });
}
std::int64_t rows_2_reordered(const User* users, std::int64_t rows) {
  return count_if(rows,
                  [=](std::int64_t i) { return q2_reordered(users[i].first_name, users[i].email, users[i].phone); });
}
double rows_3(const User* users, std::int64_t rows) {
  double sum = 0;
  for (std::int64_t i = 0; i < rows; ++i)
    if (users[i].age < 60) sum += q3(users[i].age, users[i].balance);
  return sum;
}
std::int64_t rows_4(const User* users, std::int64_t rows) {
  return count_if(rows, [=](std::int64_t i) { return q4(users[i].country, users[i].last_name); });
}
std::int64_t rows_less(const User* users, std::int64_t rows, double limit) {
  return count_if(rows, [=](std::int64_t i) { return users[i].balance < limit; });
}

std::int64_t columns_1(const Columns* columns, std::int64_t rows) {
  const std::int32_t* age = columns->age.data();
  const double* balance = columns->balance.data();
  return count_if(rows, [=](std::int64_t i) { return q1(age[i], balance[i]); });
}
std::int64_t columns_2(const Columns* columns, std::int64_t rows) {
  return count_if(rows,
                  [&](std::int64_t i) { return q2(columns->first_name[i], columns->email[i], columns->phone[i]); });
}
std::int64_t columns_2_reordered(const Columns* columns, std::int64_t rows) {
  return count_if(
      rows, [&](std::int64_t i) { return q2_reordered(columns->first_name[i], columns->email[i], columns->phone[i]); });
}
double columns_3(const Columns* columns, std::int64_t rows) {
  const std::int32_t* age = columns->age.data();
  const double* balance = columns->balance.data();
  double sum = 0;
  for (std::int64_t i = 0; i < rows; ++i)
    if (age[i] < 60) sum += q3(age[i], balance[i]);
  return sum;
}
std::int64_t columns_4(const Columns* columns, std::int64_t rows) {
  return count_if(rows, [&](std::int64_t i) { return q4(columns->country[i], columns->last_name[i]); });
}
std::int64_t columns_less(const Columns* columns, std::int64_t rows, double limit) {
  const double* balance = columns->balance.data();
  return count_if(rows, [=](std::int64_t i) { return balance[i] < limit; });
}

}  // namespace

#ifdef __clang__
#define COMPILER "clang"
#else
#define COMPILER "g++"
#endif
extern const ByHand BY_HAND;
const ByHand BY_HAND = {COMPILER,
                        {rows_1, rows_2, rows_2_reordered, rows_3, rows_4, rows_less},
                        {columns_1, columns_2, columns_2_reordered, columns_3, columns_4, columns_less}};

}  // namespace bench
