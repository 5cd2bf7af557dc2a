// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "functions.h"

#include <cstring>

using namespace inlay::filter;

extern "C" {

Text own_owner(const own::Account& account) { return account.owner(); }
std::int64_t own_cents(const own::Account& account) { return account.cents(); }
double own_balance(const own::Account& account) { return static_cast<double>(account.cents()) / 100; }
bool own_closed(const own::Account& account) { return account.closed(); }
Date own_opened(const own::Account& account) { return {account.day()}; }
Timestamp own_changed(const own::Account& account) { return {account.day() * 86'400'000'000 + 1}; }

std::int64_t own_discount(std::int64_t cents, std::int64_t percent) { return cents - cents * percent / 100; }

std::int64_t own_withdraw(Scope& scope, std::int64_t cents, std::int64_t by) {
  if (by > cents) {
    scope.message = "the account does not have that much";
    raise(scope, Fault::User);
  }
  return cents - by;
}

Text own_twice(Scope& scope, Text text) {
  char* memory = allocate(scope, 2 * text.size);
  if (!memory) return {};
  std::memcpy(memory, text.data, static_cast<std::size_t>(text.size));
  std::memcpy(memory + text.size, text.data, static_cast<std::size_t>(text.size));
  return {memory, 2 * text.size};
}

/// -1 for a NULL that comes as the empty text that it is to be, -2 for any other.
std::int64_t own_seen_of_text(Text text, bool null, bool* result_null) {
  *result_null = false;
  if (null) return text.data == nullptr && text.size == 0 ? -1 : -2;
  return text.size;
}

std::int64_t own_seen_of_flag(bool flag, bool null, bool* result_null) {
  *result_null = false;
  if (null) return flag ? -2 : -1;
  return flag;
}

double own_either(double a, bool a_null, double b, bool b_null, bool* result_null) {
  *result_null = a_null && b_null;
  return a_null ? b : a;
}

bool own_both(Scope& scope, bool a, bool a_null, bool b, bool b_null, bool* result_null) {
  *result_null = a_null != b_null;
  if (a_null && b_null) {
    scope.message = "neither is known";
    raise(scope, Fault::User);
  }
  return a && b;
}

std::int64_t own_occurrences(Text text, const void* character) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < text.size; ++i) count += text.data[i] == *static_cast<const char*>(character);
  return count;
}
}
