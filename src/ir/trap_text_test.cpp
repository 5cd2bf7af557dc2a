// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/trap_text.h"

#include <gtest/gtest.h>

namespace inlay::ir {
namespace {

TEST(TrapText, numbers_stand_where_they_belong) {
  EXPECT_EQ(trap_text(TrapKind::Index, "", 7, 5), "index 7 is out of bounds of length 5");
  EXPECT_EQ(trap_text(TrapKind::Range, "", -1, 3), "range -1 to 3 does not lie in the slice");
  EXPECT_EQ(trap_text(TrapKind::Null, "", 1, 2), "null pointer");
  EXPECT_EQ(trap_text(TrapKind::Message, "no {} such thing", 1, 2), "no {} such thing");
}

TEST(TrapText, a_kind_that_is_none_does_no_harm) {
  EXPECT_EQ(trap_text(static_cast<TrapKind>(1000), "", 0, 0), "a trap of an unknown kind");
}

}  // namespace
}  // namespace inlay::ir
