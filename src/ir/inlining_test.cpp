// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "inlay/ir/builder.h"
#include "inlay/ir/fingerprint.h"

namespace inlay::ir {
namespace {

/// Functions without parameters and result, of so many instructions, that call others.
struct Program {
  Module m = Module::create().value();
  Builder b{m};
  std::vector<FunctionId> all;

  FunctionId declare(const char* name, std::uint32_t flags = 0) { return m.function(name, m.signature({}), flags); }
  FunctionId write(FunctionId id, std::initializer_list<FunctionId> callees, unsigned more = 0) {
    b.begin(id);
    for (FunctionId callee : callees) b.call(callee, {});
    for (unsigned i = 0; i < more; ++i) b.slot(I32);
    b.ret();
    b.end();
    all.push_back(id);
    return id;
  }
  FunctionId write(const char* name, std::initializer_list<FunctionId> callees, unsigned more = 0,
                   std::uint32_t flags = 0) {
    return write(declare(name, flags), callees, more);
  }
  Inlining decide(FunctionId id) const { return decide_inlining(m, all)[id.value]; }
};

constexpr unsigned Large = 100;

TEST(Inlining, small_functions_that_call_nothing) {
  Program p;
  const FunctionId small = p.write("small", {}, 11), large = p.write("large", {}, 12);
  p.write("main", {small, small, large, large}, 0, FunctionExported);
  EXPECT_EQ(p.decide(small), Inlining::Always);
  EXPECT_EQ(p.decide(large), Inlining::Free);
}

TEST(Inlining, small_ones_with_a_loop_stay) {
  Program p;
  const FunctionId loop = p.declare("loop");
  p.b.begin(loop);
  const BlockId head = p.b.block();
  p.b.jump(head);
  p.b.start(head);
  p.b.jump(head);
  p.b.end();
  p.all.push_back(loop);
  p.write("main", {loop, loop});
  EXPECT_EQ(p.decide(loop), Inlining::Free);
}

TEST(Inlining, what_is_called_once_moves_into_its_caller) {
  Program p;
  const FunctionId once = p.write("once", {}, Large), twice = p.write("twice", {}, Large);
  const FunctionId exported = p.write("exported", {}, Large, FunctionExported);
  const FunctionId huge = p.write("huge", {}, 400), cold = p.write("cold", {}, Large, FunctionCold);
  p.write("main", {once, twice, twice, exported, huge, cold}, 0, FunctionExported);
  EXPECT_EQ(p.decide(once), Inlining::Always);
  EXPECT_EQ(p.decide(twice), Inlining::Free);
  EXPECT_EQ(p.decide(exported), Inlining::Free);
  EXPECT_EQ(p.decide(huge), Inlining::Free);
  EXPECT_EQ(p.decide(cold), Inlining::Free);
}

TEST(Inlining, nobody_else_may_know_what_is_called_once) {
  Program p;
  const FunctionId stored = p.write("stored", {}, Large), listed = p.write("listed", {}, Large);
  const FunctionId main = p.declare("main", FunctionExported);
  p.b.begin(main);
  p.b.call(stored, {});
  p.b.call(listed, {});
  const Value slot = p.b.slot(Ptr);
  p.b.store(p.m.signature({}), stored, slot);
  p.b.ret();
  p.b.end();
  p.all.push_back(main);
  p.m.add_table("table", {}, std::span(&listed, 1));
  EXPECT_EQ(p.decide(stored), Inlining::Free);
  EXPECT_EQ(p.decide(listed), Inlining::Free);
}

TEST(Inlining, recursion_stays_however_long) {
  Program p;
  const FunctionId self = p.declare("self", FunctionInline);
  p.write(self, {self});
  const FunctionId a = p.declare("a"), b = p.declare("b"), c = p.declare("c");
  p.write(a, {b});
  p.write(b, {c});
  p.write(c, {a});
  const FunctionId beside = p.write("beside", {}, Large);
  p.write("main", {self, a, beside});
  for (FunctionId id : {self, a, b, c}) EXPECT_EQ(p.decide(id), Inlining::Free) << p.m.full_name(id);
  EXPECT_EQ(p.decide(beside), Inlining::Always);
}

TEST(Inlining, words_of_the_program_count) {
  Program p;
  const FunctionId wanted = p.write("wanted", {}, Large, FunctionInline | FunctionExported);
  const FunctionId unwanted = p.write("unwanted", {}, 1, FunctionNoInline);
  const FunctionId outside = p.declare("outside", FunctionExtern);
  const FunctionId assembly = p.declare("assembly");
  p.m.set_assembly(assembly, Architecture::X86_64, "ret");
  p.all.push_back(assembly);
  p.write("main", {wanted, wanted, unwanted, outside, assembly});
  EXPECT_EQ(p.decide(wanted), Inlining::Always);
  EXPECT_EQ(p.decide(unwanted), Inlining::Never);
  EXPECT_EQ(p.decide(outside), Inlining::Free);
  EXPECT_EQ(p.decide(assembly), Inlining::Never);
}

TEST(Inlining, trees_do_not_grow_without_bound) {
  Program p;
  FunctionId next = p.write("leaf", {}, 1);
  const FunctionId leaf = next;
  for (int i = 0; i < 40; ++i) next = p.write(("f" + std::to_string(i)).c_str(), {next, next}, 0, FunctionInline);
  EXPECT_EQ(p.decide(leaf), Inlining::Always);
  // f0 is of 5 instructions, f1 of 11 and so on: 2^40 would not fit anywhere.
  std::size_t inlined = 0;
  for (Inlining inlining : decide_inlining(p.m, p.all)) inlined += inlining == Inlining::Always;
  EXPECT_GT(inlined, 9u);
  EXPECT_LT(inlined, 40u);
}

TEST(Inlining, deep_chains_need_no_deep_stack) {
  Program p;
  FunctionId next = p.write("leaf", {}, Large);
  for (int i = 0; i < 100'000; ++i) next = p.write(("f" + std::to_string(i)).c_str(), {next});
  EXPECT_EQ(decide_inlining(p.m, p.all).size(), p.m.functions.count());
}

TEST(Inlining, only_calls_of_the_program_count) {
  Program p;
  const FunctionId once = p.write("once", {}, Large);
  const FunctionId main = p.write("main", {once}), unreached = p.write("unreached", {once});
  EXPECT_EQ(p.decide(once), Inlining::Free);
  const FunctionId within[] = {main, once};
  EXPECT_EQ(decide_inlining(p.m, within)[once.value], Inlining::Always);
  (void)unreached;
}

TEST(Inlining, decisions_hold_as_long_as_they_would_be_made_again) {
  Program p;
  const FunctionId leaf = p.write("leaf", {}, 5), large = p.write("large", {}, Large);
  const FunctionId middle = p.write("middle", {leaf, large}, 3), other = p.write("other", {large}, 3);
  p.write("main", {middle, middle, leaf, other, other}, 0, FunctionExported);
  const std::vector<FunctionId> within = p.all;
  InliningDecisions decisions;
  EXPECT_FALSE(decisions.still_hold(p.m, {}));  // there are none
  std::vector<Inlining> last = decisions.decide(p.m, within);
  const auto holds = [&](FunctionId id, std::initializer_list<FunctionId> callees, unsigned more) {
    p.write(id, callees, more);
    const bool held = decisions.still_hold(p.m, std::span(&id, 1));
    const std::vector<Inlining> now = decide_inlining(p.m, within);
    if (held) {
      EXPECT_EQ(now, last);
    }
    if (!held) last = decisions.decide(p.m, within);
    return held;
  };
  EXPECT_TRUE(holds(large, {}, Large + 1));
  EXPECT_TRUE(holds(middle, {leaf, large}, 30));
  EXPECT_TRUE(holds(middle, {leaf, large}, 1));
  EXPECT_TRUE(holds(leaf, {}, 5));
  EXPECT_FALSE(holds(leaf, {}, 6));         // its callers are larger now
  EXPECT_FALSE(holds(leaf, {}, Large));     // it stays a call
  EXPECT_TRUE(holds(leaf, {}, Large + 1));  // and now nobody looks at its size
  EXPECT_FALSE(holds(leaf, {}, 2));
  EXPECT_FALSE(holds(other, {large, leaf}, 3));  // it calls another one
  EXPECT_FALSE(holds(other, {leaf, large}, 3));
  EXPECT_TRUE(holds(other, {leaf, large}, 9));
  EXPECT_FALSE(holds(other, {}, 3));  // large is called once now
  EXPECT_EQ(last[large.value], Inlining::Always);
}

}  // namespace
}  // namespace inlay::ir
