// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The four queries, as lists for those who write them by hand and as text for those who parse it.
//
// Q1  two numbers                          age between 30 and 40 and balance > 5000
// Q2  sixteen terms of three text tests    first_name like 'Zo%' or (email like '%son0%' and phone like '555%') or …
// Q3  a sum of what passes                 sum(balance * 0.9 + age * 2.5 - abs(balance - 1000)) where age < 60
// Q4  a list and a text test               country in ('Germany', …) and last_name like '%son%'
#pragma once

#include <string>

namespace bench {

struct Alternative {
  const char *name, *part, *area;
};

// X(name, part, area): a first name that begins so, or an email that contains this and a phone that begins so.
// clang-format off: it does not come to rest on lists like these.
#define BENCH_ALTERNATIVES(X)                                                                                                               \
  X("Zo", "son0", "555") X("Ad", "son1", "201") X("Be", "son2", "202") X("Xe", "son3", "303") X("Qu", "son4", "404") X("Um", "son5", "505") \
  X("Wi", "son6", "606") X("Ya", "son7", "707") X("Ol", "son8", "808") X("Fr", "son9", "909") X("He", "ith1", "111") X("Iv", "own2", "222") \
  X("Gu", "lee3", "333") X("Ka", "ark4", "444") X("Le", "all5", "666") X("Ni", "ing6", "777")
#define BENCH_COUNTRIES(X)                                                     \
  X("Germany") X("France") X("Italy") X("Spain") X("Poland") X("Austria")      \
  X("Belgium") X("Denmark") X("Finland") X("Greece") X("Hungary") X("Iceland") \
  X("Ireland") X("Latvia") X("Malta") X("Norway") X("Romania") X("Sweden")     \
  X("Turkey") X("Croatia")
// clang-format on

#define BENCH_ALTERNATIVE(name, part, area) {name, part, area},
inline constexpr Alternative Alternatives[] = {BENCH_ALTERNATIVES(BENCH_ALTERNATIVE)};
#undef BENCH_ALTERNATIVE
#define BENCH_COUNTRY(name) name,
inline constexpr const char* QueryCountries[] = {BENCH_COUNTRIES(BENCH_COUNTRY)};
#undef BENCH_COUNTRY

inline std::string query_1() { return "age between 30 and 40 and balance > 5000"; }

inline std::string query_2() {
  std::string text;
  for (const Alternative& each : Alternatives)
    text += std::string(text.empty() ? "" : " or ") + "first_name like '" + each.name + "%' or (email like '%" +
            each.part + "%' and phone like '" + each.area + "%')";
  return text;
}

inline std::string query_3() { return "age < 60"; }
inline std::string query_3_value() { return "balance * 0.9 + age * 2.5 - abs(balance - 1000)"; }

inline std::string query_4() {
  std::string text = "country in (";
  for (const char* name : QueryCountries) text += std::string(name == QueryCountries[0] ? "'" : ", '") + name + "'";
  return text + ") and last_name like '%son%'";
}

}  // namespace bench
