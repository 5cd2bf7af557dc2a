// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/verify.h"

#include <gtest/gtest.h>

#include "inlay/ir/expand.h"
#include "inlay/ir/walk.h"
#include "ir/verify/sample.h"

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

TEST(Verify, what_expansion_made_is_sound) {
  Module m = Module::create().value();
  add_sample(m);
  ASSERT_TRUE(verify(m));
  const std::uint32_t before = m.insts.count();
  const Reach reach = expand(m).value();
  EXPECT_GT(m.insts.count(), before);
  const Result<void> some = verify(m, reach.functions);
  EXPECT_TRUE(some) << some.error().to_string();
  const Result<void> all = verify(m);
  EXPECT_TRUE(all) << all.error().to_string();
}

TEST(Verify, an_instance_that_cannot_do_what_its_generic_does_is_refused) {
  Module m = Module::create().value();
  Builder b(m);
  const TypeId any = m.type_parameter(0);
  const FunctionId twice = m.function("twice", m.signature({any}, any));
  m.make_generic(twice, std::to_array<GenericParameter>({{"T", {}}}));
  b.begin(twice);
  b.ret(b.name(b.add(b.parameter(0), b.name(b.parameter(0), "x")), "y"));
  b.end();
  const FunctionId of_ptr = m.instance(twice, std::to_array<GenericArgument>({TypeId(Ptr)}));
  const FunctionId f = m.function("f", m.signature({Ptr}, Ptr), FunctionExported);
  b.begin(f);
  b.ret(b.call(of_ptr, {b.parameter(0)}));
  b.end();
  ASSERT_TRUE(verify(m));
  const Result<Reach> reach = expand(m);
  ASSERT_FALSE(reach);
  EXPECT_TRUE(reach.error().message().ends_with("%y = add ptr %x, %x: the operation is not for ptr"))
      << reach.error().message();
  EXPECT_FALSE(verify(m, FunctionId{999}));
}

TEST(Verify, an_error_of_building_is_told_first) {
  Module m = Module::create().value();
  m.fail(Error(ErrorKind::InvalidArgument, "something"));
  EXPECT_EQ(verify(m).error().message(), "something");
  m.reset();
  m.insts.add({});
  EXPECT_EQ(verify(m).error().message(), "not every instruction has a location");
}

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
constexpr int Rounds = 40'000;  // verify_fuzz.cpp goes on
#else
constexpr int Rounds = 200'000;
#endif

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
  for (int i = 0; i < Rounds; ++i) {
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
  EXPECT_GT(refused, Rounds / 2);
  EXPECT_GT(passed, Rounds / 200);
}

}  // namespace
}  // namespace inlay::ir
