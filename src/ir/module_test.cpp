// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/module.h"

#include <gtest/gtest.h>

#include "inlay/arena.h"
#include "inlay/ir/builder.h"

namespace inlay::ir {
namespace {

TEST(Module, types_that_are_alike_are_the_same) {
  Module m = Module::create().value();
  EXPECT_EQ(m.slice(I32), m.slice(I32));
  EXPECT_NE(m.slice(I32), m.slice(I64));
  EXPECT_EQ(m.vector(F32, 4), m.vector(F32, 4));
  EXPECT_EQ(m.vector(Bool, 4), m.truth_type(m.vector(F32, 4)));
  EXPECT_NE(m.vector(F32, 4), m.vector(F32, 8));
  EXPECT_EQ(m.signature({I32, Ptr}, I64), m.signature({I32, Ptr}, I64));
  EXPECT_NE(m.signature({I32, Ptr}, I64), m.signature({I32, Ptr}));
  EXPECT_EQ(m.to_string(m.signature({m.vector(F32, 4), m.array(m.slice(I8), 3)}, F64)),
            "fn(<4 x f32>, [3][]i8) -> f64");
}

TEST(Module, lays_structs_out_as_c_does) {
  Module m = Module::create().value();
  const TypeId inner = m.struct_type(std::to_array<NamedType>({{"a", I8}, {"b", I64}, {"c", I16}}));
  const TypeId outer = m.named_struct("Outer");
  m.define_struct(outer, {{"x", I8}, {"in", inner}, {"y", m.array(I16, 3)}});
  EXPECT_EQ(m.size_of(inner), 24u);
  EXPECT_EQ(m.size_of(outer), 40u);
  EXPECT_EQ((&m.extra[m.types[outer].list])[5], 8u);
}

TEST(Module, a_struct_that_contains_itself_has_no_layout) {
  Module m = Module::create().value();
  const TypeId loop = m.named_struct("Loop");
  m.define_struct(loop, {{"next", m.array(loop, 2)}});
  EXPECT_FALSE(m.lay_out(loop));
  TypeId deep = I8;
  for (int i = 0; i < 100'000; ++i) deep = m.array(deep, 1);
  EXPECT_FALSE(m.lay_out(deep));
  EXPECT_LT(m.to_string(deep).size(), 1000u);
}

TEST(Module, instances_are_found_by_what_they_are_made_of) {
  Module m = Module::create().value();
  const TypeId vec = m.named_struct("Vec");
  m.make_generic(vec, std::to_array<GenericParameter>({{"T", {}}, {"N", I64}}));
  m.define_struct(vec, {{"len", I64}, {"a", m.array(m.type_parameter(0), m.constant_parameter(1, I64))}});
  const TypeId five = m.instance(vec, std::to_array<GenericArgument>({I32, Value::number(5)}));
  EXPECT_EQ(five, m.instance(vec, std::to_array<GenericArgument>({I32, Value::number(5)})));
  EXPECT_NE(five, m.instance(vec, std::to_array<GenericArgument>({I32, Value::number(6)})));
  EXPECT_EQ(m.to_string(five), "Vec<i32, 5>");
  EXPECT_EQ(m.size_of(five), 32u);
}

TEST(Module, the_first_thing_that_went_wrong_is_the_error) {
  Module m = Module::create().value();
  EXPECT_FALSE(m.error());
  EXPECT_FALSE(m.extra.add_uninitialized(1u << 31));  // nobody asked yet
  m.fail(Error(ErrorKind::InvalidArgument, "something"));
  ASSERT_TRUE(m.error());
  EXPECT_EQ(m.error()->kind(), ErrorKind::OutOfMemory);
  m.reset();
  EXPECT_FALSE(m.error());
}

TEST(Module, data_of_4_gib_is_refused) {
  constexpr std::size_t Size = (std::size_t{1} << 32) + 8;
  const Reservation memory(Size);  // never touched
  Module m = Module::create().value();
  m.add_data("large", I8, std::span(memory.base(), Size));
  ASSERT_TRUE(m.error());
  EXPECT_NE(m.error()->message().find("'@large' has 4 GiB or more"), std::string::npos) << m.error()->to_string();
}

TEST(Module, reset_forgets_everything) {
  Module m = Module::create().value();
  m.function("f", m.signature({I32}));
  m.fail(Error(ErrorKind::InvalidArgument, "something"));
  m.reset();
  EXPECT_FALSE(m.error());
  EXPECT_EQ(m.find("f").kind, SymbolKind::None);
  EXPECT_EQ(m.functions.count(), 1u);
  EXPECT_EQ(m.to_string(F64), "f64");
}

TEST(Module, numbers_have_one_form) {
  Module m = Module::create().value();
  EXPECT_EQ(m.integer(I8, 255), m.integer(I8, -1));
  EXPECT_TRUE(m.integer(I64, 1).is_number());
  EXPECT_TRUE(m.integer(I64, std::int64_t{1} << 40).is_const());
  EXPECT_EQ(m.integer(I64, std::int64_t{1} << 40), m.integer(I64, std::int64_t{1} << 40));
  EXPECT_EQ(Value::number(-5).number(), -5);
}

TEST(Builder, writes_a_loop) {
  Module m = Module::create().value();
  const FunctionId sum = m.function("sum", m.signature({m.slice(I64)}, I64), FunctionExported);
  Builder b(m);
  b.begin(sum);
  const BlockId head = b.block({I64, I64}), body = b.block(), done = b.block();
  b.jump(head, {0, 0});
  b.start(head);
  const Value i = b.parameter(head, 0), total = b.parameter(head, 1);
  b.branch(b.lt(i, b.len(b.parameter(0))), body, done);
  b.start(body);
  const Value element = b.load(I64, b.elem(b.parameter(0), i));
  b.jump(head, {b.add(i, 1), b.add(total, element)});
  b.start(done);
  b.ret(total);
  b.end();
  EXPECT_FALSE(m.error());
  EXPECT_EQ(m.functions[sum].end.value - m.functions[sum].first.value, 13u);
  EXPECT_EQ(m.type_of(element), I64);
}

}  // namespace
}  // namespace inlay::ir
