// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/expand.h"

#include <gtest/gtest.h>

#include <cstring>

#include "inlay/ir/builder.h"
#include "inlay/ir/layout.h"
#include "inlay/ir/verify.h"
#include "inlay/ir/walk.h"
#include "ir/clone.h"

namespace inlay::ir {
namespace {

using Arguments = std::initializer_list<GenericArgument>;

/// A program and shorthands for writing it.
struct Program {
  Module m = Module::create().value();
  Builder b{m};

  FunctionId generic(const char* name, TypeId signature, std::initializer_list<GenericParameter> parameters,
                     std::uint32_t flags = 0) {
    const FunctionId id = m.function(name, signature, flags);
    m.make_generic(id, std::span(parameters.begin(), parameters.size()));
    return id;
  }
  FunctionId instance(FunctionId generic, Arguments arguments) {
    return m.instance(generic, std::span(arguments.begin(), arguments.size()));
  }
  DataId instance(DataId generic, Arguments arguments) {
    return m.instance(generic, std::span(arguments.begin(), arguments.size()));
  }
  /// A function without parameters and result that calls others.
  FunctionId caller(const char* name, std::initializer_list<FunctionId> callees, std::uint32_t flags = 0) {
    const FunctionId id = m.function(name, m.signature({}), flags);
    b.begin(id);
    for (FunctionId callee : callees) b.call(callee, {});
    b.ret();
    b.end();
    return id;
  }
  TypeId t(std::uint32_t number = 0) { return m.type_parameter(number); }

  std::string functions(const Reach& reach) {
    std::string text;
    for (FunctionId id : reach.functions) text += (text.empty() ? "" : " ") + m.full_name(id);
    return text;
  }
  std::string data(const Reach& reach) {
    std::string text;
    for (DataId id : reach.data) text += (text.empty() ? "" : " ") + m.full_name(id);
    return text;
  }
  /// The instructions of a function, without parameters.
  std::vector<Inst> body(FunctionId id) {
    std::vector<Inst> insts;
    for (BlockId block = m.functions[id].first_block; block != m.functions[id].end_block; ++block.value)
      for (InstId at = m.blocks[block].first; at; at = m.insts[at].next)
        if (m.insts[at].op() != Op::Param) insts.push_back(m.insts[at]);
    return insts;
  }
};

TEST(Expand, gives_an_instance_the_body_of_its_generic) {
  Program p;
  const FunctionId max = p.generic("max", p.m.signature({p.t(), p.t()}, p.t()), {{"T", {}}});
  p.b.begin(max);
  const BlockId yes = p.b.block(), no = p.b.block({p.t()}, "no");
  p.b.branch(p.b.binary(Op::Gt, p.t(), p.b.parameter(0), p.b.parameter(1)), yes, Target(no, {p.b.parameter(1)}));
  p.b.start(yes);
  p.b.ret(p.b.parameter(0));
  p.b.start(no);
  p.b.ret(p.b.parameter(no, 0));
  p.b.end();
  const FunctionId main = p.m.function("main", p.m.signature({}, I32), FunctionExported);
  p.b.begin(main);
  const FunctionId of_i32 = p.instance(max, {I32});
  p.b.ret(p.b.call(of_i32, {1, 2}));
  p.b.end();

  const Reach reach = expand(p.m).value();
  EXPECT_EQ(p.functions(reach), "main max<i32>");
  const Function& f = p.m.functions[of_i32];
  EXPECT_EQ(p.m.to_string(f.signature), "fn(i32, i32) -> i32");
  const std::vector<Inst> body = p.body(of_i32);
  ASSERT_EQ(body.size(), 4u);
  EXPECT_EQ(body[0].op(), Op::Gt);
  EXPECT_EQ(body[0].type(), I32);
  EXPECT_EQ(body[0].a, f.first.value);  // its own first parameter
  std::vector<BlockId> targets;
  visit_targets(p.m, body[1], [&](BlockId block) { targets.push_back(block); });
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0].value, f.first_block.value + 1);
  EXPECT_EQ(targets[1].value, f.first_block.value + 2);
  EXPECT_EQ(p.m.text(p.m.blocks[targets[1]].name), "no");
  EXPECT_EQ(body[3].type(), I32);
  // The pattern stays what it was.
  EXPECT_EQ(p.body(max)[0].type(), p.t());
}

TEST(Expand, copies_names_and_locations) {
  Program p;
  const FunctionId same = p.generic("same", p.m.signature({p.t()}, p.t()), {{"T", {}}});
  const FileId file = p.m.file("same.src");
  p.b.at(Location(file, 3));
  p.b.begin(same);
  p.b.name(p.b.parameter(0), "x");
  p.b.at(Location(file, 4));
  p.b.ret(p.b.parameter(0));
  p.b.end();
  const FunctionId of_ptr = p.instance(same, {Ptr});
  const Value roots[] = {of_ptr};
  (void)expand(p.m, roots).value();
  const Function& f = p.m.functions[of_ptr];
  EXPECT_EQ(f.location, Location(file, 3));
  EXPECT_EQ(p.m.text(p.m.name_of(f.first)), "x");
  EXPECT_EQ(p.m.locations[InstId{f.first.value + 1}], Location(file, 4));
}

TEST(Expand, makes_only_what_is_reached) {
  Program p;
  const FunctionId id = p.generic("id", p.m.signature({}), {{"T", {}}});
  p.b.begin(id);
  p.b.ret();
  p.b.end();
  const FunctionId used = p.instance(id, {I32}), unused = p.instance(id, {I64});
  p.caller("idle", {unused});
  p.caller("main", {used}, FunctionExported);
  const Reach reach = expand(p.m).value();
  EXPECT_EQ(p.functions(reach), "main id<i32>");
  EXPECT_FALSE(p.m.functions[unused].flags & FunctionDefined);
  // Later, when it is asked for:
  const Value roots[] = {unused};
  EXPECT_EQ(p.functions(expand(p.m, roots).value()), "id<i64>");
}

TEST(Expand, makes_each_instance_once) {
  Program p;
  const FunctionId leaf = p.generic("leaf", p.m.signature({}), {{"T", {}}});
  p.b.begin(leaf);
  p.b.ret();
  p.b.end();
  const FunctionId middle = p.generic("middle", p.m.signature({}), {{"T", {}}});
  p.b.begin(middle);
  p.b.call(p.instance(leaf, {p.t()}), {});
  p.b.call(p.instance(leaf, {I32}), {});
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(middle, {I32}), p.instance(leaf, {I32})}, FunctionExported);
  EXPECT_EQ(p.functions(expand(p.m).value()), "main middle<i32> leaf<i32>");
  const std::uint32_t insts = p.m.insts.count();
  EXPECT_EQ(p.functions(expand(p.m).value()), "main middle<i32> leaf<i32>");
  EXPECT_EQ(p.m.insts.count(), insts) << "the second time there is nothing left to do";
}

TEST(Expand, puts_constants_in) {
  Program p;
  const TypeId fixed = p.m.named_struct("FixedArray");
  p.m.make_generic(fixed, std::to_array<GenericParameter>({{"T", {}}, {"N", I64}}));
  p.m.define_struct(fixed, {{"len", I64}, {"a", p.m.array(p.t(), p.m.constant_parameter(1, I64))}});
  const FunctionId room = p.generic("room", p.m.signature({}, I64), {{"T", {}}, {"N", I64}});
  p.b.begin(room);
  const TypeId of_parameters =
      p.m.instance(fixed, std::to_array<GenericArgument>({p.t(), p.m.constant_parameter(1, I64)}));
  p.b.slot(of_parameters);
  p.b.ret(p.b.binary(Op::Add, I64, p.m.constant_parameter(1, I64), p.m.size_constant(of_parameters)));
  p.b.end();
  const FunctionId five = p.instance(room, {I32, Value::number(5)});
  p.caller("main", {five}, FunctionExported);
  EXPECT_EQ(p.functions(expand(p.m).value()), "main room<i32, 5>");
  const std::vector<Inst> body = p.body(five);
  EXPECT_EQ(p.m.to_string(body[0].type()), "FixedArray<i32, 5>");
  EXPECT_EQ(p.m.types[body[0].type()].size, 32u);
  EXPECT_EQ(body[1].value_a(), Value::number(5));
  EXPECT_EQ(body[1].value_b(), Value::number(32));
}

TEST(Expand, numbers_keep_their_type_where_they_are_converted) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}, I32), {{"N", I64}});
  p.b.begin(f);
  p.b.ret(p.b.convert(Op::Trunc, I32, p.m.constant_parameter(0, I64)));
  p.b.end();
  const FunctionId seven = p.instance(f, {Value::number(7)});
  const FunctionId size = p.m.function("size", p.m.signature({}, I32), FunctionExported);
  p.b.begin(size);
  p.b.call(seven, {});
  p.b.ret(p.b.convert(Op::Trunc, I32, p.m.size_constant(p.m.array(I64, 3))));
  p.b.end();
  (void)expand(p.m).value();
  const Value parameter = p.body(seven)[0].value_a(), folded = p.body(size)[1].value_a();
  ASSERT_TRUE(parameter.is_const());
  EXPECT_EQ(p.m.type_of(parameter), I64);
  EXPECT_EQ(p.m.consts[parameter.constant()].bits, 7u);
  EXPECT_TRUE(verify(p.m));
  ASSERT_TRUE(folded.is_const());
  EXPECT_EQ(p.m.consts[folded.constant()].kind, ConstKind::Int);
  EXPECT_EQ(p.m.consts[folded.constant()].bits, 24u);
}

TEST(Expand, a_size_as_an_argument_is_its_number) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"N", I64}});
  p.b.begin(f);
  p.b.ret();
  p.b.end();
  const FunctionId main =
      p.caller("main", {p.instance(f, {p.m.size_constant(I32)}), p.instance(f, {Value::number(4)})}, FunctionExported);
  EXPECT_EQ(p.functions(expand(p.m).value()), "main f<4>");
  const std::vector<Inst> body = p.body(main);
  EXPECT_EQ(body[0].a, body[1].a);
}

TEST(Expand, instances_are_verified) {
  Program p;
  const FunctionId twice = p.generic("twice", p.m.signature({p.t()}, p.t()), {{"T", {}}});
  p.b.begin(twice);
  p.b.ret(p.b.add(p.b.parameter(0), p.b.parameter(0)));
  p.b.end();
  const FunctionId through = p.generic("through", p.m.signature({p.t()}, p.t()), {{"T", {}}});
  p.b.begin(through);
  p.b.ret(p.b.call(p.instance(twice, {p.t()}), {p.b.parameter(0)}));
  p.b.end();
  const FunctionId main = p.m.function("main", p.m.signature({Ptr}), FunctionExported);
  p.b.begin(main);
  p.b.call(p.instance(twice, {F64}), {1.5});
  p.b.call(p.instance(through, {I8}), {1});
  p.b.call(p.instance(through, {Ptr}), {p.b.parameter(0)});
  p.b.call(p.instance(through, {I16}), {1});
  p.b.ret();
  p.b.end();
  ASSERT_TRUE(verify(p.m)) << "nothing is wrong with the generics";
  const auto result = expand(p.m);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::InvalidProgram);
  ASSERT_EQ(result.error().notes().size(), 1u);
  EXPECT_EQ(result.error().notes()[0], "in '@twice<ptr>', asked for by '@through<ptr>'");
}

TEST(Expand, refuses_instances_without_an_end_and_names_the_chain) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"T", {}}});
  const FunctionId g = p.generic("g", p.m.signature({}), {{"T", {}}});
  p.b.at(Location(p.m.file("endless.src"), 7));
  p.b.begin(f);
  p.b.call(p.instance(g, {p.m.array(p.t(), 2)}), {});
  p.b.ret();
  p.b.end();
  p.b.begin(g);
  p.b.call(p.instance(f, {p.t()}), {});
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(f, {I32})}, FunctionExported);
  ExpandLimits limits;
  limits.depth = 5;
  const auto result = expand(p.m, {}, limits);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::InvalidProgram);
  const std::string& text = result.error().message();
  EXPECT_NE(text.find("'@f<[2][2][2][2][2]i32>', asked for by '@g<[2][2][2][2][2]i32>', asked for by"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("asked for by '@main': there seems to be no end"), std::string::npos) << text;
  EXPECT_NE(text.find("6 more"), std::string::npos) << text;
  EXPECT_EQ(result.error().place().to_string(), "endless.src:7");
}

TEST(Expand, instances_that_double_end_as_soon) {
  // Names would be of 2^100 letters, types of as many parts.
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"T", {}}});
  p.b.begin(f);
  const TypeId slice = p.m.slice(p.t());
  p.b.call(p.instance(f, {p.m.struct_type(std::to_array<NamedType>({{"a", slice}, {"b", slice}}))}), {});
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(f, {I32})}, FunctionExported);
  const auto result = expand(p.m);
  ASSERT_FALSE(result);
  EXPECT_LT(result.error().message().size(), 2000u);
}

TEST(Expand, a_long_chain_of_different_generics_is_no_fault) {
  Program p;
  FunctionId next = p.generic("f", p.m.signature({}), {{"T", {}}});
  p.b.begin(next);
  p.b.ret();
  p.b.end();
  for (int i = 0; i < 10'000; ++i) {
    const FunctionId caller = p.generic(("f" + std::to_string(i)).c_str(), p.m.signature({}), {{"T", {}}});
    p.b.begin(caller);
    p.b.call(p.instance(next, {p.t()}), {});
    p.b.ret();
    p.b.end();
    next = caller;
  }
  p.caller("main", {p.instance(next, {I32})}, FunctionExported);
  EXPECT_EQ(expand(p.m).value().functions.size(), 10'002u);
}

TEST(Expand, a_generic_that_calls_itself_is_one_instance) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"T", {}}});
  p.b.begin(f);
  p.b.call(p.instance(f, {p.t()}), {});
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(f, {I32})}, FunctionExported);
  EXPECT_EQ(p.functions(expand(p.m).value()), "main f<i32>");
}

TEST(Expand, refuses_more_instances_than_are_allowed) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"N", I64}});
  p.b.begin(f);
  p.b.ret();
  p.b.end();
  const FunctionId main = p.m.function("main", p.m.signature({}), FunctionExported);
  p.b.begin(main);
  for (int i = 0; i < 4; ++i) p.b.call(p.instance(f, {Value::number(i)}), {});
  p.b.ret();
  p.b.end();
  ExpandLimits limits;
  limits.instances = 3;
  const auto result = expand(p.m, {}, limits);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("'@f<3>', asked for by '@main'"), std::string::npos)
      << result.error().message();
  limits.instances = 4;
  EXPECT_TRUE(expand(p.m, {}, limits));
}

TEST(Expand, refuses_what_has_no_body) {
  Program p;
  const FunctionId declared = p.m.function("declared", p.m.signature({}));
  const FunctionId generic = p.generic("generic", p.m.signature({}), {{"T", {}}});
  const FunctionId main = p.caller("main", {declared}, FunctionExported);
  const auto undefined = expand(p.m);
  ASSERT_FALSE(undefined);
  EXPECT_EQ(undefined.error().message(),
            "'@declared', asked for by '@main': it has no body; define it, or declare it with 'extern'");
  const Value roots[] = {p.instance(generic, {I32})};
  EXPECT_FALSE(expand(p.m, roots));
  const Value itself[] = {generic};
  EXPECT_FALSE(expand(p.m, itself));
  const Value no_root[] = {Value::number(1)};
  const auto wrong = expand(p.m, no_root);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind(), ErrorKind::InvalidArgument);
  const Value far[] = {FunctionId{1000}};
  EXPECT_FALSE(expand(p.m, far));
  const DataId nowhere = p.m.data_named("nowhere");
  const Value data[] = {nowhere};
  EXPECT_FALSE(expand(p.m, data));
  (void)main;
}

TEST(Expand, refuses_parameters_outside_of_generics) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"T", {}}});
  p.b.begin(f);
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(f, {p.m.slice(p.t())})}, FunctionExported);
  const auto result = expand(p.m);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("parameters themselves"), std::string::npos) << result.error().message();
}

TEST(Expand, refuses_types_that_cannot_be) {
  Program p;
  const FunctionId f = p.generic("f", p.m.signature({}), {{"T", {}}, {"N", I64}});
  p.b.begin(f);
  p.b.slot(p.m.array(p.t(), p.m.constant_parameter(1, I64)));
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(f, {I32, Value::number(-1)})}, FunctionExported);
  const auto result = expand(p.m);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("becomes '[-1]i32'"), std::string::npos) << result.error().message();
}

TEST(Expand, shared_instances_are_one_where_arguments_lie_alike) {
  Program p;
  const TypeId a = p.m.named_struct("A"), b = p.m.named_struct("B"), c = p.m.named_struct("C");
  p.m.define_struct(a, {{"x", I32}, {"y", I32}, {"z", I8}});
  p.m.define_struct(b, {{"xy", p.m.array(I32, 2)}, {"z", I8}});
  p.m.define_struct(c, {{"x", I32}, {"y", F32}, {"z", I8}});
  const FunctionId shared = p.generic("shared", p.m.signature({p.m.slice(p.t())}, I64), {{"T", {}}}, FunctionShared);
  p.b.begin(shared);
  p.b.ret(p.m.size_constant(p.t()));
  p.b.end();
  const FunctionId apart = p.generic("apart", p.m.signature({}), {{"T", {}}});
  p.b.begin(apart);
  p.b.ret();
  p.b.end();
  const FunctionId main = p.m.function("main", p.m.signature({}), FunctionExported);
  p.b.begin(main);
  for (TypeId type : {a, b, c}) {
    p.b.call(p.instance(apart, {type}), {});
    p.b.call(p.instance(shared, {type}), {p.m.zero(p.m.slice(type))});
  }
  p.b.ret();
  p.b.end();
  EXPECT_EQ(p.functions(expand(p.m).value()),
            "main apart<A> shared<{f0: [2]i32, f1: [1]i8}> apart<B> apart<C> "
            "shared<{f0: [1]i32, f1: [1]f32, f2: [1]i8}>");
  const std::vector<Inst> body = p.body(main);
  EXPECT_EQ(body[1].a, body[3].a);
  EXPECT_NE(body[1].a, body[5].a);
  EXPECT_TRUE(verify(p.m)) << "a call may name another slice than the shared instance does";
  EXPECT_EQ(p.body(body[1].value_a().function())[0].value_a(), Value::number(12));
}

TEST(Shape, says_how_a_type_lies_in_memory) {
  Module m = Module::create().value();
  const auto shape = [&](TypeId type) { return m.to_string(shape_of(m, type)); };
  const auto make = [&](std::initializer_list<TypeId> types) {
    std::vector<NamedType> fields;
    for (TypeId type : types) fields.push_back({m.text(m.string("x" + std::to_string(fields.size()))), type});
    return m.struct_type(fields);
  };
  EXPECT_EQ(shape(I32), "i32");
  EXPECT_EQ(shape(m.slice(I32)), "[]i32");
  EXPECT_EQ(shape(make({I32})), "[1]i32");
  EXPECT_EQ(shape(make({make({I32, I32}), m.array(I32, 2)})), "[4]i32");
  EXPECT_EQ(shape(m.array(make({I64, I64}), 1000)), "[2000]i64");
  EXPECT_EQ(shape(make({m.slice(I8), m.signature({}), m.closure({})})), "{f0: [1]ptr, f1: [1]i64, f2: [3]ptr}");
  // What C leaves free inside stays where it is.
  EXPECT_EQ(shape(make({make({I32, I8}), I8})), "{f0: [1]i32, f1: [1]i8, f2: [3]i8, f3: [1]i8}");
  EXPECT_EQ(shape(m.array(make({I64, I8}), 2)), "{f0: [1]i64, f1: [1]i8, f2: [1]i64, f3: [1]i8}");
  EXPECT_EQ(shape(m.array(make({I64, I8}), 1000)), "[1000]{f0: [1]i64, f1: [1]i8}");
  EXPECT_EQ(shape(make({m.array(I64, std::uint64_t{0}), I8})), "{f0: [0]i64, f1: [1]i8}");
  for (TypeId type : {make({}), make({I8, m.array(make({}), 3)}), m.array(m.array(I16, std::uint64_t{0}), 4)}) {
    const TypeId same = shape_of(m, type);
    EXPECT_EQ(m.size_of(same), m.size_of(type));
  }
  // Doubled forty times: told by its parts, not by each byte; and what does not fit stays itself.
  TypeId twice = make({I8, I16});
  for (int i = 0; i < 25; ++i) twice = make({twice, twice});
  EXPECT_EQ(m.size_of(shape_of(m, twice)), m.size_of(twice));
}

TEST(Expand, makes_tables_of_instances) {
  Program p;
  const FunctionId method = p.generic("area", p.m.signature({Ptr}, I64), {{"T", {}}});
  p.b.begin(method);
  p.b.ret(p.m.size_constant(p.t()));
  p.b.end();
  const FunctionId fixed = p.m.function("fixed", p.m.signature({Ptr}, I64));
  p.b.begin(fixed);
  p.b.ret(1);
  p.b.end();
  const TypeId shape = p.m.named_interface("Shape");
  p.m.define_interface(shape, {{"area", p.m.signature({}, I64)}, {"fixed", p.m.signature({}, I64)}});
  const DataId table = p.m.add_table("methods", shape, std::to_array({p.instance(method, {p.t()}), fixed}));
  p.m.make_generic(table, std::to_array<GenericParameter>({{"T", {}}}));
  const FunctionId main = p.m.function("main", p.m.signature({}), FunctionExported);
  const DataId of_i16 = p.instance(table, {I16});
  p.b.begin(main);
  p.b.make_interface(shape, p.m.null(), of_i16);
  p.b.ret();
  p.b.end();
  const Reach reach = expand(p.m).value();
  EXPECT_EQ(p.functions(reach), "main area<i16> fixed");
  EXPECT_EQ(p.data(reach), "methods<i16>");
  const Data& d = p.m.data[of_i16];
  EXPECT_EQ(d.flags, DataDefined | DataTable);
  EXPECT_EQ(d.size, 16u);
  EXPECT_EQ(d.type, shape);
  EXPECT_EQ((&p.m.extra[d.relocations])[2], Value(reach.functions[1]).bits);
  EXPECT_EQ((&p.m.extra[d.relocations])[4], 8u);
  EXPECT_EQ((&p.m.extra[d.relocations])[5], Value(fixed).bits);
}

TEST(Expand, types_get_records) {
  Program p;
  const TypeId point = p.m.named_struct("Point");
  p.m.define_struct(point, {{"x", F64}, {"y", F64}});
  const FunctionId of = p.generic("of", p.m.signature({}, Ptr), {{"T", {}}});
  p.b.begin(of);
  p.b.ret(p.m.type_record(p.t()));
  p.b.end();
  const FunctionId of_point = p.instance(of, {point});
  const FunctionId main = p.m.function("main", p.m.signature({}, Ptr), FunctionExported);
  p.b.begin(main);
  p.b.call(of_point, {});
  p.b.ret(p.m.type_record(point));
  p.b.end();
  const Reach reach = expand(p.m).value();
  ASSERT_EQ(reach.data.size(), 2u);
  const Data& record = p.m.data[reach.data[0]];
  EXPECT_EQ(p.body(main)[1].value_a(), Value(reach.data[0]));
  EXPECT_EQ(p.body(of_point)[0].value_a(), Value(reach.data[0])) << "one record for each type";
  ASSERT_EQ(record.size, sizeof(TypeRecord));
  TypeRecord bytes;
  std::memcpy(&bytes, &p.m.bytes[record.bytes], sizeof bytes);
  EXPECT_EQ(bytes.hash, p.m.types[point].hash);
  EXPECT_EQ(bytes.size, 16);
  EXPECT_EQ(bytes.alignment, 8);
  const std::uint32_t* relocation = &p.m.extra[record.relocations];
  EXPECT_EQ(relocation[0], 1u);
  EXPECT_EQ(relocation[1], offsetof(TypeRecord, name));
  const Data& name = p.m.data[Value::of_bits(relocation[2]).data()];
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(&p.m.bytes[name.bytes]), name.size), std::string("Point\0", 6));
  // Asked for again, by something new: the same one.
  const FunctionId more = p.m.function("more", p.m.signature({}, Ptr), FunctionExported);
  p.b.begin(more);
  p.b.ret(p.m.type_record(point));
  p.b.end();
  (void)expand(p.m).value();
  EXPECT_EQ(p.body(more)[0].value_a(), Value(reach.data[0]));
}

TEST(Expand, a_record_does_not_take_somebody_elses_place) {
  Program p;
  char name[32];
  std::snprintf(name, sizeof name, "type.%016llx", static_cast<unsigned long long>(p.m.types[I32].hash));
  p.m.add_data(name, I64);
  const FunctionId main = p.m.function("main", p.m.signature({}, Ptr), FunctionExported);
  p.b.begin(main);
  p.b.ret(p.m.type_record(I32));
  p.b.end();
  const Reach reach = expand(p.m).value();
  EXPECT_EQ(p.m.full_name(reach.data[0]), std::string(name) + ".");
}

TEST(Expand, relocations_to_records_are_resolved) {
  Program p;
  const Relocation to_record{0, p.m.type_record(I32), 0};
  const DataId d =
      p.m.add_data("d", Ptr, std::as_bytes(std::span("\0\0\0\0\0\0\0", 8)), std::span(&to_record, 1), DataExported);
  const Reach reach = expand(p.m).value();
  ASSERT_EQ(reach.data.size(), 3u);
  EXPECT_EQ(reach.data[0], d);
  EXPECT_EQ((&p.m.extra[p.m.data[d].relocations])[2], Value(reach.data[1]).bits);
}

TEST(Expand, callees_follow_their_first_caller_and_cold_ones_come_last) {
  Program p;
  const FunctionId far = p.m.function("far", p.m.signature({}), FunctionExtern);
  const FunctionId d = p.caller("d", {}), c = p.caller("c", {d, far}), only_cold = p.caller("only_cold", {});
  const FunctionId cold = p.caller("cold", {only_cold, d}, FunctionCold);
  const FunctionId b = p.caller("b", {});
  const FunctionId a = p.caller("a", {cold, c, d, b});
  p.caller("unused", {a});
  p.caller("main", {a, b}, FunctionExported);
  const Reach reach = expand(p.m).value();
  EXPECT_EQ(p.functions(reach), "main a c d b cold only_cold");
  ASSERT_EQ(reach.external_functions.size(), 1u);
  EXPECT_EQ(reach.external_functions[0], far);
}

TEST(Expand, data_stand_in_the_order_of_their_first_use) {
  Program p;
  const DataId outside = p.m.add_data("outside", I64, {}, {}, DataExtern);
  const DataId last = p.m.add_data("last", I64);
  const Relocation to_last{0, last, 0};
  const std::byte zeros[8] = {};
  const DataId first = p.m.add_data("first", Ptr, zeros, std::span(&to_last, 1));
  const DataId second = p.m.add_data("second", I64);
  const FunctionId main = p.m.function("main", p.m.signature({}), FunctionExported);
  p.b.begin(main);
  p.b.load(Ptr, first);
  p.b.load(I64, second);
  p.b.load(I64, outside);
  p.b.load(I64, second);
  p.b.ret();
  p.b.end();
  const Reach reach = expand(p.m).value();
  EXPECT_EQ(p.data(reach), "first last second");
  ASSERT_EQ(reach.external_data.size(), 1u);
  EXPECT_EQ(reach.external_data[0], outside);
}

TEST(Expand, deep_chains_of_calls_need_no_deep_stack) {
  Program p;
  FunctionId next = p.caller("leaf", {});
  for (int i = 0; i < 200'000; ++i) next = p.caller(("f" + std::to_string(i)).c_str(), {next});
  const Value roots[] = {next};
  EXPECT_EQ(expand(p.m, roots).value().functions.size(), 200'001u);
}

TEST(Substitution, deep_types_are_an_error_and_no_crash) {
  Program p;
  TypeId deep = p.t();
  for (int i = 0; i < 100'000; ++i) deep = p.m.slice(deep);
  const FunctionId f = p.generic("f", p.m.signature({}), {{"T", {}}});
  p.b.begin(f);
  p.b.slot(deep);
  p.b.ret();
  p.b.end();
  p.caller("main", {p.instance(f, {I32})}, FunctionExported);
  const auto result = expand(p.m);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::InvalidProgram);
}

TEST(Layout, a_type_that_lacks_a_definition_may_get_it_later) {
  Module m = Module::create().value();
  const TypeId point = m.named_struct("Point");
  const TypeId three = m.array(point, 3);
  EXPECT_FALSE(m.lay_out(three));
  m.define_struct(point, {{"x", I32}});
  EXPECT_TRUE(m.lay_out(three));
  EXPECT_EQ(m.types[three].size, 12u);
}

}  // namespace
}  // namespace inlay::ir
