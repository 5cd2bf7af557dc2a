// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/verify.h"

#include <gtest/gtest.h>

#include "inlay/ir/walk.h"
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

/// Reads all operands of all instructions that stand in blocks, and the types of what they yield.
std::uint64_t read_all(const Module& m) {
  std::uint64_t sum = 0;
  for (const Function& f : m.functions.entries())
    for (std::uint32_t b = f.first_block.value; b < f.end_block.value; ++b)
      for (InstId at = m.blocks[BlockId{b}].first; at; at = m.insts[at].next) {
        sum += m.result_type(m.insts[at]).value;
        visit_values(m, m.insts[at], [&](Value value) { sum += m.type_of(value).value; });
      }
  for (std::uint32_t i = 1; i < m.functions.count(); ++i) sum += m.full_name(FunctionId{i}).size();
  for (std::uint32_t i = 1; i < m.types.count(); ++i) sum += m.to_string(TypeId{i}).size();
  return sum;
}

TEST(Verify, damage_is_refused_or_harmless) {
  Module m = Module::create().value();
  std::uint64_t random = 0x9e3779b97f4a7c15u;
  const auto next = [&] {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return static_cast<std::uint32_t>(random >> 16);
  };
  int refused = 0, passed = 0;
  for (int i = 0; i < 200'000; ++i) {
    m.reset();
    add_sample(m);
    for (std::uint32_t changes = i % 4 == 0 ? 3 : 1; changes > 0; --changes) {
      const std::uint32_t where = next();
      damage(m, where, next());
    }
    if (verify(m)) {
      ++passed;
      EXPECT_NE(read_all(m), 0u);
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100'000);
  EXPECT_GT(passed, 1'000);
}

}  // namespace
}  // namespace inlay::ir
