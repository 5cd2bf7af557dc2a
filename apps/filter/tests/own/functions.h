// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a user adds to the language: accessors of an object of his, and functions.
#pragma once

#include "inlay/filter/scope.h"
#include "inlay/filter/type.h"

namespace inlay::filter::own {

/// Its members are nobody's business: filters ask the accessors.
class Account {
 public:
  Account(const char* owner, std::int64_t cents, bool closed, std::int64_t day)
      : owner_(owner), cents_(cents), closed_(closed), day_(day) {}

  Text owner() const { return Text(std::string_view(owner_)); }
  std::int64_t cents() const { return cents_; }
  bool closed() const { return closed_; }
  std::int64_t day() const { return day_; }

 private:
  const char* owner_;
  std::int64_t cents_;
  bool closed_;
  std::int64_t day_;
};

}  // namespace inlay::filter::own

extern "C" {

inlay::filter::Text own_owner(const inlay::filter::own::Account& account);
std::int64_t own_cents(const inlay::filter::own::Account& account);
double own_balance(const inlay::filter::own::Account& account);
bool own_closed(const inlay::filter::own::Account& account);
inlay::filter::Date own_opened(const inlay::filter::own::Account& account);
inlay::filter::Timestamp own_changed(const inlay::filter::own::Account& account);

// Strict; raising; making a text.
std::int64_t own_discount(std::int64_t cents, std::int64_t percent);
std::int64_t own_withdraw(inlay::filter::Scope& scope, std::int64_t cents, std::int64_t by);
inlay::filter::Text own_twice(inlay::filter::Scope& scope, inlay::filter::Text text);
// Called for NULL, too: what they get then, and what they make NULL.
std::int64_t own_seen_of_text(inlay::filter::Text text, bool null, bool* result_null);
std::int64_t own_seen_of_flag(bool flag, bool null, bool* result_null);
double own_either(double a, bool a_null, double b, bool b_null, bool* result_null);
bool own_both(inlay::filter::Scope& scope, bool a, bool a_null, bool b, bool b_null, bool* result_null);
// Of a constant: how often its first character is in the text.
std::int64_t own_occurrences(inlay::filter::Text text, const void* character);
}
