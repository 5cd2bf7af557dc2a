// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/labels.h"

#include <gtest/gtest.h>

namespace inlay::m6502 {
namespace {

TEST(Labels, are_read_as_ld65_and_vice_write_them_and_as_people_do) {
  Labels labels;
  ASSERT_TRUE(read_labels("al 00C000 ._main\r\n\n; text\nal C:0801 .start\n# more\nscreen = $0400\n", "f", labels));
  EXPECT_EQ(labels.address_of("_main"), 0xC000);
  EXPECT_EQ(labels.address_of("start"), 0x0801);
  EXPECT_EQ(labels.address_of("screen"), 0x0400);
  EXPECT_EQ(labels.address_of("main"), std::nullopt);
  EXPECT_EQ(labels.name_of(0x0400), "screen");
  EXPECT_EQ(labels.name_of(0x0401), "");
}

TEST(Labels, those_of_linkers_name_nothing) {
  Labels labels;
  ASSERT_TRUE(read_labels("al 000200 .__CODE_RUN__\nal 000200 ._main\nal 000200 .__X__\n", "f", labels));
  EXPECT_EQ(labels.name_of(0x200), "_main");
  EXPECT_EQ(labels.address_of("__X__"), 0x200);
  ASSERT_TRUE(read_labels("al 000001 .__CONSTRUCTOR_COUNT__\n", "f", labels));
  EXPECT_EQ(labels.name_of(1), "");
}

TEST(Labels, a_name_given_again_means_the_new_address) {
  Labels labels;
  labels.add("here", 1);
  labels.add("here", 2);
  EXPECT_EQ(labels.address_of("here"), 2);
  EXPECT_EQ(labels.name_of(1), "");
  EXPECT_EQ(labels.name_of(2), "here");
}

TEST(Labels, what_is_beyond_64_kib_is_no_address) {
  Labels labels;
  ASSERT_TRUE(read_labels("al 010000 .size\n", "f", labels));
  EXPECT_TRUE(labels.empty());
}

TEST(Labels, messages_have_file_and_line) {
  Labels labels;
  const Result<void> line = read_labels("al 1 .a\nbreak 12\n", "game.lbl", labels);
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().to_string().substr(0, 31), "game.lbl:2: error: not a label:");
  const Result<void> number = read_labels("al xyz .a\n", "game.lbl", labels);
  ASSERT_FALSE(number);
  EXPECT_EQ(number.error().to_string(), "game.lbl:1: error: 'xyz' is no hexadecimal address [invalid-program]");
}

}  // namespace
}  // namespace inlay::m6502
