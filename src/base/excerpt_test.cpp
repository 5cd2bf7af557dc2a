// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/excerpt.h"

#include <gtest/gtest.h>

namespace inlay::base {
namespace {

TEST(Excerpt, shows_the_line_and_a_caret_below_the_column) {
  EXPECT_EQ(excerpt("one\ntwo three\nfour", {"f", 2, 5}), "two three\n    ^");
  EXPECT_EQ(excerpt("one", {"f", 1, 1}), "one\n^");
  EXPECT_EQ(excerpt("one\r\ntwo", {"f", 1, 9}), "one\n   ^");
}

TEST(Excerpt, keeps_tabs_and_hides_other_control_characters) {
  EXPECT_EQ(excerpt("\ta\x1b[m\tb", {"f", 1, 7}), "\ta?[m\tb\n\t    \t^");
}

TEST(Excerpt, counts_characters_rather_than_bytes) { EXPECT_EQ(excerpt("äöü x", {"f", 1, 8}), "äöü x\n    ^"); }

TEST(Excerpt, cuts_long_lines_around_the_caret) {
  const std::string line = std::string(1000, 'a') + 'b' + std::string(1000, 'c');
  EXPECT_EQ(excerpt(line, {"f", 1, 1001}, 10), "...aaaaabcccc...\n        ^");
  EXPECT_EQ(excerpt(line, {"f", 1, 1}, 10), "aaaaaaaaaa...\n^");
  EXPECT_EQ(excerpt(line, {"f", 1, 2002}, 10), "...cccccccccc\n             ^");
}

TEST(Excerpt, of_a_place_outside_is_empty) {
  EXPECT_EQ(excerpt("one", {"f", 2, 1}), "");
  EXPECT_EQ(excerpt("one", {"f", 0, 0}), "");
  EXPECT_EQ(excerpt("", {"f", 1, 1}), "\n^");
}

}  // namespace
}  // namespace inlay::base
