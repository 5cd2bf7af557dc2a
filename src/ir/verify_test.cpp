// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/verify.h"

#include <gtest/gtest.h>

#include "ir/verify_sample.h"

namespace inlay::ir {
namespace {

TEST(Verify, an_empty_module_is_sound) {
  Module m = Module::create().value();
  EXPECT_TRUE(verify(m));
}

TEST(Verify, a_program_with_a_bit_of_everything_is_sound_and_stays_so) {
  Module m = Module::create().value();
  add_sample(m);
  for (int i = 0; i < 3; ++i) {
    const Result<void> result = verify(m);
    EXPECT_TRUE(result) << result.error().to_string();
  }
}

}  // namespace
}  // namespace inlay::ir
