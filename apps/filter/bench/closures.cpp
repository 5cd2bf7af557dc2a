// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tree of closures for each query: what a program builds that reads conditions and has no compiler.
#include <cmath>
#include <functional>
#include <utility>

#include "by_hand.h"
#include "queries.h"

namespace bench {
namespace {

using Test = std::function<bool(const User&)>;
using Real = std::function<double(const User&)>;

Test all_of(Test a, Test b) {
  return [a = std::move(a), b = std::move(b)](const User& user) { return a(user) && b(user); };
}
Test any_of(Test a, Test b) {
  return [a = std::move(a), b = std::move(b)](const User& user) { return a(user) || b(user); };
}
Test starts_with(std::string User::* member, std::string text) {
  return [=](const User& user) { return (user.*member).starts_with(text); };
}
Test contains(std::string User::* member, std::string text) {
  return [=](const User& user) { return (user.*member).find(text) != std::string::npos; };
}
Test equals(std::string User::* member, std::string text) {
  return [=](const User& user) { return user.*member == text; };
}
Test compare(Real a, bool (*how)(double, double), Real b) {
  return [a = std::move(a), how, b = std::move(b)](const User& user) { return how(a(user), b(user)); };
}
Real combine(Real a, double (*how)(double, double), Real b) {
  return [a = std::move(a), how, b = std::move(b)](const User& user) { return how(a(user), b(user)); };
}
Real number(double value) {
  return [=](const User&) { return value; };
}
template <class M>
Real member(M User::* which) {
  return [=](const User& user) { return static_cast<double>(user.*which); };
}

bool less(double a, double b) { return a < b; }
bool at_least(double a, double b) { return a >= b; }
bool more(double a, double b) { return a > b; }
bool at_most(double a, double b) { return a <= b; }

std::int64_t count(const Test& test, const User* users, std::int64_t rows) {
  std::int64_t result = 0;
  for (std::int64_t i = 0; i < rows; ++i) result += test(users[i]);
  return result;
}

std::int64_t closures_1(const User* users, std::int64_t rows) {
  return count(all_of(all_of(compare(member(&User::age), at_least, number(30)),
                             compare(member(&User::age), at_most, number(40))),
                      compare(member(&User::balance), more, number(5000))),
               users, rows);
}

std::int64_t closures_2(const User* users, std::int64_t rows) {
  Test any;
  for (const Alternative& each : Alternatives) {
    Test test = any_of(starts_with(&User::first_name, each.name),
                       all_of(contains(&User::email, each.part), starts_with(&User::phone, each.area)));
    any = any ? any_of(std::move(any), std::move(test)) : std::move(test);
  }
  return count(any, users, rows);
}

double closures_3(const User* users, std::int64_t rows) {
  const auto plus = [](double a, double b) { return a + b; };
  const auto minus = [](double a, double b) { return a - b; };
  const auto times = [](double a, double b) { return a * b; };
  const Test test = compare(member(&User::age), less, number(60));
  const Real difference = combine(member(&User::balance), minus, number(1000));
  const Real value = combine(combine(combine(member(&User::balance), times, number(0.9)), plus,
                                     combine(member(&User::age), times, number(2.5))),
                             minus, [=](const User& user) { return std::abs(difference(user)); });
  double sum = 0;
  for (std::int64_t i = 0; i < rows; ++i)
    if (test(users[i])) sum += value(users[i]);
  return sum;
}

std::int64_t closures_4(const User* users, std::int64_t rows) {
  Test any;
  for (const char* name : QueryCountries) {
    Test test = equals(&User::country, name);
    any = any ? any_of(std::move(any), std::move(test)) : std::move(test);
  }
  return count(all_of(std::move(any), contains(&User::last_name, "son")), users, rows);
}

}  // namespace

const Queries<User> closures = {closures_1, closures_2, nullptr, closures_3, closures_4, nullptr};

}  // namespace bench
