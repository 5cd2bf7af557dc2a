// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/symbols.h"

#include <gtest/gtest.h>

#include "ir/verify/verdict.h"

namespace inlay::ir {
namespace {

/// What is said of a module that holds an exported @f without effect, after a change to it.
std::string after(auto&& change) {
  Draft d;
  d.begin({}).b.ret();
  d.b.end();
  change(d.m, d.m.functions[d.f]);
  return verdict(d.m);
}

#define EXPECT_AFTER(text, ...)                            \
  do {                                                     \
    const std::string said = after(__VA_ARGS__);           \
    EXPECT_NE(said.find(text), std::string::npos) << said; \
  } while (false)

TEST(VerifyFunctions, are_declared_once_and_have_names) {
  EXPECT_EQ(after([](Module&, Function&) {}), "sound");
  EXPECT_AFTER("f.src:7: @g: something else has the same name", [](Module& m, Function& f) {
    m.function("h", m.signature({}), FunctionExtern);
    m.functions[FunctionId{2}].name = f.name;
    m.functions[FunctionId{2}].location = f.location;
    f.name = m.functions[FunctionId{2}].name = m.string("g");
  });
  EXPECT_AFTER("it has no name", [](Module& m, Function& f) { f.name = m.string(""); });
  EXPECT_AFTER("the name has a zero byte in it", [](Module& m, Function& f) { f.name = m.string({"a\0b", 3}); });
  EXPECT_AFTER("something else has the same name",
               [](Module& m, Function& f) { m.data[m.add_data("x", I32)].name = f.name; });
  EXPECT_AFTER("@g: it is mentioned, but declared nowhere; `extern func`",
               [](Module& m, Function&) { m.function_named("g"); });
  EXPECT_AFTER("@g: it is mentioned, but declared nowhere; `extern data`",
               [](Module& m, Function&) { m.data_named("g"); });
}

TEST(VerifyFunctions, have_no_names_that_others_get) {
  const auto called = [](std::string_view name) { return [=](Module& m, Function& f) { f.name = m.string(name); }; };
  for (const char* name : {"llvm.trap", "inlay.record.g", "inlay.inline.g", "inlay.sites.g", "inlay.end",
                           "inlay.put_digits", "inlay_functions", "inlay_trap_too", "\1g"}) {
    EXPECT_AFTER("give it another one", called(name));
    EXPECT_AFTER("give it another one", [=](Module& m, Function&) { m.add_data(name, I32); });
  }
  EXPECT_AFTER("give it another one",
               [](Module& m, Function&) { m.function("inlay.put_digits", m.signature({}), FunctionExtern); });
  // A runtime may have been called so.
  EXPECT_EQ(after([](Module& m, Function&) {
              m.function("inlay_filter_read", m.signature({}), FunctionExtern);
              m.add_data("inlay_filter_state", I32, {}, {}, DataExtern);
            }),
            "sound");
  EXPECT_EQ(after([](Module& m, Function& f) {
              f.name = m.string("inlay.put");
              allow_own_names(m);
            }),
            "sound");
  for (const char* name : {"inlay", "llvm", "g<i32>", "<", "a\"<"}) EXPECT_EQ(after(called(name)), "sound") << name;
  EXPECT_AFTER("it takes (ptr, i64, i64)", called("inlay_trap"));
  EXPECT_AFTER("it is no function", [](Module& m, Function&) { m.add_data("inlay_trap", I32); });
  EXPECT_EQ(after([](Module& m, Function&) { m.function("inlay_trap", m.signature({Ptr, I64, I64}), FunctionExtern); }),
            "sound");

  EXPECT_EQ(after(called("strlen.own")), "sound");
  EXPECT_AFTER("rename one", [](Module& m, Function& f) {
    f.name = m.string("strlen.own");
    m.add_data("strlen", I32);
  });

  // Instances come later, and are not the only ones to be called so.
  for (const char* generic : {"g", "g<", "my g"})
    for (const char* name : {"g<i32>", "g<<i32>", "\"my g\"<i32>", "\"g<\"<i32>"}) {
      const bool clashes = name[0] == '"' || std::string(name).starts_with(std::string(generic) + '<');
      const std::string said = after([&](Module& m, Function& f) {
        f.name = m.string(name);
        Builder b(m);
        const FunctionId g = m.function(generic, m.signature({m.slice(m.type_parameter(0))}));
        m.make_generic(g, std::to_array<GenericParameter>({{"T", {}}}));
        b.begin(g);
        b.ret();
        b.end();
      });
      if (!clashes)
        EXPECT_EQ(said, "sound") << name << ' ' << generic;
      else
        EXPECT_NE(said.find("an instance of a generic may have the same name"), std::string::npos) << name << said;
    }
}

TEST(VerifyFunctions, have_one_body_or_lie_elsewhere) {
  EXPECT_AFTER("@g: it has no body; `extern func` declares what lies elsewhere",
               [](Module& m, Function&) { m.function("g", m.signature({})); });
  EXPECT_AFTER("it has more than one", [](Module&, Function& f) { f.flags |= FunctionExtern; });
  EXPECT_AFTER("it has flags that there are not", [](Module&, Function& f) { f.flags |= 1u << 31; });
  EXPECT_AFTER("it is to be inlined always and never",
               [](Module&, Function& f) { f.flags |= FunctionInline | FunctionNoInline; });
  EXPECT_AFTER("only a generic can be shared", [](Module&, Function& f) { f.flags |= FunctionShared; });
  EXPECT_AFTER("cannot be exported from here",
               [](Module& m, Function&) { m.function("g", m.signature({}), FunctionExtern | FunctionExported); });
  EXPECT_AFTER("but is not marked as defined", [](Module&, Function& f) { f.flags = FunctionExtern; });
  EXPECT_AFTER("its type is no signature", [](Module&, Function& f) { f.signature = I32; });
  EXPECT_AFTER("its type is no signature", [](Module&, Function& f) { f.signature = TypeId{999}; });
  EXPECT_AFTER("it is located in a file that the module does not know",
               [](Module&, Function& f) { f.location = Location(FileId{5}, 1); });
}

TEST(VerifyFunctions, have_instructions_of_their_own) {
  EXPECT_AFTER("Builder::end ends a body", [](Module&, Function& f) { f.end = {}; });
  EXPECT_AFTER("Builder::end ends a body", [](Module&, Function& f) { f.end_block = BlockId{1000}; });
  EXPECT_AFTER("it has instructions of another function", [](Module& m, Function& f) {
    const FunctionId g = m.function("g", f.signature, 0);
    const StringId name = m.functions[g].name;
    m.functions[g] = m.functions[FunctionId{1}];
    m.functions[g].name = name;
  });
  EXPECT_AFTER("it has blocks of another function", [](Module& m, Function& f) {
    Builder b(m);
    const FunctionId g = m.function("g", f.signature);
    b.begin(g);
    b.ret();
    b.end();
    m.functions[g].first_block = m.functions[FunctionId{1}].first_block;
  });
}

TEST(VerifyFunctions, assembly_is_for_one_architecture_each) {
  const auto with = [](auto&& change) {
    return [=](Module& m, Function& f) {
      const FunctionId g = m.function("g", f.signature);
      m.set_assembly(g, Architecture::X86_64, "ret");
      m.set_assembly(g, Architecture::AArch64, "ret");
      change(m, m.functions[g], &m.extra[m.functions[g].assembly]);
    };
  };
  EXPECT_EQ(after(with([](Module&, Function&, std::uint32_t*) {})), "sound");
  EXPECT_AFTER("its assembly for x86_64 is empty",
               with([](Module& m, Function&, std::uint32_t* words) { words[2] = m.string("").value; }));
  EXPECT_AFTER("for an architecture twice", with([](Module&, Function&, std::uint32_t* words) { words[3] = 0; }));
  EXPECT_AFTER("for an architecture twice, or for one that there is not",
               with([](Module&, Function&, std::uint32_t* words) { words[3] = 77; }));
  EXPECT_AFTER("where 1 to 3 are wanted", with([](Module&, Function&, std::uint32_t* words) { words[0] = 4; }));
  EXPECT_AFTER("its assembly is missing", with([](Module&, Function& g, std::uint32_t*) { g.assembly = {}; }));
  EXPECT_AFTER("but is not marked so", [](Module& m, Function& f) { f.assembly = m.add_list({}); });
}

TEST(VerifyFunctions, instances_follow_their_generic) {
  const auto with = [](auto&& change) {
    return [=](Module& m, Function&) {
      Builder b(m);
      const FunctionId g = m.function("g", m.signature({m.slice(m.type_parameter(0))}));
      m.make_generic(g, std::to_array<GenericParameter>({{"T", {}}}));
      b.begin(g);
      b.ret();
      b.end();
      const FunctionId of_i32 = m.instance(g, std::to_array<GenericArgument>({TypeId(I32)}));
      change(m, m.functions[g], m.functions[of_i32]);
    };
  };
  EXPECT_EQ(after(with([](Module&, Function&, Function& i) { i.signature = {}; })), "sound");
  EXPECT_AFTER("its signature is not that of the generic with these arguments, which is 'fn([]i32)'",
               with([](Module& m, Function&, Function& i) { i.signature = m.signature({}); }));
  EXPECT_AFTER("is no generic function that was declared",
               with([](Module&, Function&, Function& i) { i.generic = FunctionId{1}; }));
  EXPECT_AFTER("is no generic function that was declared",
               with([](Module&, Function&, Function& i) { i.generic = FunctionId{3}; }));
  EXPECT_AFTER("it is called otherwise", with([](Module& m, Function&, Function& i) { i.name = m.string("other"); }));
  EXPECT_AFTER("it has 0 arguments, where 1 are wanted",
               with([](Module& m, Function&, Function& i) { i.arguments = m.add_list({}); }));
  EXPECT_AFTER("its arguments lie outside", with([](Module&, Function&, Function& i) { i.arguments = ExtraId{9999}; }));
  EXPECT_AFTER("a generic has a body", with([](Module&, Function& g, Function&) {
                 g.flags = FunctionGeneric | FunctionExtern;
                 g.first = g.end = {};
                 g.first_block = g.end_block = {};
               }));
  EXPECT_AFTER("where 1 to 16 are wanted", with([](Module& m, Function& g, Function&) { m.extra[g.parameters] = 0; }));
  EXPECT_AFTER("its signature 'fn([]!0)' mentions a parameter that it does not have",
               with([](Module& m, Function& g, Function&) { (&m.extra[g.parameters])[2] = I64.value; }));
  EXPECT_AFTER("an instance has arguments and",
               with([](Module&, Function&, Function& i) { i.flags = FunctionExtern; }));
}

constexpr std::array<std::byte, 24> Bytes{};

TEST(VerifyData, has_the_size_of_its_type) {
  EXPECT_EQ(after([](Module& m, Function&) { m.add_data("x", m.array(I64, 3), Bytes); }), "sound");
  EXPECT_AFTER("@x: it has 24 bytes, where its type '[2]i64' has 16",
               [](Module& m, Function&) { m.add_data("x", m.array(I64, 2), Bytes); });
  EXPECT_AFTER("@x: it has no type", [](Module& m, Function&) { m.add_data("x", {}, Bytes); });
  EXPECT_AFTER("'void', which has no place in memory", [](Module& m, Function&) { m.add_data("x", Void); });
  EXPECT_AFTER("its bytes lie outside",
               [](Module& m, Function&) { m.data[m.add_data("x", m.array(I64, 3), Bytes)].bytes.value += 1; });
  EXPECT_AFTER("mentions parameters of a generic",
               [](Module& m, Function&) { m.add_data("x", m.slice(m.type_parameter(0))); });
}

TEST(VerifyData, lies_here_or_elsewhere) {
  const auto flags = [](std::uint32_t flags) {
    return [=](Module& m, Function&) { m.data[m.add_data("x", m.array(I64, 3), Bytes)].flags = flags; };
  };
  EXPECT_AFTER("it lies neither here nor elsewhere", flags(0));
  EXPECT_AFTER("it lies neither here nor elsewhere", flags(DataDefined | DataExtern));
  EXPECT_AFTER("cannot be exported from here", flags(DataExtern | DataExported));
  EXPECT_AFTER("it has flags that there are not", flags(1u << 20));
  EXPECT_AFTER("but has content; give it bytes", flags(DataDefined | DataZero));
  EXPECT_AFTER("but has content; give it bytes", flags(DataExtern));
  EXPECT_AFTER("only tables that lie here are generic", flags(DataDefined | DataGeneric));
}

TEST(VerifyData, addresses_are_aligned_and_in_order) {
  const auto with = [](std::vector<Relocation> relocations) {
    return [=](Module& m, Function&) {
      const DataId other = m.add_data("other", I64);
      std::vector<Relocation> list = relocations;
      for (Relocation& r : list)
        if (!r.symbol) r.symbol = other;
      m.add_data("x", m.array(I64, 3), Bytes, list);
    };
  };
  constexpr const char* Text = "is not aligned to 8, overlaps another one, is out of order, or lies outside";
  EXPECT_EQ(after(with({{0, {}, 4}, {16, FunctionId{1}, 0}})), "sound");
  EXPECT_AFTER(Text, with({{4, {}, 0}}));
  EXPECT_AFTER(Text, with({{24, {}, 0}}));
  EXPECT_AFTER(Text, with({{8, {}, 0}, {8, {}, 0}}));
  EXPECT_AFTER(Text, with({{8, {}, 0}, {0, {}, 0}}));
  EXPECT_AFTER("is neither a function, data nor a type record", with({{0, Value::number(5), 0}}));
  EXPECT_AFTER("is neither a function, data nor a type record", with({{0, FunctionId{999}, 0}}));
  EXPECT_AFTER("is neither a function, data nor a type record", with({{0, DataId{999}, 0}}));
  EXPECT_AFTER("leads into a function or type record", with({{0, FunctionId{1}, 8}}));
  EXPECT_AFTER("relocations lie outside", [](Module& m, Function&) {
    m.data[m.add_data("x", m.array(I64, 3), Bytes)].relocations = ExtraId{99999};
  });
}

TEST(VerifyData, tables_have_the_methods_of_their_interface) {
  const auto with = [](TypeId parameter, std::size_t count, std::uint32_t flags = 0) {
    return [=](Module& m, Function&) {
      const TypeId shape = m.named_interface("Shape");
      m.define_interface(shape, {{"area", m.signature({}, F64)}});
      const FunctionId area = m.function("area", m.signature({parameter}, F64), FunctionExtern);
      m.add_table("table", shape, std::vector<FunctionId>(count, area), flags);
    };
  };
  EXPECT_EQ(after(with(Ptr, 1)), "sound");
  EXPECT_AFTER("it has 2 functions, where 'Shape' has 1 method", with(Ptr, 2));
  EXPECT_AFTER("it has 0 functions, where 'Shape' has 1 method", with(Ptr, 0));
  EXPECT_AFTER("entry 0 is 'fn(i64) -> f64', where the method area is 'fn() -> f64' with ptr before", with(I64, 1));
  EXPECT_AFTER("a table is constant", with(Ptr, 1, DataMutable));
  EXPECT_AFTER("the type of a table is an interface or none",
               [](Module& m, Function&) { m.add_table("table", I32, std::to_array({FunctionId{1}})); });
  EXPECT_AFTER("is no function", [](Module& m, Function&) {
    const DataId t = m.add_table("table", {}, std::to_array({FunctionId{1}}));
    (&m.extra[m.data[t].relocations])[2] = Value(t).bits;
  });
}

TEST(VerifyData, tables_of_generics_use_their_parameters) {
  const auto with = [](bool generic, bool with_arguments) {
    return [=](Module& m, Function&) {
      Builder b(m);
      const FunctionId g = m.function("g", m.signature({Ptr}));
      m.make_generic(g, std::to_array<GenericParameter>({{"T", {}}}));
      b.begin(g);
      b.ret();
      b.end();
      const FunctionId open = m.instance(g, std::to_array<GenericArgument>({m.type_parameter(0)}));
      const DataId t = m.add_table("table", {}, std::to_array({with_arguments ? open : g}));
      if (!generic) return;
      m.make_generic(t, std::to_array<GenericParameter>({{"T", {}}}));
      m.instance(t, std::to_array<GenericArgument>({TypeId(I32)}));
    };
  };
  EXPECT_EQ(after(with(true, true)), "sound");
  EXPECT_AFTER("mentions parameters of a generic that it does not have", with(false, true));
  EXPECT_AFTER("is that of a generic without arguments", with(true, false));
}

}  // namespace
}  // namespace inlay::ir
