// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/result.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>

namespace inlay {
namespace {

TEST(Result, every_kind_prints_a_name_of_its_own) {
  std::set<std::string_view> names;
  int kinds = 0;
#define INLAY_ERROR(Name, Text)                \
  EXPECT_EQ(to_string(ErrorKind::Name), Text); \
  names.insert(Text);                          \
  ++kinds;
#include "inlay/errors.def"
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kinds));
}

TEST(Result, a_place_prints_the_parts_it_has) {
  EXPECT_EQ((Place{"calc.cpp", 12, 5}.to_string()), "calc.cpp:12:5");
  EXPECT_EQ((Place{"calc.cpp", 12, 0}.to_string()), "calc.cpp:12");
  EXPECT_EQ((Place{"calc.cpp", 0, 5}.to_string()), "calc.cpp");
  EXPECT_EQ((Place{"", 12, 5}.to_string()), "12:5");
  EXPECT_EQ(Place{}.to_string(), "");
  EXPECT_FALSE(Place{}.known());
}

TEST(Result, an_error_prints_its_place_kind_and_notes) {
  EXPECT_EQ(Error(ErrorKind::NotFound, "no function 'f'").to_string(), "error: no function 'f' [not-found]");
  EXPECT_EQ(Error(ErrorKind::File, "cannot read", {"a.inlay", 3, 0})
                .with_note("while linking")
                .with_note("while testing")
                .to_string(),
            "a.inlay:3: error: cannot read [file]\nnote: while linking\nnote: while testing");
}

TEST(Result, a_caret_in_a_note_stands_below_what_it_points_at) {
  EXPECT_EQ(Error(ErrorKind::InvalidProgram, "no").with_note("%b = add\n     ^").with_note("end").to_string(),
            "error: no [invalid-program]\nnote: %b = add\n           ^\nnote: end");
}

Result<std::unique_ptr<int>> make(int value) {
  if (value < 0) return Error(ErrorKind::InvalidArgument, "negative");
  return std::make_unique<int>(value);
}

Result<int> doubled(int value) {
  INLAY_TRY(std::unique_ptr<int> made, make(value));
  return 2 * *made;
}

Result<void> check(int value) {
  INLAY_TRY_VOID(doubled(value));
  return {};
}

TEST(Result, try_hands_on_the_value_or_the_error) {
  EXPECT_EQ(doubled(4).value(), 8);
  ASSERT_FALSE(doubled(-1));
  EXPECT_EQ(doubled(-1).error().kind(), ErrorKind::InvalidArgument);
  EXPECT_TRUE(check(1));
  EXPECT_EQ(check(-1).error().message(), "negative");
}

TEST(Result, value_of_none_throws_what_is_wrong) {
  const Result<int> none = Error(ErrorKind::NotFound, "no such thing");
  try {
    none.value();
    FAIL();
  } catch (const NoValue& error) {
    EXPECT_NE(std::string(error.what()).find("no such thing"), std::string::npos) << error.what();
  }
  EXPECT_THROW(Result<void>(Error(ErrorKind::NotFound, "")).value(), NoValue);
  Result<std::unique_ptr<int>> some = std::make_unique<int>(7);
  EXPECT_EQ(*std::move(some).value(), 7);
}

}  // namespace
}  // namespace inlay
