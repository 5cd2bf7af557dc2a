// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "ir/verify/verdict.h"

namespace inlay::ir {
namespace {

#define EXPECT_SAID(draft_verdict, text)                                               \
  do {                                                                                 \
    const std::string said = (draft_verdict);                                          \
    EXPECT_TRUE(said.ends_with(text) && said.starts_with("f.src:7: in @f: ")) << said; \
  } while (false)

TEST(VerifyOperands, have_the_type_of_the_instruction) {
  Draft d;
  d.begin({I32, F32});
  d.b.name(d.b.binary(Op::Add, I32, d.p(0), d.p(1)), "x");
  EXPECT_EQ(d.verdict_void(), "f.src:7: in @f: %x = add i32 %a, %b: the second operand is f32, not i32");
}

TEST(VerifyOperands, small_numbers_are_integers_or_bools_that_fit) {
  const auto with = [](TypeId type, std::int64_t number) {
    Draft d;
    d.begin({type, type});
    d.b.append(Op::Select, type, Value::number(1).bits, d.m.extra.add(d.p(0).bits).value);
    d.m.extra.add(Value::number(number).bits);
    return d.verdict_void();
  };
  EXPECT_EQ(with(I8, 127), "sound");
  EXPECT_EQ(with(I8, -128), "sound");
  EXPECT_EQ(with(I16, -32768), "sound");
  EXPECT_EQ(with(Bool, 1), "sound");
  EXPECT_EQ(with(I32, Value::LeastNumber), "sound");
  EXPECT_SAID(with(I8, 128), "the third operand is the number 128, which does not fit i8");
  EXPECT_SAID(with(I16, -32769), "the third operand is the number -32769, which does not fit i16");
  EXPECT_SAID(with(Bool, 2), "the third operand is the number 2, which does not fit bool");
  EXPECT_SAID(with(F64, 1), "the third operand is the number 1, not f64");
  EXPECT_SAID(with(Ptr, 0), "the third operand is the number 0, not ptr");
}

TEST(VerifyOperands, lead_into_the_tables) {
  const auto with = [](Value value) {
    Draft d;
    d.begin({I32}).b.append(Op::Add, I32, d.p(0).bits, value.bits);
    return d.verdict_void();
  };
  EXPECT_SAID(with(Value()), "the second operand is missing, where i32 is wanted");
  EXPECT_SAID(with(ConstId{}), "the second operand is a constant that there is not");
  EXPECT_SAID(with(ConstId{1000}), "the second operand is a constant that there is not");
  EXPECT_SAID(with(FunctionId{1000}), "the second operand is a function or data that there is not");
  EXPECT_SAID(with(DataId{1000}), "the second operand is a function or data that there is not");
  EXPECT_SAID(with(InstId{1000}), "the second operand %?1000 is no value of this function");
  EXPECT_SAID(with(FunctionId{1}), "the second operand is fn(i32), not i32");
}

TEST(VerifyOperands, constants_have_types) {
  Draft d;
  d.begin({I32});
  d.b.add(d.p(0), d.m.floating(F64, 2.5));
  EXPECT_SAID(d.verdict_void(), "the second operand is f64, not i32");
}

TEST(VerifyOperands, a_condition_is_a_bool_or_a_bool_for_each_lane) {
  Draft d;
  const TypeId four = d.m.vector(F32, 4), eight = d.m.vector(I8, 8);
  d.begin({four, eight, Bool, I32});
  d.b.select(d.p(2), d.p(0), d.p(0));
  d.b.select(d.b.lt(d.p(0), d.p(0)), d.p(0), d.p(0));
  d.b.select(true, d.p(0), d.p(0));
  d.b.select(d.b.lt(d.p(1), d.p(1)), d.p(0), d.p(0));
  EXPECT_SAID(d.verdict_void(), "the first operand is <8 x bool>, not <4 x bool>");
  Draft e;
  e.begin({I32});
  const BlockId next = e.b.block();
  e.b.branch(e.p(0), next, next);
  e.b.start(next);
  EXPECT_SAID(e.verdict_void(), "the first operand is i32, not bool");
}

TEST(VerifyOperands, conversions_make_what_they_can) {
  const auto with = [](Op op, TypeId to, TypeId from) {
    Draft d;
    d.begin({from}).b.convert(op, to, d.p(0));
    return d.verdict_void();
  };
  const auto good = [&](Op op, TypeId to, TypeId from) { EXPECT_EQ(with(op, to, from), "sound"); };
  const auto bad = [&](Op op, TypeId to, TypeId from, const char* text) { EXPECT_SAID(with(op, to, from), text); };
  good(Op::Trunc, I8, I64);
  good(Op::Trunc, Bool, I8);
  bad(Op::Trunc, I64, I64, "it does not make i64 of i64");
  bad(Op::Trunc, I8, F64, "it does not make i8 of f64");
  bad(Op::Trunc, I8, Bool, "it does not make i8 of bool");
  good(Op::Zext, I64, Bool);
  good(Op::Sext, I64, I8);
  bad(Op::Zext, I8, I64, "it does not make i8 of i64");
  bad(Op::Sext, I64, Ptr, "it does not make i64 of ptr");
  good(Op::IntToFloat, F32, I64);
  bad(Op::IntToFloat, F32, F64, "it does not make f32 of f64");
  bad(Op::UintToFloat, F32, Bool, "it does not make f32 of bool");
  good(Op::FloatToInt, I8, F64);
  bad(Op::FloatToUint, I8, I8, "it does not make i8 of i8");
  good(Op::FloatCast, F32, F64);
  bad(Op::FloatCast, F32, F32, "it does not make f32 of f32");
  good(Op::Bitcast, I64, F64);
  good(Op::Bitcast, I64, Ptr);
  good(Op::Bitcast, Ptr, I64);
  bad(Op::Bitcast, I32, Ptr, "it does not make i32 of ptr");
  bad(Op::Bitcast, Ptr, F64, "it does not make ptr of f64");
  bad(Op::Bitcast, I32, F64, "it does not make i32 of f64");
}

TEST(VerifyOperands, conversions_go_lane_by_lane) {
  Draft d;
  const TypeId f4 = d.m.vector(F32, 4), i4 = d.m.vector(I8, 4), i8 = d.m.vector(I8, 8), slice = d.m.slice(I8);
  const TypeId fn = d.m.signature({I32});
  d.begin({f4, i8, slice, i4, Ptr});
  d.b.convert(Op::FloatToInt, i4, d.p(0));
  d.b.convert(Op::Bitcast, I64, d.p(1));
  d.b.convert(Op::Zext, d.m.vector(I16, 4), d.b.lt(d.p(0), d.p(0)));
  d.b.convert(Op::Bitcast, fn, d.p(4));
  d.b.convert(Op::FloatToInt, i8, d.p(0));
  EXPECT_SAID(d.verdict_void(), "it does not make <8 x i8> of <4 x f32>");
  Draft e;
  e.begin({e.m.slice(I8)}).b.convert(Op::Bitcast, I64, e.p(0));
  EXPECT_SAID(e.verdict_void(), "it does not make i64 of []i8");
  Draft g;
  g.begin({}).b.append(Op::Zext, I64, Value::number(5).bits);
  EXPECT_SAID(g.verdict_void(), "the first operand is the number 5, which has no type of its own");
}

TEST(VerifyOperands, lanes_are_there) {
  Draft d;
  d.begin({d.m.vector(I32, 4)}).b.extract(d.p(0), 4);
  EXPECT_SAID(d.verdict_void(), "lane 4 is none of 4");
  Draft e;
  e.begin({e.m.vector(I32, 4)}).b.shuffle(e.p(0), e.p(0), std::to_array<std::uint32_t>({0, 7, 8, 1}));
  EXPECT_SAID(e.verdict_void(), "lane 8 is none of the 8 lanes of both vectors");
  Draft g;
  g.begin({g.m.vector(I32, 4)}).b.shuffle(g.p(0), g.p(0), std::to_array<std::uint32_t>({0, 7}));
  EXPECT_SAID(g.verdict_void(), "it has 2 lanes, where <4 x i32> has 4");
  Draft h;
  h.begin({}).b.append(Op::Splat, h.m.vector(I32, 4), h.m.floating(F32, 1).bits);
  EXPECT_SAID(h.verdict_void(), "the first operand is f32, not i32");
}

TEST(VerifyOperands, fields_are_there) {
  Draft d;
  const TypeId point = d.m.struct_type(std::to_array<NamedType>({{"x", I32}, {"y", I32}}));
  d.begin({Ptr}).b.field(point, d.p(0), 2);
  EXPECT_SAID(d.verdict_void(), "field 2 is none of the 2 of {x: i32, y: i32}");
}

TEST(VerifyOperands, calls_are_what_is_declared) {
  Draft d;
  const FunctionId put = d.m.function("put", d.m.signature({I32, F64}, I32), FunctionExtern);
  d.begin({I32}).b.call(put, {d.p(0), 2.5});
  d.last().op_and_type = Inst::pack(Op::Call, d.m.signature({I32}, I32));
  EXPECT_SAID(d.verdict_void(), "@put is fn(i32, f64) -> i32, not fn(i32) -> i32");

  const auto arguments = [](std::initializer_list<Operand> list) {
    Draft e;
    const FunctionId callee = e.m.function("put", e.m.signature({I32, F64}), FunctionExtern);
    e.begin({Ptr}).b.call(callee, list);
    return e.verdict_void();
  };
  EXPECT_EQ(arguments({1, 2}), "sound");
  EXPECT_SAID(arguments({1}), "it has 1 argument, where the signature has 2 parameters");
  EXPECT_SAID(arguments({1, InstId{1}}), "argument 2 is ptr, not f64");
  Draft g;
  g.begin({Ptr}).b.append(Op::Call, g.m.signature({}), g.p(0).bits);
  EXPECT_SAID(g.verdict_void(), "what is called is no function; call_pointer calls the address of one");
  Draft h;
  h.begin({Ptr}).b.append(Op::CallPointer, h.m.signature({}), h.p(0).bits);
  EXPECT_SAID(h.verdict_void(), "the first operand is ptr, not fn()");
}

TEST(VerifyOperands, closures_and_interfaces_are_called_as_what_they_are) {
  Draft d;
  const TypeId closure = d.m.closure({I64}, I64);
  const FunctionId plain = d.m.function("plain", d.m.signature({I64}, I64), FunctionExtern);
  d.begin({}).b.make_closure(closure, plain, d.m.null());
  EXPECT_SAID(d.verdict_void(),
              "the first operand is fn(i64) -> i64, not a function like closure(i64) -> i64 with ptr before");

  Draft e;
  e.begin({e.m.closure({I64}, I64)}).b.append(Op::CallClosure, e.m.signature({I64}), e.p(0).bits);
  EXPECT_SAID(e.verdict_void(), "the first operand is closure(i64) -> i64, not a closure of fn(i64)");

  const auto method = [](bool interface, std::uint32_t number, TypeId result) {
    Draft g;
    const TypeId shape = g.m.named_interface("Shape");
    g.m.define_interface(shape, {{"area", g.m.signature({}, F64)}});
    g.begin({interface ? shape : Ptr})
        .b.append(Op::CallInterface, g.m.signature({}, result), g.p(0).bits, g.m.extra.add(number).value);
    g.m.extra.add(0);
    return g.verdict_void();
  };
  EXPECT_EQ(method(true, 0, F64), "sound");
  EXPECT_SAID(method(true, 1, F64), "method 1 is none of the 1 of Shape");
  EXPECT_SAID(method(true, 0, I32), "the method is fn() -> f64");
  EXPECT_SAID(method(false, 0, F64), "the first operand is ptr, not an interface");

  Draft h;
  h.begin({Ptr}).b.call_virtual(h.m.signature({}), h.p(0), 1u << 24, {});
  EXPECT_SAID(h.verdict_void(), "entry 16777216 lies beyond any table");
}

TEST(VerifyOperands, a_function_returns_its_result) {
  Draft d;
  d.begin({I32}, I64).b.append(Op::Return, I32, d.p(0).bits);
  EXPECT_SAID(d.verdict_ended(), "the function's result is i64");
  Draft e;
  e.begin({I32}).b.append(Op::Return, I32, e.p(0).bits);
  EXPECT_SAID(e.verdict_ended(), "the function has no result; return_void ends it");
  Draft g;
  g.begin({}, I32);
  EXPECT_SAID(g.verdict_void(), "the function's result is i32; return ends it");
}

TEST(VerifyOperands, cases_are_different_constants) {
  const auto cases = [](std::initializer_list<Value> values) {
    Draft d;
    d.begin({I8});
    const BlockId next = d.b.block({}, "next");
    std::vector<std::uint32_t> words = {next.value, 0, static_cast<std::uint32_t>(values.size())};
    for (Value value : values) words.insert(words.end(), {value.bits, next.value, 0});
    const ExtraId list = d.m.add_list(words);
    d.b.append(Op::Switch, I8, d.p(0).bits, list.value + 1);
    d.b.start(next);
    return d.verdict_void();
  };
  EXPECT_EQ(cases({}), "sound");
  EXPECT_EQ(cases({Value::number(1), Value::number(-1)}), "sound");
  EXPECT_SAID(cases({Value::number(5), Value::number(1), Value::number(5)}), "there are two cases 5");
  EXPECT_SAID(cases({Value::number(500)}), "case 1 is the number 500, which does not fit i8");
  EXPECT_SAID(cases({InstId{1}}), "case 1 is no constant");
}

TEST(VerifyOperands, messages_are_there) {
  Draft d;
  d.begin({}).b.append(Op::Trap, {}, 12345);
  EXPECT_SAID(d.verdict_ended(), "there is no such text");
  Draft cut;
  cut.begin({}).b.append(Op::Trap, {}, cut.m.string(std::string_view("a\0b", 3)).value);
  EXPECT_SAID(cut.verdict_ended(), "the text has a zero byte in it");
}

TEST(VerifyOperands, what_memory_holds_has_a_layout) {
  Draft d;
  const TypeId loop = d.m.named_struct("Loop");
  d.m.define_struct(loop, {{"next", loop}});
  EXPECT_EQ(verdict(d.m),
            "type 'Loop': it has no layout: it contains itself, is larger than 4 GiB, or has a part "
            "without one");
  Draft e;
  e.begin({Ptr}).b.load(e.m.array(I8, 4), e.p(0));
  EXPECT_SAID(e.verdict_void(), "the operation is not for [4]i8");
}

TEST(VerifyOperands, generics_mention_their_own_parameters) {
  const auto with = [](std::uint32_t number, bool generic, TypeId kind) {
    Draft d;
    d.f = d.m.function("f", d.m.signature({Ptr}));
    if (generic) d.m.make_generic(d.f, std::to_array<GenericParameter>({{"T", kind}}));
    d.b.begin(d.f);
    d.b.load(d.m.type_parameter(number), d.p(0));
    return d.verdict_void();
  };
  EXPECT_EQ(with(0, true, {}), "sound");
  EXPECT_SAID(with(0, false, {}), "!0 mentions a parameter that there is not here");
  EXPECT_SAID(with(1, true, {}), "!1 mentions a parameter that this generic does not have");
  EXPECT_SAID(with(0, true, I64), "!0 mentions a parameter that this generic does not have");
  Draft e;
  e.begin({I64}).b.add(e.p(0), e.m.constant_parameter(0, I64));
  EXPECT_SAID(e.verdict_void(), "the second operand mentions a parameter that there is not here");
}

TEST(VerifyOperands, a_generic_is_used_with_arguments) {
  Draft d;
  const FunctionId id = d.m.function("id", d.m.signature({Ptr}));
  d.m.make_generic(id, std::to_array<GenericParameter>({{"T", {}}}));
  d.b.begin(id);
  d.b.ret();
  d.b.end();
  d.begin({}).b.call(id, {d.m.null()});
  EXPECT_SAID(d.verdict_void(), "@id is generic, and wants arguments");
}

TEST(VerifyOperands, a_pattern_may_do_what_some_instance_can_and_no_more) {
  Draft d;
  const TypeId any = d.m.type_parameter(0);
  d.f = d.m.function("f", d.m.signature({any, any}, Bool));
  d.m.make_generic(d.f, std::to_array<GenericParameter>({{"T", {}}}));
  d.b.begin(d.f);
  d.b.ret(d.b.binary(Op::Lt, any, d.b.binary(Op::Add, any, d.p(0), 1), d.p(1)));
  EXPECT_EQ(d.verdict_ended(), "sound");
  Draft e;
  e.f = e.m.function("f", e.m.signature({Ptr}));
  e.m.make_generic(e.f, std::to_array<GenericParameter>({{"T", {}}}));
  e.b.begin(e.f);
  e.b.field(e.m.type_parameter(0), e.p(0), 0);
  EXPECT_SAID(e.verdict_void(), "the operation is not for !0");
}

TEST(VerifyOperands, a_shared_generic_knows_sizes_only) {
  const auto with = [](auto&& write, TypeId parameter = Ptr) {
    Draft d;
    const TypeId any = d.m.type_parameter(0);
    d.f = d.m.function("f", d.m.signature({parameter ? parameter : any}), FunctionShared);
    d.m.make_generic(d.f, std::to_array<GenericParameter>({{"T", {}}}));
    const FunctionId other = d.m.function("other", d.m.signature({Ptr}));
    d.m.make_generic(other, std::to_array<GenericParameter>({{"T", {}}}));
    d.b.begin(other);
    d.b.ret();
    d.b.end();
    d.b.begin(d.f);
    write(d, any, other);
    return d.verdict_void();
  };
  EXPECT_EQ(with([](Draft& d, TypeId any, FunctionId) {
              d.b.copy(d.b.slot(any), d.b.offset(any, d.p(0), 1), d.m.size_constant(any));
            }),
            "sound");
  EXPECT_SAID(with([](Draft& d, TypeId any, FunctionId) { d.b.load(any, d.p(0)); }),
              "a shared generic knows only how large !0 is; copy it by address, or do not share");
  EXPECT_SAID(with([](Draft& d, TypeId any, FunctionId) { d.b.load(I64, d.m.type_record(any)); }),
              "a shared generic knows only how large its type parameters are, not which they are");
  EXPECT_SAID(with([](Draft& d, TypeId any, FunctionId other) {
                d.b.call(d.m.instance(other, std::to_array<GenericArgument>({any})), {d.p(0)});
              }),
              "a shared generic can use @other<!0> only if that is shared, too");
  EXPECT_SAID(with([](Draft&, TypeId, FunctionId) {}, TypeId{}),
              "a shared generic knows only how large !0 is; copy it by address, or do not share");
}

}  // namespace
}  // namespace inlay::ir
