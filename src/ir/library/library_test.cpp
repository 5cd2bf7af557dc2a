// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/library.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "inlay/ir/verify.h"
#include "ir/library/sample.h"

namespace inlay::ir {
namespace {

using Bytes = std::vector<std::byte>;

Bytes library_of(const Module& m) { return to_library(m).value(); }

Library opened(const Bytes& bytes, std::string name = "lib") { return Library::open(bytes, std::move(name)).value(); }

Module loaded(const Bytes& bytes) {
  Module m = Module::create().value();
  opened(bytes).load_all(m).value();
  return m;
}

FunctionId function_of(const Module& m, std::string_view name) {
  const Symbol symbol = m.find(name);
  return symbol.kind == SymbolKind::Function ? FunctionId{symbol.id} : FunctionId{};
}

/// `export func @name() -> i64 { return CALLEE() + number }`, the callee external.
void add_caller(Module& m, std::string_view name, std::string_view callee, std::int64_t number,
                std::uint32_t flags = FunctionExported) {
  const TypeId signature = m.signature({}, I64);
  const FunctionId id = m.function(name, signature, flags);
  Builder b(m);
  b.begin(id);
  Value result = callee.empty() ? Value::number(number) : Value();
  if (!callee.empty()) {
    FunctionId called = m.function_named(callee);
    if (m.functions[called].flags & FunctionReserved) called = m.function(callee, signature, FunctionExtern);
    result = b.add(b.call(called, {}), number);
  }
  b.ret(result);
  b.end();
}

Module with_caller(std::string_view name, std::string_view callee, std::int64_t number) {
  Module m = Module::create().value();
  add_caller(m, name, callee, number);
  return m;
}

bool is_defined(const Module& m, std::string_view name) {
  const FunctionId id = function_of(m, name);
  return id && m.functions[id].flags & FunctionDefined;
}

TEST(Library, what_was_written_is_loaded_as_the_same) {
  const Bytes bytes = library_of(sample_module());
  const Module m = loaded(bytes);
  EXPECT_EQ(library_of(m), bytes);
}

TEST(Library, what_was_loaded_is_a_program) {
  Module made = sample_module();
  verify(made).value();
  Module m = loaded(library_of(made));
  verify(m).value();
  EXPECT_EQ(library_of(m), library_of(sample_module())) << "layouts are no part of a library";
}

TEST(Library, keeps_names_lines_constants_and_attributes) {
  const Module m = loaded(library_of(sample_module()));
  const FunctionId main = function_of(m, "main");
  const Function& f = m.functions[main];
  EXPECT_EQ(f.flags, static_cast<std::uint32_t>(FunctionDefined | FunctionExported | FunctionNoInline));
  EXPECT_EQ(m.path(f.location.file()), "main.tiny");
  EXPECT_EQ(f.location.line(), 10u);
  EXPECT_EQ(f.end_block.value - f.first_block.value, 5u);
  EXPECT_EQ(m.text(m.blocks[BlockId{f.first_block.value + 1}].name), "head");
  EXPECT_EQ(m.text(m.name_of(f.first)), "numbers");
  const Inst& jump = m.insts[m.blocks[f.first_block].last];
  EXPECT_EQ(jump.op(), Op::Jump);
  EXPECT_EQ(m.locations[m.blocks[f.first_block].last].line(), 11u);
  const Value large = Value::of_bits((&m.extra[ExtraId{jump.b}])[2]);
  EXPECT_EQ(m.consts[large.constant()].bits, std::uint64_t{1} << 40);
  const Function& puts = m.functions[function_of(m, "puts")];
  EXPECT_EQ(puts.flags, static_cast<std::uint32_t>(FunctionExtern | FunctionCold));
  EXPECT_EQ(m.list(m.functions[function_of(m, "fast")].assembly).size(), 2u);
}

TEST(Library, keeps_data_with_relocations_and_tables) {
  Module m = loaded(library_of(sample_module()));
  const Data& pointers = m.data[m.data_named("pointers")];
  ASSERT_TRUE(pointers.relocations);
  EXPECT_EQ(m.extra[pointers.relocations], 2u);
  EXPECT_EQ((&m.extra[pointers.relocations])[4], 8u);
  EXPECT_EQ((&m.extra[pointers.relocations])[6], 3u);
  const Data& counter = m.data[m.data_named("counter")];
  EXPECT_EQ(counter.flags, static_cast<std::uint32_t>(DataDefined | DataMutable | DataExported | DataZero));
  EXPECT_EQ(counter.size, 4u);
  EXPECT_EQ(counter.location.line(), 7u);
  EXPECT_EQ(m.data[m.data_named("Shape.table")].size, 16u);
  EXPECT_EQ(m.data[m.data_named("Shape.table")].type, m.find_type("Shape"));
  EXPECT_TRUE(m.data[m.data_named("pick.table")].flags & DataGeneric);
  EXPECT_EQ(m.data[m.data_named("stdout")].flags, static_cast<std::uint32_t>(DataExtern | DataMutable));
}

TEST(Library, instances_have_their_signatures_whatever_came_first) {
  const Module m = loaded(library_of(sample_module()));
  unsigned instances = 0;
  for (const Function& f : m.functions.entries()) {
    if (!f.generic) continue;
    ++instances;
    EXPECT_TRUE(f.signature);
  }
  EXPECT_EQ(instances, 3u);
}

TEST(Library, is_the_same_whatever_the_order_in_which_the_module_was_made) {
  Module a = Module::create().value();
  add_caller(a, "one", "", 1);
  add_caller(a, "two", "one", 2);

  Module b = Module::create().value();
  b.string("something else");
  b.slice(F32);
  b.function_named("two");
  b.data_named("unused");
  add_caller(b, "one", "", 1);
  add_caller(b, "two", "one", 2);
  EXPECT_EQ(library_of(a), library_of(b));
}

TEST(Library, names_are_sorted_and_found) {
  const Bytes bytes = library_of(sample_module());
  const Library library = opened(bytes);
  const std::vector<std::string> names = library.names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) EXPECT_TRUE(library.defines(name));
  EXPECT_TRUE(library.defines("main"));
  EXPECT_FALSE(library.defines("puts"));
  EXPECT_FALSE(library.defines("Node"));
  EXPECT_FALSE(library.defines(""));
}

TEST(Library, a_definition_brings_its_types_and_declares_what_it_mentions) {
  const Bytes bytes = library_of(sample_module());
  Module m = Module::create().value();
  opened(bytes).load(m, "main").value();
  EXPECT_TRUE(is_defined(m, "main"));
  EXPECT_FALSE(is_defined(m, "scale"));
  EXPECT_EQ(m.functions[function_of(m, "scale")].flags, std::uint32_t{FunctionExtern});
  EXPECT_EQ(m.functions[function_of(m, "puts")].flags, static_cast<std::uint32_t>(FunctionExtern | FunctionCold));
  EXPECT_EQ(m.functions[function_of(m, "pick")].flags, std::uint32_t{FunctionReserved});
  EXPECT_EQ(m.data[m.data_named("greeting")].flags, std::uint32_t{DataExtern});
  EXPECT_EQ(m.find("area").kind, SymbolKind::None);
  EXPECT_FALSE(m.types[m.find_type("Shape")].flags & TypeIncomplete);
  EXPECT_FALSE(m.types[m.find_type("Vec")].flags & TypeIncomplete);
  EXPECT_FALSE(m.find_type("Node"));
}

TEST(Library, each_definition_loads_alone) {
  const Bytes bytes = library_of(sample_module());
  const Library library = opened(bytes);
  for (const std::string& name : library.names()) {
    Module m = Module::create().value();
    const Result<void> result = library.load(m, name);
    EXPECT_TRUE(result) << name << ": " << (result ? "" : result.error().to_string());
  }
}

TEST(Library, one_by_one_is_the_same_as_all_at_once) {
  const Bytes bytes = library_of(sample_module());
  const Library library = opened(bytes);
  std::vector<std::string> names = library.names();
  for (int round = 0; round < 2; ++round) {
    Module m = Module::create().value();
    add_sample_types(m);  // those that no definition mentions
    m.function("unused", m.signature({}), FunctionExtern);
    m.add_data("stdout", Ptr, {}, {}, DataExtern | DataMutable);
    for (const std::string& name : names) library.load(m, name).value();
    EXPECT_EQ(library_of(m), bytes);
    std::reverse(names.begin(), names.end());
  }
}

TEST(Library, loading_again_changes_nothing) {
  const Bytes bytes = library_of(sample_module());
  Module m = loaded(bytes);
  const std::uint32_t insts = m.insts.count();
  opened(bytes).load_all(m).value();
  opened(bytes).load(m, "main").value();
  EXPECT_EQ(m.insts.count(), insts);
}

TEST(Library, a_name_that_is_not_there_is_not_found) {
  const Bytes bytes = library_of(sample_module());
  Module m = Module::create().value();
  for (const char* name : {"nothing", "", "puts", "zzz"}) {
    const Result<void> result = opened(bytes).load(m, name);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().kind(), ErrorKind::NotFound);
  }
}

void expect_conflict(const Result<void>& result, std::string_view first, std::string_view second = "lib") {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::InvalidProgram);
  EXPECT_NE(result.error().to_string().find(first), std::string::npos) << result.error().to_string();
  EXPECT_NE(result.error().to_string().find(second), std::string::npos) << result.error().to_string();
}

TEST(Library, another_type_of_the_same_name_is_an_error) {
  const Bytes bytes = library_of(sample_module());
  Module m = Module::create().value();
  m.define_struct(m.named_struct("Vec"), {{"len", I64}});
  expect_conflict(opened(bytes).load(m, "main"), "Vec");
  Module other = Module::create().value();
  other.define_interface(other.named_interface("Vec"), {});
  expect_conflict(opened(bytes).load(other, "main"), "an interface in the program");
}

TEST(Library, another_definition_of_the_same_name_is_an_error) {
  const Bytes bytes = library_of(with_caller("f", "", 1));
  Module m = with_caller("f", "", 2);
  expect_conflict(opened(bytes).load(m, "f"), "'@f'");
  Module data = Module::create().value();
  data.add_data("f", I32);
  expect_conflict(opened(bytes).load(data, "f"), "data");
}

TEST(Library, another_signature_of_what_is_mentioned_is_an_error) {
  const Bytes bytes = library_of(with_caller("f", "g", 1));
  Module m = Module::create().value();
  m.function("g", m.signature({I32}), FunctionExtern);
  expect_conflict(opened(bytes).load(m, "f"), "fn(i32)");
  Module declared = Module::create().value();
  declared.function("f", declared.signature({I32}), FunctionExtern);
  expect_conflict(opened(bytes).load(declared, "f"), "fn(i32)");
  Module data = Module::create().value();
  data.add_data("g", I32);
  expect_conflict(opened(bytes).load(data, "f"), "@g");
}

TEST(Link, defines_what_is_external_and_what_that_needs) {
  Module first = with_caller("a", "b", 1), second = with_caller("c", "", 3);
  add_caller(second, "b", "c", 2);
  add_caller(second, "unused", "", 4);
  const Bytes one = library_of(first), two = library_of(second);
  const Library libraries[] = {opened(one, "one"), opened(two, "two")};
  const Library* list[] = {&libraries[0], &libraries[1]};
  Module m = with_caller("main", "a", 0);
  add_caller(m, "other", "outside", 0);
  link(m, list).value();
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(is_defined(m, name)) << name;
  EXPECT_EQ(m.find("unused").kind, SymbolKind::None);
  EXPECT_TRUE(m.functions[function_of(m, "outside")].flags & FunctionExtern);
  link(m, list).value();
}

TEST(Link, takes_the_first_library_that_has_it) {
  const Bytes one = library_of(with_caller("a", "", 1)), two = library_of(with_caller("a", "", 2));
  const Library libraries[] = {opened(one, "one"), opened(two, "two")};
  const Library* list[] = {&libraries[1], &libraries[0]};
  Module m = with_caller("main", "a", 0);
  link(m, list).value();
  const Function& a = m.functions[function_of(m, "a")];
  EXPECT_EQ(m.insts[m.blocks[a.first_block].last].value_a().number(), 2);
}

TEST(Link, brings_generics_tables_and_data) {
  const Bytes bytes = library_of(sample_module());
  const Library library = opened(bytes);
  const Library* list[] = {&library};
  Module m = Module::create().value();
  m.function("main", m.signature({m.slice(I64), m.named_interface("Shape")}, I64), FunctionExtern);
  m.add_data("pointers", m.array(Ptr, 2), {}, {}, DataExtern | DataMutable);
  m.data_named("Shape.table");
  link(m, list).value();
  EXPECT_TRUE(is_defined(m, "main"));
  EXPECT_TRUE(is_defined(m, "pick"));
  EXPECT_TRUE(is_defined(m, "area"));
  EXPECT_TRUE(m.data[m.data_named("greeting")].flags & DataDefined);
  EXPECT_TRUE(m.data[m.data_named("Shape.table")].flags & DataDefined);
  EXPECT_TRUE(m.functions[function_of(m, "puts")].flags & FunctionExtern);
}

TEST(Link, a_library_s_own_helper_is_its_own) {
  // Both have a function `helper` that they do not export.
  Module first = Module::create().value(), second = Module::create().value();
  add_caller(first, "helper", "", 1, 0);
  add_caller(first, "a", "helper", 0);
  add_caller(second, "helper", "", 2, 0);
  add_caller(second, "b", "helper", 0);
  const Bytes one = library_of(first), two = library_of(second);
  const Library libraries[] = {opened(one, "one"), opened(two, "two")};
  const Library* list[] = {&libraries[0], &libraries[1]};
  Module m = with_caller("main", "b", 0);
  link(m, list).value();
  const Function& helper = m.functions[function_of(m, "helper")];
  EXPECT_EQ(m.insts[m.blocks[helper.first_block].last].value_a().number(), 2);
  Module both = with_caller("main", "a", 0);
  add_caller(both, "other", "b", 0);
  expect_conflict(link(both, list), "'@helper'", "two");
  Module own = with_caller("main", "a", 0);
  add_caller(own, "helper", "", 5, 0);
  expect_conflict(link(own, list), "'@helper'", "one");
}

TEST(Library, opens_files) {
  const std::string path = testing::TempDir() + "/inlay_library_test.inlaylib";
  const Bytes bytes = library_of(sample_module());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  Module m = Module::create().value();
  Library::open(path).value().load_all(m).value();
  EXPECT_EQ(library_of(m), bytes);
  std::ofstream(path, std::ios::binary | std::ios::trunc).flush();
  EXPECT_EQ(Library::open(path).error().kind(), ErrorKind::InvalidProgram);
  std::filesystem::remove(path);
  EXPECT_EQ(Library::open(path).error().kind(), ErrorKind::File);
  EXPECT_EQ(Library::open(testing::TempDir()).error().kind(), ErrorKind::File);
}

TEST(Library, of_another_inlay_is_refused) {
  Bytes bytes = library_of(sample_module());
  LibraryHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (int field = 0; field < 2; ++field) {
    LibraryHeader changed = header;
    if (field == 0)
      ++changed.version;
    else
      ++changed.operations;
    changed.hash = header_hash(changed);
    std::memcpy(bytes.data(), &changed, sizeof changed);
    const Result<Library> result = Library::open(bytes, "lib");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::WrongVersion);
  }
}

TEST(Library, a_module_that_went_wrong_is_not_written) {
  Module m = Module::create().value();
  m.fail(Error(ErrorKind::InvalidArgument, "something"));
  EXPECT_FALSE(to_library(m));
  Module undeclared = Module::create().value();
  const FunctionId f = undeclared.function("f", undeclared.signature({}));
  EXPECT_FALSE(to_library(undeclared)) << "a function without a body";
  Builder b(undeclared);
  b.begin(f);
  b.call(undeclared.function_named("g"), {});
  b.end();
  EXPECT_FALSE(to_library(undeclared)) << "a block without end";
  b.append(Op::ReturnVoid, {});
  Module deep = Module::create().value();
  TypeId type = I8;
  for (int i = 0; i < 100'000; ++i) type = deep.slice(type);
  deep.function("f", deep.signature({type}), FunctionExtern);
  EXPECT_FALSE(to_library(deep));
}

TEST(Library, takes_few_bytes) {
  const Module m = sample_module();
  const Bytes bytes = library_of(m);
  std::size_t chunks = bytes.size();
  RecordProperty("bytes", static_cast<int>(chunks));
  EXPECT_LT(chunks, 2500u);
}

}  // namespace
}  // namespace inlay::ir
