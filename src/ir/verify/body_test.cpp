// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks, chains and where values are defined. Operands are in operands_test.cpp.
#include "ir/verify/body.h"

#include <gtest/gtest.h>

#include "ir/verify/verdict.h"

namespace inlay::ir {
namespace {

TEST(VerifyBody, a_function_ends_with_an_end) {
  Draft d;
  d.begin({I32});
  d.b.name(d.b.add(d.p(0), 1), "x");
  EXPECT_EQ(d.verdict_ended(),
            "f.src:7: in @f: %x = add i32 %a, 1: it is the last in its block, where jump, branch, switch, return or "
            "trap is wanted");
}

TEST(VerifyBody, a_block_has_instructions) {
  Draft d;
  d.begin({});
  d.b.block({}, "empty");
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: block 'empty' is empty, where an instruction that ends it is wanted");
}

TEST(VerifyBody, nothing_stands_behind_the_end) {
  Draft d;
  d.begin({});
  d.b.ret();
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: return_void: it ends its block, and must be the last in it");
  Draft e;
  e.begin({}).b.ret();
  e.last().next = InstId{1};
  EXPECT_EQ(e.verdict_ended(), "f.src:7: in @f: return_void: it ends its block, and must be the last in it");
}

TEST(VerifyBody, a_chain_does_not_lead_back) {
  Draft d;
  d.begin({I32});
  const Value x = d.b.name(d.b.add(d.p(0), 1), "x");
  d.b.name(d.b.add(x, 1), "y");
  d.b.ret();
  d.m.insts[InstId{x.bits + 1}].next = x.inst();
  EXPECT_EQ(d.verdict_ended(), "f.src:7: in @f: %x = add i32 %a, 1: it stands in two places");
}

TEST(VerifyBody, an_instruction_stands_in_one_block) {
  Draft d;
  d.begin({});
  const BlockId other = d.b.block();
  d.b.jump(other);
  d.b.start(other);
  d.b.ret();
  d.m.blocks[other] = d.m.blocks[d.b.first_block()];
  EXPECT_EQ(d.verdict_ended(), "f.src:7: in @f: jump b1: it stands in two places");
}

TEST(VerifyBody, a_chain_stays_in_its_function) {
  Draft d;
  d.begin({});
  const Value x = d.b.slot(I32);
  d.b.ret();
  d.m.insts[x.inst()].next = InstId{1000};
  EXPECT_EQ(d.verdict_ended(), "f.src:7: in @f: block 'b0' leads to an instruction that is not of this function");
}

TEST(VerifyBody, there_are_such_operations_and_types) {
  Draft d;
  d.begin({}).b.append(static_cast<Op>(255), I32);
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: %0 = ?: there is no operation 255");
  Draft e;
  e.begin({I32, I32}).b.append(Op::Add, TypeId{999}, e.p(0).bits, e.p(1).bits);
  EXPECT_EQ(e.verdict_void(), "f.src:7: in @f: %2 = add ? %a, %b: it has no type");
  Draft g;
  g.begin({Ptr, Ptr}).b.add(g.p(0), g.p(1));
  EXPECT_EQ(g.verdict_void(), "f.src:7: in @f: %2 = add ptr %a, %b: the operation is not for ptr");
  Draft h;
  h.begin({}).b.append(Op::Trap, I32, h.m.string("x").value);
  EXPECT_EQ(h.verdict_ended(), "f.src:7: in @f: trap i32 \"x\": it has a type, where none is wanted");
  Draft i;
  i.begin({}).b.append(Op::Slot, TypeId{});
  EXPECT_EQ(i.verdict_void(), "f.src:7: in @f: %0 = slot ?: it has no type");
}

TEST(VerifyBody, a_location_is_in_a_file_of_the_module) {
  Draft d;
  d.begin({}).b.at(Location(FileId{9}, 3));
  EXPECT_EQ(d.verdict_void(), "in @f: return_void: it is located in a file that the module does not know");
}

TEST(VerifyBody, parameters_stand_first_in_their_order) {
  Draft d;
  d.begin({});
  const BlockId next = d.b.block({I32, I32}, "next");
  d.b.jump(next, {1, 2});
  d.b.start(next);
  d.b.name(d.b.parameter(next, 0), "x");
  d.m.insts[d.b.parameter(next, 0).inst()].a = 1;
  d.b.ret();
  EXPECT_EQ(d.verdict_ended(), "f.src:7: in @f: %x = param i32 1: it is parameter number 0 of its block");

  Draft e;
  e.begin({});
  e.b.slot(I32);
  e.b.add_parameter(e.b.current(), I32);
  EXPECT_EQ(e.verdict_void(), "f.src:7: in @f: %1 = param i32 0: a parameter stands behind other instructions");

  Draft g;
  g.begin({});
  const BlockId after = g.b.block({I32}, "after");
  g.b.jump(after, {1});
  g.b.start(after);
  g.m.blocks[after].parameters = 2;
  EXPECT_EQ(g.verdict_void(), "f.src:7: in @f: block 'after' has 1 parameter, where 2 are declared");
}

TEST(VerifyBody, the_first_block_has_the_parameters_of_the_function) {
  Draft d;
  d.begin({I32});
  d.b.add_parameter(d.b.current(), I32);
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: block 'b0' has 2 parameters, where the signature has 1");
  Draft e;
  e.begin({I32});
  e.m.insts[e.p(0).inst()].op_and_type = Inst::pack(Op::Param, I64);
  EXPECT_EQ(e.verdict_void(), "f.src:7: in @f: %a = param i64 0: the signature says i32");
}

TEST(VerifyBody, nothing_leads_to_the_first_block_or_out_of_the_function) {
  Draft d;
  d.begin({}).b.jump(d.b.current());
  EXPECT_EQ(d.verdict_ended(), "f.src:7: in @f: jump b0: where a function begins, nothing leads back to");
  Draft e;
  e.begin({}).b.jump(e.b.current());
  e.last().a = 77;
  EXPECT_EQ(e.verdict_ended(), "f.src:7: in @f: jump b?77: it leads to a block that is not of this function");
}

TEST(VerifyBody, blocks_get_what_their_parameters_ask_for) {
  Draft d;
  d.begin({F64});
  const BlockId next = d.b.block({I32, I32}, "next");
  d.b.jump(next, {d.p(0), 2});
  d.b.start(next);
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: jump next(%a, 2): argument 1 of block 'next' is f64, not i32");
  Draft e;
  e.begin({});
  const BlockId other = e.b.block({I32}, "other");
  e.b.jump(other);
  e.b.start(other);
  EXPECT_EQ(e.verdict_void(), "f.src:7: in @f: jump other: it has 0 arguments, where block 'other' has 1 parameter");
}

TEST(VerifyBody, a_value_is_defined_before_it_is_used_in_its_block) {
  Draft d;
  d.begin({I32});
  const Value x = d.b.name(d.b.add(d.p(0), 1), "x");
  const Value y = d.b.name(d.b.add(d.p(0), 2), "y");
  d.m.insts[x.inst()].b = y.bits;
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: %x = add i32 %a, %y: the second operand %y is defined only later");
}

TEST(VerifyBody, an_instruction_does_not_use_itself) {
  Draft d;
  d.begin({I32});
  const Value x = d.b.name(d.b.add(d.p(0), 1), "x");
  d.m.insts[x.inst()].b = x.bits;
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: %x = add i32 %a, %x: the second operand %x is defined only later");
}

/// branch to two blocks that both jump to a third, which uses what one defines; behind `blocks` others in a row.
std::string use_of_one_way(unsigned blocks, bool of_one_way) {
  Draft d;
  d.begin({Bool, I32});
  const BlockId yes = d.b.block({}, "yes"), no = d.b.block({}, "no"), both = d.b.block({}, "both");
  for (unsigned i = 0; i < blocks; ++i) {
    const BlockId next = d.b.block();
    d.b.jump(next);
    d.b.start(next);
  }
  const Value before = d.b.name(d.b.add(d.p(1), 1), "before");
  d.b.branch(d.p(0), yes, no);
  d.b.start(yes);
  const Value x = d.b.name(d.b.add(d.p(1), 1), "x");
  d.b.jump(both);
  d.b.start(no);
  d.b.jump(both);
  d.b.start(both);
  d.b.name(d.b.add(of_one_way ? x : before, 1), "y");
  return d.verdict_void();
}

TEST(VerifyBody, a_value_is_defined_on_every_way_to_its_use) {
  for (unsigned blocks : {0u, 58u, 59u, 60u, 200u, 3000u}) {
    EXPECT_EQ(use_of_one_way(blocks, false), "sound") << blocks;
    EXPECT_EQ(use_of_one_way(blocks, true),
              "f.src:7: in @f: %y = add i32 %x, 1: the first operand %x is not defined on every way that leads here")
        << blocks;
  }
}

TEST(VerifyBody, a_block_may_stand_before_the_one_that_leads_to_it) {
  Draft d;
  d.begin({I32}, I32);
  const BlockId late = d.b.block({}, "late"), early = d.b.block({}, "early");
  d.b.jump(early);
  d.b.start(early);
  const Value x = d.b.add(d.p(0), 1);
  d.b.jump(late);
  d.b.start(late);
  d.b.ret(x);
  EXPECT_EQ(d.verdict_ended(), "sound");
}

TEST(VerifyBody, what_is_never_reached_may_use_any_value_of_the_function) {
  Draft d;
  d.begin({I32});
  const BlockId never = d.b.block({}, "never"), other = d.b.block({}, "other");
  d.b.ret();
  d.b.start(other);
  const Value x = d.b.add(d.p(0), 1);
  d.b.jump(never);
  d.b.start(never);
  d.b.add(x, 1);
  EXPECT_EQ(d.verdict_void(), "sound");
}

TEST(VerifyBody, what_is_reached_uses_nothing_that_is_not) {
  Draft d;
  d.begin({I32});
  const BlockId never = d.b.block({}, "never"), end = d.b.block({}, "end");
  d.b.jump(end);
  d.b.start(never);
  const Value x = d.b.name(d.b.add(d.p(0), 1), "x");
  d.b.jump(end);
  d.b.start(end);
  d.b.add(x, 1);
  EXPECT_EQ(d.verdict_void(),
            "f.src:7: in @f: %4 = add i32 %x, 1: the first operand %x is not defined on every way that leads here");
}

TEST(VerifyBody, values_are_of_the_same_function) {
  Draft d;
  d.begin({I32});
  const Value elsewhere = d.b.name(d.b.add(d.p(0), 1), "elsewhere");
  d.b.ret();
  d.b.end();
  d.b.begin(d.m.function("g", d.m.signature({I32})));
  d.b.add(elsewhere, 1);
  EXPECT_EQ(d.verdict_void(),
            "f.src:7: in @g: %1 = add i32 %elsewhere, 1: the first operand %elsewhere is no value of this function");
}

TEST(VerifyBody, an_instruction_in_no_block_yields_nothing) {
  Draft d;
  d.begin({I32});
  const InstId loose = d.m.insts.add({Inst::pack(Op::Add, I32), d.p(0).bits, d.p(0).bits, {}});
  d.m.locations.add({});
  d.b.name(d.b.add(Value(loose), 1), "x");
  EXPECT_EQ(d.verdict_void(),
            "f.src:7: in @f: %x = add i32 %?2, 1: the first operand %?2 is no value of this function");
}

TEST(VerifyBody, only_values_are_operands) {
  Draft d;
  d.begin({Ptr});
  d.b.store(I8, 1, d.p(0));
  const InstId store{d.m.insts.count() - 1};
  d.b.binary(Op::Add, I8, Value(store), 1);
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: %2 = add i8 %1, 1: the first operand %1 yields nothing, not i8");
}

TEST(VerifyBody, operands_lie_in_their_table) {
  Draft d;
  d.begin({F64}).b.fma(d.p(0), 1.0, 2.0);
  d.last().b = 1u << 30;
  EXPECT_NE(d.verdict_void().find("its operands lie outside of Module::extra"), std::string::npos);
  Draft e;
  e.begin({F64}).b.fma(e.p(0), 1.0, 2.0);
  e.last().b = e.m.extra.count() - 1;
  EXPECT_NE(e.verdict_void().find("its operands lie outside of Module::extra"), std::string::npos);
  Draft g;
  g.begin({F64}).b.fma(g.p(0), 1.0, 2.0);
  g.last().b = 0;
  EXPECT_NE(g.verdict_void().find("the second operand is missing"), std::string::npos);
  Draft h;
  h.begin({Bool});
  const BlockId next = h.b.block();
  h.b.branch(h.p(0), next, next);
  h.rest(h.last())[1] = 1u << 30;
  h.b.start(next);
  EXPECT_NE(h.verdict_void().find("its operands lie outside of Module::extra"), std::string::npos);
}

TEST(VerifyBody, lists_that_overlap_are_refused_before_they_take_long) {
  Draft d;
  d.begin({I32});
  std::vector<Operand> zeros(1000, Operand(0));
  const BlockId next = d.b.block({}, "next");
  for (std::size_t i = 0; i < zeros.size(); ++i) d.b.add_parameter(next, I32);
  d.b.jump(Target(next, zeros));
  const Inst jump = d.last();
  for (int i = 0; i < 10'000; ++i) {
    d.b.start(d.b.block());
    d.b.append(Op::Jump, {}, jump.a, jump.b);
  }
  d.b.start(next);
  EXPECT_NE(d.verdict_void().find("lists of operands overlap in Module::extra"), std::string::npos);
}

TEST(VerifyBody, many_blocks_that_lead_everywhere_take_no_hours) {
  Draft d;
  d.begin({Bool});
  std::vector<BlockId> blocks;
  constexpr unsigned N = 100'000;
  for (unsigned i = 0; i < N; ++i) blocks.push_back(d.b.block());
  d.b.jump(blocks[0]);
  for (unsigned i = 0; i < N; ++i) {
    d.b.start(blocks[i]);
    // Each goes on to the next, and far back or far ahead: many ways in, few of them in order.
    d.b.branch(d.p(0), blocks[(i + 1) % N], blocks[(i * 7919ull + 13) % N]);
  }
  EXPECT_EQ(d.verdict_ended(), "sound");
}

}  // namespace
}  // namespace inlay::ir
