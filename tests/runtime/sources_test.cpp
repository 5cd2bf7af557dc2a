// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every kind of symbol is in the index, by name and by address, and runtimes keep their internal names apart.
#include <algorithm>
#include <thread>

#include "everything.h"
#include "inlay/jit.h"
#include "inlay/runtime.h"
#include "runtime/image.h"

#include <gtest/gtest.h>

extern "C" {
struct code {
  std::uint8_t op;
  std::int32_t value;
};
std::int32_t plain_run(const code* code, std::int32_t count, std::int32_t x);
bool plain_same(const char* a, const char* b);
int from_bitcode(int x, int factor);
}

namespace inlay {
namespace {

using std::placeholders::_1, std::placeholders::_2;

RuntimeListing listing(const std::string& name) {
  for (RuntimeListing& one : linked_runtimes())
    if (one.name == name) return one;
  ADD_FAILURE() << "no runtime " << name;
  return {};
}

const RuntimeSymbol* find(const RuntimeListing& in, const std::string& part, bool function = true) {
  auto found = std::find_if(in.symbols.begin(), in.symbols.end(), [&](const RuntimeSymbol& symbol) {
    return symbol.function == function && symbol.demangled.find(part) != std::string::npos;
  });
  return found == in.symbols.end() ? nullptr : &*found;
}

TEST(Index, holds_functions_whatever_their_linkage) {
  RuntimeListing all = listing("everything_runtime");
  for (const char* internal : {"internal_function", "Circle::area", "adder(int)::", "_M_manager"}) {
    const RuntimeSymbol* symbol = find(all, internal);
    ASSERT_TRUE(symbol) << internal;
    EXPECT_TRUE(symbol->defined) << internal;
    EXPECT_GT(symbol->size, 0u) << internal;
  }
  EXPECT_FALSE(find(all, "internal_function")->exported);
  ASSERT_TRUE(find(all, "exported_function"));
  EXPECT_TRUE(find(all, "exported_function")->exported);
  EXPECT_TRUE(find(all, "shared_inline"));
}

TEST(Index, holds_variables_and_vtables) {
  RuntimeListing all = listing("everything_runtime");
  for (const char* name : {"internal_counter", "internal_table", "exported_variable", "vtable for everything::"}) {
    const RuntimeSymbol* symbol = find(all, name, false);
    ASSERT_TRUE(symbol) << name;
    EXPECT_TRUE(symbol->defined) << name;
  }
  EXPECT_EQ(find(all, "internal_table", false)->size, 20u);
}

TEST(Index, names_what_stays_undefined) {
  RuntimeListing all = listing("everything_runtime");
  EXPECT_TRUE(std::any_of(all.symbols.begin(), all.symbols.end(), [](const RuntimeSymbol& s) { return !s.defined; }));
  const RuntimeSymbol* length = find(all, "strlen");
  if (length) {
    EXPECT_FALSE(length->defined);
  }
}

TEST(Index, finds_internal_functions_by_address) {
  auto found = runtime::find_symbol_at(everything::address_of_internal());
  ASSERT_TRUE(found);
  EXPECT_NE(found->symbol.name().find("internal_function"), std::string_view::npos);
  EXPECT_EQ(found->symbol.image->name(), "everything_runtime");
  EXPECT_EQ(found->symbol.address, everything::address_of_internal());
  auto variable = runtime::find_symbol_at(&everything::exported_variable);
  ASSERT_TRUE(variable);
  EXPECT_NE(variable->symbol.name().find("exported_variable"), std::string_view::npos);
}

TEST(Index, listing_of_the_library_is_that_of_the_process) {
  auto file = list_runtimes(EVERYTHING_LIBRARY, true);
  ASSERT_TRUE(file) << file.error().to_string();
  ASSERT_EQ(file->size(), 1u);
  RuntimeListing here = listing("everything_runtime");
  ASSERT_EQ(file->front().symbols.size(), here.symbols.size());
  for (std::size_t i = 0; i < here.symbols.size(); ++i) EXPECT_EQ(file->front().symbols[i].name, here.symbols[i].name);
}

TEST(Sources, each_kind_is_specialized) {
  Jit jit = Jit::create().value();
  auto exported = jit.specialize(everything::exported_function, constant(1)).value();
  EXPECT_TRUE(exported.compiled()) << exported.explain().to_text();
  int first = everything::exported_function(1);
  EXPECT_EQ(exported(), first + 1) << "the counter is the host's";
  EXPECT_EQ(everything::exported_function(1), first + 2);
  auto bitcode = jit.specialize(from_bitcode, _1, constant(5)).value();
  EXPECT_TRUE(bitcode.compiled()) << bitcode.explain().to_text();
  EXPECT_EQ(bitcode(4), 21);
  auto program = jit.freeze([] { return std::array<code, 2>{{{0, 5}, {1, 3}}}; });
  const code* begin = program->data();
  auto plain = jit.specialize(plain_run, constant(begin), constant(2), _1).value();
  EXPECT_TRUE(plain.compiled()) << plain.explain().to_text();
  EXPECT_EQ(plain(1), (1 + 1 + 5) * 3);
  auto same = jit.specialize(plain_same, _1, constant("abc")).value();
  EXPECT_TRUE(same("abc"));
  EXPECT_FALSE(same("abd"));
  auto length = jit.specialize(everything::length, _1).value();
  EXPECT_EQ(length("12345"), 5);
}

TEST(Sources, thread_locals_are_reached) {
  Jit jit = Jit::create().value();
  auto function = jit.specialize(everything::in_thread, constant(2)).value();
  EXPECT_TRUE(function.compiled());
  int before = everything::in_thread(0);
  EXPECT_EQ(function(), before + 2);
  EXPECT_EQ(everything::in_thread(0), before + 2);
  std::thread([&] { EXPECT_EQ(function(), 8); }).join();
}

TEST(Sources, internal_names_of_two_runtimes_do_not_meet) {
  Jit jit = Jit::create().value();
  auto other = jit.specialize(everything::other_internal, constant(3)).value();
  EXPECT_EQ(other(), 300);
  auto mine = jit.specialize(everything::exported_function, constant(3)).value();
  int compiled = mine();  // before the original counts, whichever argument a compiler evaluates first
  EXPECT_EQ(compiled + 1, everything::exported_function(3));
}

TEST(Sources, inline_function_of_two_runtimes_and_the_host) {
  Jit jit = Jit::create().value();
  EXPECT_EQ(jit.specialize(everything::uses_weak).value()(), 22);
  EXPECT_EQ(jit.specialize(everything::other_uses_weak).value()(), 32);
  EXPECT_EQ(jit.specialize(everything::shared_inline, constant(1)).value()(), 3);
}

TEST(Sources, virtual_functions_and_std_functions) {
  Jit jit = Jit::create().value();
  auto circle = jit.freeze([] { return everything::circle(3); });
  auto area = jit.optimize(circle, &everything::Shape::area).value();
  EXPECT_TRUE(area.compiled());
  EXPECT_EQ(area(), 27);
  auto add = jit.optimize(jit.freeze([] { return everything::adder(40); })).value();
  EXPECT_TRUE(add.compiled());
  EXPECT_EQ(add(2), 42);
}

}  // namespace
}  // namespace inlay
