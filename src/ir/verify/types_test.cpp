// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/types.h"

#include <gtest/gtest.h>

#include "ir/verify/verdict.h"

namespace inlay::ir {
namespace {

std::string about(auto&& make) {
  Module m = Module::create().value();
  make(m);
  return verdict(m);
}

#define EXPECT_ABOUT(text, ...)                            \
  do {                                                     \
    const std::string said = about(__VA_ARGS__);           \
    EXPECT_NE(said.find(text), std::string::npos) << said; \
  } while (false)

TEST(VerifyTypes, scopes_tell_parameters_and_kinds_apart) {
  EXPECT_TRUE(within(scope_of(1, 1), scope_of(0, 6) | scope_of(1, 1)));
  EXPECT_FALSE(within(scope_of(1, 1), scope_of(1, 3)));
  EXPECT_FALSE(within(scope_of(1, 2), scope_of(1, 3)));
  EXPECT_FALSE(within(scope_of(2, 1), scope_of(1, 1)));
  EXPECT_EQ(join(scope_of(3, 1), scope_of(3, 1)), scope_of(3, 1));
  EXPECT_FALSE(within(join(scope_of(3, 1), scope_of(3, 2)), scope_of(3, 3)));
}

TEST(VerifyTypes, the_basic_ones_are_as_every_module_has_them) {
  EXPECT_ABOUT("type number 5 is not the one that every module has there", [](Module& m) { m.types[I32].size = 8; });
}

TEST(VerifyTypes, values_are_passed_and_memory_is_not) {
  EXPECT_ABOUT("parameter 1 is '[4]i8', which is no type of a value", [](Module& m) { m.signature({m.array(I8, 4)}); });
  EXPECT_ABOUT("the result is '{}', which is no type of a value",
               [](Module& m) { m.signature({}, m.struct_type({})); });
  EXPECT_ABOUT("parameter 1 is 'void'", [](Module& m) { m.signature({Void}); });
  EXPECT_ABOUT("its element is 'void', which has no place in memory", [](Module& m) { m.slice(Void); });
  EXPECT_ABOUT("its element is '<4 x bool>'", [](Module& m) { m.array(m.vector(Bool, 4), 2); });
  EXPECT_ABOUT("where at most 255 are wanted", [](Module& m) { m.signature(std::vector<TypeId>(256, I32)); });
}

TEST(VerifyTypes, vectors_have_lanes_by_powers_of_two) {
  EXPECT_ABOUT("it has 3 lanes", [](Module& m) { m.vector(I8, 3); });
  EXPECT_ABOUT("it has 1 lanes", [](Module& m) { m.vector(I8, 1); });
  EXPECT_ABOUT("it has 128 lanes", [](Module& m) { m.vector(I8, 128); });
  EXPECT_ABOUT("what its lanes hold is 'ptr'", [](Module& m) { m.vector(Ptr, 4); });
  EXPECT_ABOUT("the vector of as many bools is missing", [](Module& m) { m.types[m.vector(I8, 4)].generic = {}; });
}

TEST(VerifyTypes, parts_are_there_before_the_whole) {
  EXPECT_ABOUT("where a type that was there before is wanted", [](Module& m) {
    const TypeId slice = m.slice(I8);
    m.types[slice].element = slice;
  });
  EXPECT_ABOUT("outside of Module::extra", [](Module& m) { m.types[m.signature({I8})].count = 200; });
  EXPECT_ABOUT("outside of Module::extra", [](Module& m) {
    const TypeId s = m.named_struct("S");
    m.define_struct(s, {{"x", I8}});
    m.types[s].count = ~0u;
  });
}

TEST(VerifyTypes, types_say_what_their_kind_says) {
  EXPECT_ABOUT("is of no kind that there is", [](Module& m) { m.types[m.slice(I8)].kind = static_cast<TypeKind>(99); });
  EXPECT_ABOUT("says what its kind has no use for", [](Module& m) { m.types[m.slice(I8)].count = 3; });
  EXPECT_ABOUT("says what an earlier one says", [](Module& m) {
    Type& t = m.types[m.slice(I8)];
    t.kind = TypeKind::I8;
    t.element = {};
  });
  EXPECT_ABOUT("it is marked as mentioning parameters", [](Module& m) { m.types[m.slice(I8)].flags |= TypeDependent; });
  EXPECT_ABOUT("but is not marked so", [](Module& m) { m.types[m.slice(m.type_parameter(0))].flags = 0; });
}

TEST(VerifyTypes, names_are_defined_once) {
  EXPECT_ABOUT("type 'Node': it is mentioned, but defined nowhere", [](Module& m) { m.named_struct("Node"); });
  EXPECT_ABOUT("type 'Shape': it is mentioned, but defined nowhere", [](Module& m) { m.named_interface("Shape"); });
  EXPECT_ABOUT("another type has the same name", [](Module& m) {
    m.define_struct(m.named_struct("A"), {});
    const TypeId b = m.named_struct("B");
    m.define_struct(b, {});
    m.types[b].name = m.string("A");
  });
  EXPECT_ABOUT("its name is empty", [](Module& m) { m.define_struct(m.named_struct(""), {}); });
}

TEST(VerifyTypes, generics_have_arguments_of_their_kinds) {
  const auto with = [](std::vector<GenericArgument> arguments) {
    return [=](Module& m) {
      const TypeId vec = m.named_struct("Vec");
      m.make_generic(vec, std::to_array<GenericParameter>({{"T", {}}, {"N", I8}}));
      m.define_struct(vec, {{"a", m.type_parameter(0)}});
      m.instance(vec, arguments);
    };
  };
  EXPECT_EQ(about(with({TypeId(I32), Value::number(5)})), "sound");
  EXPECT_ABOUT("it has 1 argument, where 2 are wanted", with({TypeId(I32)}));
  EXPECT_ABOUT("argument 2 is not a constant of type i8", with({TypeId(I32), Value::number(500)}));
  EXPECT_ABOUT("argument 1 is 'void', where the type of a value or of memory is wanted",
               with({TypeId(Void), Value::number(5)}));
  EXPECT_ABOUT("argument 1 is type number", with({Value::number(5), Value::number(5)}));
  EXPECT_ABOUT("argument 2 is not a constant of type i8", with({TypeId(I32), TypeId(I32)}));
  EXPECT_ABOUT("'Vec'", [](Module& m) {
    const TypeId vec = m.named_struct("Vec");
    m.make_generic(vec, std::to_array<GenericParameter>({{"T", {}}}));
    m.define_struct(vec, {});
    m.slice(vec);
  });
  EXPECT_ABOUT("which mentions a parameter that the type has not",
               [](Module& m) { m.define_struct(m.named_struct("S"), {{"x", m.type_parameter(0)}}); });
  EXPECT_ABOUT("where 1 to 16 are wanted", [](Module& m) {
    const TypeId vec = m.named_struct("Vec");
    m.make_generic(vec, std::vector<GenericParameter>(17, {"T", {}}));
    m.define_struct(vec, {});
  });
}

TEST(VerifyTypes, an_instance_is_checked_where_it_is_laid_out) {
  EXPECT_ABOUT("field 0 is '<4 x bool>', which has no place in memory", [](Module& m) {
    const TypeId box = m.named_struct("Box");
    m.make_generic(box, std::to_array<GenericParameter>({{"T", {}}}));
    m.define_struct(box, {{"a", m.type_parameter(0)}});
    m.array(m.instance(box, std::to_array<GenericArgument>({m.vector(Bool, 4)})), 1);
  });
}

TEST(VerifyTypes, deep_and_large_ones_need_names) {
  EXPECT_ABOUT("give a name to some of them", [](Module& m) {
    TypeId deep = I8;
    for (int i = 0; i < 100; ++i) deep = m.slice(deep);
  });
  EXPECT_ABOUT("give a name to some of them", [](Module& m) {
    TypeId wide = I8;
    for (int i = 0; i < 40; ++i) wide = m.signature({m.slice(wide), m.slice(wide)});
  });
}

TEST(VerifyTypes, layouts_that_stand_there_are_not_believed) {
  Module m = Module::create().value();
  const TypeId array = m.array(I64, 4);
  EXPECT_EQ(m.size_of(array), 32u);
  m.types[array].size = 1;
  EXPECT_EQ(verdict(m), "sound");
  EXPECT_EQ(m.types[array].size, 32u);
}

TEST(VerifyTypes, arrays_have_lengths) {
  EXPECT_ABOUT("its length is neither", [](Module& m) { m.array(I8, Value::number(-1)); });
  EXPECT_ABOUT("its length is neither", [](Module& m) { m.array(I8, Value(ConstId{77})); });
  EXPECT_ABOUT("its length is neither", [](Module& m) { m.array(I8, m.floating(F64, 1)); });
  EXPECT_ABOUT("is larger than 4 GiB", [](Module& m) { m.array(m.array(I8, 1u << 20), 1u << 20); });
}

TEST(VerifyTypes, methods_have_names_of_their_own) {
  EXPECT_ABOUT("type 'I': it has two methods called f", [](Module& m) {
    m.define_interface(m.named_interface("I"),
                       {{"f", m.signature({})}, {"g", m.signature({})}, {"f", m.signature({I8})}});
  });
  EXPECT_ABOUT("sound", [](Module& m) {
    m.define_interface(m.named_interface("I"), {{"f", m.signature({})}, {"g", m.signature({})}});
  });
}

TEST(VerifyTypes, methods_are_signatures) {
  EXPECT_ABOUT("method 0 is no signature", [](Module& m) { m.define_interface(m.named_interface("I"), {{"f", I32}}); });
  EXPECT_ABOUT("method 0 mentions parameters", [](Module& m) {
    m.define_interface(m.named_interface("I"), {{"f", m.signature({m.type_parameter(0)})}});
  });
}

TEST(VerifyConstants, are_what_their_kind_says) {
  EXPECT_ABOUT("is of no kind or type", [](Module& m) { m.constant({ConstKind::Zero, {}, 0}); });
  EXPECT_ABOUT("which does not fit its type", [](Module& m) { m.constant({ConstKind::Int, I32, 1ull << 40}); });
  EXPECT_ABOUT("which does not fit its type", [](Module& m) { m.constant({ConstKind::Int, I8, 500}); });
  EXPECT_ABOUT("has the wrong type: 'f64'", [](Module& m) { m.constant({ConstKind::Int, F64, 1ull << 40}); });
  EXPECT_ABOUT("has the wrong type: 'i32'", [](Module& m) { m.constant({ConstKind::Float, I32, 0}); });
  EXPECT_ABOUT("has more bits than an f32", [](Module& m) { m.float_bits(F32, 1ull << 40); });
  EXPECT_ABOUT("has the wrong type: '[2]i8'", [](Module& m) { m.zero(m.array(I8, 2)); });
  EXPECT_ABOUT("has the wrong type: 'i32'", [](Module& m) { m.constant({ConstKind::Zero, I32, 0}); });
  EXPECT_ABOUT("is about 'void'", [](Module& m) { m.size_constant(Void); });
  EXPECT_ABOUT("is about a type that there is not", [](Module& m) { m.size_constant(TypeId{999}); });
  EXPECT_ABOUT("has the wrong type: 'i32'", [](Module& m) { m.constant({ConstKind::SizeOf, I32, I8.value}); });
  EXPECT_ABOUT("is a parameter that no generic has", [](Module& m) { m.constant_parameter(16, I64); });
  EXPECT_ABOUT("has the wrong type: 'ptr'", [](Module& m) { m.constant_parameter(0, Ptr); });
}

TEST(VerifyConstants, lanes_are_constants_of_their_type) {
  EXPECT_ABOUT("a lane of '<2 x i8>' is no constant of its type",
               [](Module& m) { m.lanes(m.vector(I8, 2), std::to_array({Value::number(1), Value::number(500)})); });
  EXPECT_ABOUT("a lane of '<2 x f32>' is no constant of its type",
               [](Module& m) { m.lanes(m.vector(F32, 2), std::to_array({m.floating(F32, 1), m.floating(F64, 1)})); });
  EXPECT_ABOUT("has lanes, but is of type 'i8'", [](Module& m) { m.constant({ConstKind::Lanes, I8, 1}); });
  EXPECT_ABOUT("its lanes lie outside", [](Module& m) {
    const Value lanes = m.lanes(m.vector(I8, 2), std::to_array({Value::number(1), Value::number(5)}));
    m.consts[lanes.constant()].bits = m.extra.count() - 1;
  });
}

}  // namespace
}  // namespace inlay::ir
