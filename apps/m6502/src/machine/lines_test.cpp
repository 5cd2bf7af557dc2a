// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine/lines.h"

#include <gtest/gtest.h>

namespace inlay::m6502 {
namespace {

TEST(Lines, are_high_until_a_source_pulls_them) {
  Lines lines;
  EXPECT_FALSE(lines.irq_now());
  EXPECT_FALSE(lines.irq_at(1'000'000));
  EXPECT_FALSE(lines.nmi_by(1'000'000));
}

TEST(Lines, are_low_from_the_cycle_on_in_which_they_were_pulled) {
  Lines lines;
  lines.set_irq(0, true, 10);
  EXPECT_FALSE(lines.irq_at(9));
  EXPECT_TRUE(lines.irq_at(10));
  EXPECT_TRUE(lines.irq_at(1000));
}

TEST(Lines, remember_that_they_were_low_before_they_were_let_go) {
  Lines lines;
  lines.set_irq(3, true, 10);
  lines.set_irq(3, false, 15);
  EXPECT_FALSE(lines.irq_now());
  EXPECT_TRUE(lines.irq_at(14));
  EXPECT_FALSE(lines.irq_at(15));
  EXPECT_FALSE(lines.irq_at(9));
}

TEST(Lines, are_low_while_one_of_their_sources_is) {
  Lines lines;
  lines.set_irq(0, true, 10);
  lines.set_irq(31, true, 12);
  lines.set_irq(0, false, 14);
  EXPECT_TRUE(lines.irq_now());
  EXPECT_TRUE(lines.irq_at(14));
  lines.set_irq(31, false, 16);
  EXPECT_TRUE(lines.irq_at(15));
  EXPECT_FALSE(lines.irq_at(16));
}

TEST(Lines, take_an_unknown_cycle_for_the_last_one_of_the_instruction) {
  Lines lines;
  lines.set_irq(0, true, LastCycle);
  EXPECT_FALSE(lines.irq_at(99));
  lines.ends(100);
  EXPECT_FALSE(lines.irq_at(98));
  EXPECT_TRUE(lines.irq_at(99));
  lines.nmi(LastCycle);
  lines.ends(200);
  EXPECT_FALSE(lines.nmi_by(198));
  EXPECT_TRUE(lines.nmi_by(199));
}

TEST(Lines, change_twice_in_one_instruction) {
  Lines lines;
  lines.set_irq(0, true, 10);
  lines.set_irq(0, false, 20);
  lines.set_irq(0, true, 21);
  EXPECT_TRUE(lines.irq_at(19));
  EXPECT_FALSE(lines.irq_at(20));
  EXPECT_TRUE(lines.irq_at(21));
}

TEST(Lines, keep_the_first_of_two_edges) {
  Lines lines;
  lines.nmi(10);
  lines.nmi(20);
  EXPECT_TRUE(lines.nmi_by(10));
  lines.take_nmi();
  EXPECT_FALSE(lines.nmi_pending());
}

}  // namespace
}  // namespace inlay::m6502
