// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstring>
#include <vector>

#include "runtime/faults.h"
#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

TEST(Scopes, texts_last_until_the_reset) {
  ScopeOwner owner;
  for (int batch = 0; batch < 3; ++batch) {
    std::vector<std::pair<char*, std::int64_t>> texts;
    for (std::int64_t i = 0; i < 3000; ++i) {
      const std::int64_t size = i % 1000 == 999 ? 500000 : i % 97;
      char* text = allocate(owner.scope(), size);
      ASSERT_NE(text, nullptr);
      std::memset(text, static_cast<int>(i % 251), static_cast<std::size_t>(size));
      texts.emplace_back(text, size);
    }
    for (std::size_t i = 0; i < texts.size(); ++i)
      for (std::int64_t k = 0; k < texts[i].second; ++k)
        ASSERT_EQ(static_cast<unsigned char>(texts[i].first[k]), i % 251);
    owner.reset();
  }
}

TEST(Scopes, memory_of_a_batch_serves_the_next_one) {
  ScopeOwner owner;
  char* first = allocate(owner.scope(), 100);
  owner.reset();
  EXPECT_EQ(allocate(owner.scope(), 100), first);
}

TEST(Scopes, what_cannot_be_had_is_a_fault) {
  ScopeOwner owner;
  EXPECT_EQ(allocate(owner.scope(), (std::int64_t{1} << 30) + 1), nullptr);
  EXPECT_EQ(owner.scope().fault, Fault::TooLong);
  owner.reset();
  EXPECT_EQ(owner.scope().fault, Fault::None);
  EXPECT_EQ(allocate(owner.scope(), INT64_MAX), nullptr);
  Scope bare;
  EXPECT_EQ(allocate(bare, 1), nullptr);
  EXPECT_EQ(bare.fault, Fault::OutOfMemory);
}

TEST(Scopes, the_first_fault_stays) {
  Scope scope;
  raise(scope, Fault::NotADate, std::string_view("x"));
  raise(scope, Fault::DivisionByZero);
  EXPECT_EQ(scope.fault, Fault::NotADate);
  EXPECT_EQ(std::string_view(scope.offender), "x");
}

TEST(Faults, are_told_in_words) {
  Scope scope;
  EXPECT_EQ(fault_message(scope), "");
  auto message = [&](Fault fault, std::string_view offender = {}) {
    scope = {};
    raise(scope, fault, offender);
    return fault_message(scope);
  };
  EXPECT_EQ(message(Fault::IntegerOverflow), "integer overflow");
  EXPECT_EQ(message(Fault::NotAnInteger, "1.5"), "'1.5' is not an integer");
  EXPECT_EQ(message(Fault::NotADate, "a\n\xff"), "'a\\x0a\\xff' is not a date (YYYY-MM-DD)");
  EXPECT_EQ(message(Fault::OutOfRange), "value out of range");
  EXPECT_EQ(message(Fault::OutOfRange, "1e999"), "'1e999' is out of range");
  EXPECT_LT(message(Fault::NotANumber, std::string(10000, 'x')).size(), 100u);
  scope = {};
  scope.fault = Fault::User;
  scope.message = "no such customer";
  EXPECT_EQ(fault_message(scope), "no such customer");
  for (int fault = 1; fault <= static_cast<int>(Fault::User); ++fault) {
    scope = {};
    scope.fault = static_cast<Fault>(fault);
    EXPECT_NE(fault_message(scope), "");
  }
}

}  // namespace
}  // namespace inlay::filter
