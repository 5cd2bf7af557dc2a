// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/fingerprint.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "inlay/ir/builder.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/verify.h"

namespace inlay::ir {
namespace {

/// A program in which one thing at a time can be otherwise.
struct Variant {
  bool other_order = false;  // of declarations, with others between them
  std::int64_t number = 1000000000000;
  double floating = 1.5;
  std::int32_t lane = 3;
  Op op = Op::Add;
  TypeId type = I64;
  std::string_view field = "y";
  TypeId field_type = I64;
  std::string_view callee = "helper";
  std::uint32_t helper_flags = 0;
  bool helper_outside = false;
  std::string_view message = "no";
  std::string_view assembly = "ret";
  std::uint32_t lines_down = 0;     // all of them
  std::uint32_t lines_between = 1;  // from the beginning of a function to its first instruction
  std::string_view value_name = "v";
  std::string_view path = "a.src";
  std::int32_t helper_body = 7;
  std::string_view content = "text";
  bool swapped = false;  // what two blocks do
  TypeId argument = I32;
  bool other_operand = false;
  std::uint32_t main_flags = FunctionExported;
};

using Fingerprints = std::map<std::string, Fingerprint>;

/// `calls` calls `helper`; each of the others has one feature.
struct Made {
  Module m = Module::create().value();
  Fingerprints own, code;

  explicit Made(const Variant& v);
};

Made::Made(const Variant& v) {
  Builder b(m);
  const FileId file = m.file(v.path);
  std::uint32_t line = 10 + v.lines_down;
  const auto begin = [&](FunctionId id) {
    b.at(Location(file, line));
    b.begin(id);
    b.at(Location(file, line + v.lines_between));
    line += 10;
    return id;
  };
  const auto end = [&] {
    b.ret();
    b.end();
  };
  const TypeId nothing = m.signature({});
  TypeId point;
  FunctionId helper;
  DataId text;
  const auto declare_types = [&] {
    point = m.named_struct("Point");
    m.define_struct(point, {{"x", I64}, {v.field, v.field_type}});
  };
  const auto declare_data = [&] { text = m.add_text("greeting", v.content); };
  const auto declare_helper = [&] {
    helper = m.function(v.callee, m.signature({I64}, I64), v.helper_outside ? FunctionExtern : v.helper_flags);
  };
  const auto write_helper = [&] {
    if (v.helper_outside) return;
    begin(helper);
    b.ret(b.add(b.parameter(0), v.helper_body));
    b.end();
  };
  const auto write_rest = [&] {
    begin(m.function("calls", nothing, v.main_flags));
    b.call(helper, {1});
    end();
    begin(m.function("numbers", nothing));
    b.name(b.binary(v.op, v.type, v.number, 1), v.value_name);
    end();
    begin(m.function("floats", m.signature({F64})));
    b.add(b.parameter(0), v.floating);
    end();
    begin(m.function("vectors", m.signature({m.vector(I32, 4)})));
    const Value lanes[] = {Value::number(0), Value::number(1), Value::number(2), Value::number(v.lane)};
    b.add(b.parameter(0), m.lanes(m.vector(I32, 4), lanes));
    end();
    begin(m.function("fields", m.signature({Ptr})));
    b.field(point, b.parameter(0), 0);
    end();
    begin(m.function("elements", m.signature({m.slice(point)})));
    b.elem(b.parameter(0), 1);
    end();
    begin(m.function("slices", m.signature({m.slice(point)})));
    b.len(b.parameter(0));
    end();
    begin(m.function("traps", nothing));
    b.trap(v.message);
    b.end();
    begin(m.function("data", nothing));
    b.load(I8, text);
    end();
    begin(m.function("blocks", m.signature({Bool}, I64)));
    const BlockId yes = b.block(), no = b.block();
    b.branch(b.parameter(0), v.swapped ? no : yes, v.swapped ? yes : no);
    b.start(yes);
    b.ret(1);
    b.start(no);
    b.ret(2);
    b.end();
    begin(m.function("operands", m.signature({I64, I64}, I64)));
    b.ret(b.sub(b.parameter(v.other_operand ? 1 : 0), b.parameter(1)));
    b.end();
    m.set_assembly(m.function("assembly", nothing), Architecture::X86_64, v.assembly);
    const FunctionId generic = m.function("generic", nothing);
    m.make_generic(generic, std::to_array<GenericParameter>({{"T", {}}}));
    begin(generic);
    b.slot(m.type_parameter(0));
    end();
    begin(m.function("instances", nothing));
    b.call(m.instance(generic, std::to_array<GenericArgument>({v.argument})), {});
    end();
  };
  if (v.other_order) {
    m.string("something else");
    m.integer(I64, 77777777777);
    m.slice(m.slice(F32));
    declare_data();
    m.function("between", nothing, FunctionExtern);
    declare_helper();
    declare_types();
    write_rest();
    write_helper();
  } else {
    declare_types();
    declare_helper();
    write_helper();
    declare_data();
    write_rest();
  }
  std::vector<Value> roots;
  for (std::uint32_t i = 1; i < m.functions.count(); ++i)
    if (m.functions[FunctionId{i}].flags & (FunctionDefined | FunctionAssembly) &&
        !(m.functions[FunctionId{i}].flags & FunctionGeneric))
      roots.emplace_back(FunctionId{i});
  verify(m).value();
  const Reach reach = expand(m, roots).value();
  for (FunctionId id : reach.functions) own[m.full_name(id)] = fingerprint(m, id);
  for (DataId id : reach.data) own["data " + m.full_name(id)] = fingerprint(m, id);
  const std::vector<Fingerprint> codes = code_fingerprints(m, reach.functions, decide_inlining(m, reach.functions));
  for (std::size_t i = 0; i < codes.size(); ++i) code[m.full_name(reach.functions[i])] = codes[i];
}

/// The names whose fingerprints are not the same in both, or that only one has.
std::string differences(const Fingerprints& a, const Fingerprints& b) {
  std::string text;
  const auto add = [&](const std::string& name) { text += (text.empty() ? "" : ", ") + name; };
  for (const auto& [name, fingerprint] : a)
    if (const auto other = b.find(name); other == b.end() || other->second != fingerprint) add(name);
  for (const auto& [name, fingerprint] : b)
    if (!a.contains(name)) add(name);
  return text;
}

std::string changes(const Variant& v) { return differences(Made({}).own, Made(v).own); }
std::string code_changes(const Variant& v) { return differences(Made({}).code, Made(v).code); }

TEST(Fingerprint, tells_functions_apart) {
  const Made made({});
  EXPECT_EQ(made.own.size(), 16u);
  for (const auto& [name, fingerprint] : made.own)
    for (const auto& [other, second] : made.own)
      EXPECT_EQ(name == other, fingerprint == second) << name << ' ' << other;
}

TEST(Fingerprint, is_the_same_wherever_declarations_stand) { EXPECT_EQ(changes({.other_order = true}), ""); }

TEST(Fingerprint, is_the_same_further_down_in_the_file) { EXPECT_EQ(changes({.lines_down = 100}), ""); }

TEST(Fingerprint, is_the_same_with_other_names_for_people) { EXPECT_EQ(changes({.value_name = "w"}), ""); }

/// A function that returns its first or second sum in a block that stands before the one where they are worked out.
/// `late`: the instructions of that block are written after those of the other one.
Fingerprint of_sum(bool second, bool late) {
  Module m = Module::create().value();
  Builder b(m);
  const FunctionId f = m.function("f", m.signature({I64, I64}, I64), FunctionExported);
  b.begin(f);
  const BlockId use = b.block(), define = b.block();
  if (!late) b.jump(define);
  b.start(define);
  const Value sums[] = {b.add(b.parameter(0), b.parameter(1)), b.add(b.parameter(1), b.parameter(0))};
  b.jump(use);
  if (late) {
    b.start(b.first_block());
    b.jump(define);
  }
  b.start(use);
  b.ret(sums[second ? 1 : 0]);
  b.end();
  verify(m).value();
  return fingerprint(m, f);
}

TEST(Fingerprint, knows_values_that_are_defined_further_behind) {
  EXPECT_EQ(of_sum(false, false), of_sum(false, false));
  EXPECT_NE(of_sum(false, false), of_sum(true, false));
}

TEST(Fingerprint, is_the_same_in_whatever_order_blocks_were_written) {
  EXPECT_EQ(of_sum(false, false), of_sum(false, true));
  EXPECT_EQ(of_sum(true, false), of_sum(true, true));
}

TEST(Fingerprint, is_the_same_in_another_file) { EXPECT_EQ(changes({.path = "b.src"}), ""); }

TEST(Fingerprint, each_change_changes_what_depends_on_it_and_nothing_else) {
  EXPECT_EQ(changes({.number = 1000000000001}), "numbers");
  EXPECT_EQ(changes({.number = 5}), "numbers");
  EXPECT_EQ(changes({.op = Op::Sub}), "numbers");
  EXPECT_EQ(changes({.number = 5, .type = I32}), "numbers");
  EXPECT_NE(Made({.number = 5}).own["numbers"], Made({.number = 5, .type = I32}).own["numbers"]);
  EXPECT_EQ(changes({.floating = 2.5}), "floats");
  EXPECT_EQ(changes({.lane = 4}), "vectors");
  EXPECT_EQ(changes({.message = "yes"}), "traps");
  EXPECT_EQ(changes({.assembly = "nop"}), "assembly");
  EXPECT_EQ(changes({.swapped = true}), "blocks");
  EXPECT_EQ(changes({.other_operand = true}), "operands");
  EXPECT_EQ(changes({.argument = F32}), "generic<i32>, instances, generic<f32>");
  EXPECT_EQ(changes({.main_flags = 0}), "calls");
}

TEST(Fingerprint, layouts_count_where_memory_is_touched) {
  EXPECT_EQ(changes({.field_type = I32}), "elements, fields");
  EXPECT_EQ(changes({.field = "z"}), "elements, fields");
}

TEST(Fingerprint, of_what_is_called_only_the_name_and_kind_count) {
  EXPECT_EQ(changes({.callee = "other"}), "calls, helper, other");
  EXPECT_EQ(changes({.helper_flags = FunctionCold}), "calls, helper");
  EXPECT_EQ(changes({.helper_outside = true}), "calls, helper");
  EXPECT_EQ(changes({.helper_body = 8}), "helper");
}

TEST(Fingerprint, of_data_the_content_is_its_own) {
  EXPECT_EQ(changes({.content = "tent"}), "data greeting");
  // How large it is may be known to code that uses it.
  EXPECT_EQ(changes({.content = "longer"}), "data, data greeting");
}

TEST(Fingerprint, lines_count_from_the_function) {
  const std::string all = changes({.lines_between = 2});
  EXPECT_NE(all.find("calls"), std::string::npos);
  EXPECT_EQ(all.find("assembly"), std::string::npos) << "has no lines";
  EXPECT_EQ(all.find("data greeting"), std::string::npos);
}

TEST(CodeFingerprint, has_the_bodies_of_what_is_always_inlined) {
  EXPECT_EQ(code_changes({.helper_body = 8}), "calls, helper");
  EXPECT_EQ(code_changes({.number = 5}), "numbers");
  // Where it is not, a call stays a call.
  const Variant one{.helper_flags = FunctionNoInline};
  const Variant other{.helper_flags = FunctionNoInline, .helper_body = 8};
  EXPECT_EQ(differences(Made(one).code, Made(other).code), "helper");
}

TEST(CodeFingerprint, follows_chains_and_ends_in_circles) {
  const auto codes = [](std::int64_t number, bool circle) {
    Module m = Module::create().value();
    Builder b(m);
    std::vector<FunctionId> all;
    for (int i = 0; i < 50'000; ++i) all.push_back(m.function("f" + std::to_string(i), m.signature({})));
    for (std::size_t i = 0; i < all.size(); ++i) {
      b.begin(all[i]);
      if (i + 1 < all.size() || circle) b.call(all[(i + 1) % all.size()], {});
      if (i + 1 == all.size()) b.binary(Op::Add, I64, number, 1);
      b.ret();
      b.end();
    }
    return code_fingerprints(m, all, std::vector<Inlining>(m.functions.count(), Inlining::Always));
  };
  const auto one = codes(1, false), two = codes(2, false);
  EXPECT_NE(one.front(), two.front());
  EXPECT_NE(one.back(), two.back());
  EXPECT_EQ(codes(1, true).size(), 50'000u);
}

TEST(Fingerprint, of_relocations_symbol_offset_and_addend_count) {
  const auto made = [](std::uint32_t offset, const char* symbol, std::int32_t addend) {
    Module m = Module::create().value();
    const DataId one = m.add_data(symbol, I64);
    const Relocation relocation{offset, one, addend};
    const std::byte zeros[16] = {};
    return fingerprint(m, m.add_data("d", m.array(Ptr, 2), zeros, std::span(&relocation, 1)));
  };
  EXPECT_EQ(made(0, "a", 0), made(0, "a", 0));
  EXPECT_NE(made(0, "a", 0), made(8, "a", 0));
  EXPECT_NE(made(0, "a", 0), made(0, "b", 0));
  EXPECT_NE(made(0, "a", 0), made(0, "a", 8));
}

TEST(Fingerprint, deep_types_need_no_deep_stack) {
  Module m = Module::create().value();
  Builder b(m);
  TypeId deep = I8;
  for (int i = 0; i < 100'000; ++i) m.lay_out(deep = m.array(deep, 1));
  const FunctionId f = m.function("f", m.signature({}));
  b.begin(f);
  b.slot(deep);
  b.ret();
  b.end();
  EXPECT_NE(fingerprint(m, f), Fingerprint());
}

TEST(Fingerprint, how_the_body_was_put_together_does_not_count) {
  const auto made = [](bool early) {
    Module m = Module::create().value();
    Builder b(m);
    const FunctionId f = m.function("f", m.signature({I64}, I64));
    b.begin(f);
    BlockId next = b.block();
    if (early) b.add_parameter(next, I64);
    const Value sum = b.add(b.parameter(0), 1);
    if (!early) b.add_parameter(next, I64);
    b.jump(next, {sum});
    b.start(next);
    b.ret(b.parameter(next, 0));
    b.end();
    return fingerprint(m, f);
  };
  EXPECT_EQ(made(true), made(false));
}

}  // namespace
}  // namespace inlay::ir
