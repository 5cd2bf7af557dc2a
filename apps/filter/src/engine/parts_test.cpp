// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "compile/programs.h"
#include "engine/pass_bytes.h"
#include "engine/tables.h"
#include "engine/tiers.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {
namespace {

TEST(Tiers, CompilingPaysWhereEnoughRowsAreToCome) {
  // 1000 rows took 0.1 ms.
  EXPECT_FALSE(pays_for_certain({.ms = 0.1, .rows = 1000, .left = 1000, .cost = 2, .saves = 0.5}));
  EXPECT_TRUE(pays_for_certain({.ms = 0.1, .rows = 1000, .left = 1000000, .cost = 2, .saves = 0.5}));
  EXPECT_FALSE(pays_for_certain({.ms = 0, .rows = 0, .left = 1000000, .cost = 2, .saves = 0.5}));
}

TEST(Tiers, OptimizingCostsMoreThanCompilingQuicklyAndLongProgramsMost) {
  for (const double quick : {0.5, 2.0, 20.0}) EXPECT_GT(optimized_cost(quick, 10), 2 * quick);
  EXPECT_GT(optimized_cost(15, 2500), 100 * 15);
}

TEST(Tiers, WhereProcessorsAreInUseCompilingIsATwentiethOfWhatWasSpent) {
  EXPECT_FALSE(pays_by_experience({.ms = 3, .cost = 2}, true));
  EXPECT_TRUE(pays_by_experience({.ms = 5, .cost = 2}, true));
  EXPECT_FALSE(pays_by_experience({.ms = 39, .cost = 2}, false));
  EXPECT_TRUE(pays_by_experience({.ms = 41, .cost = 2}, false));
}

TEST(PassBytes, AreCountedSelectedAndPacked) {
  for (const std::size_t size : {0u, 1u, 8u, 9u, 2041u, 5000u}) {
    std::vector<std::uint8_t> pass(size);
    Selection expected;
    for (std::size_t i = 0; i < size; ++i)
      if (i % 3 == 0 || i > 4000) {
        pass[i] = 1;
        expected.push_back(static_cast<std::uint32_t>(i));
      }
    EXPECT_EQ(count_of(pass), static_cast<std::int64_t>(expected.size()));
    Selection selected;
    add_selected(pass, 0, selected);
    EXPECT_EQ(selected, expected);
    for (std::uint32_t& row : expected) row += 70;
    Selection others;
    add_selected(pass, 70, others);
    EXPECT_EQ(others, expected);
    std::vector<std::uint8_t> bits;
    add_bitmap(pass, bits);
    ASSERT_EQ(bits.size(), (size + 7) / 8);
    for (std::size_t i = 0; i < bits.size() * 8; ++i) EXPECT_EQ(bits[i / 8] >> (i % 8) & 1, i < size && pass[i]) << i;
  }
}

TEST(DictionaryTables, AreWhatTheTestSaysOfEachEntry) {
  Schema schema;
  schema.add(testing::column("t", Type::Text, Storage::View, 16));
  testing::ProgramWriter inner(schema);
  const SlotNumber found =
      inner.call(">", {inner.call("length", {inner.load("t")}), inner.constant(Value::of(std::int64_t{1}))});
  Program outer;
  outer.tables.push_back({ColumnId(1), std::make_shared<Program>(inner.done(found))});
  const Text texts[] = {Text("a"), Text("ab"), Text("abc")};
  const ColumnData dictionary{.values = reinterpret_cast<const std::byte*>(texts)};
  ColumnData data[] = {{.dictionary = &dictionary, .dictionary_size = 3}};
  ScopeOwner scope;
  BatchTables made;
  ASSERT_TRUE(prepare_tables(outer, {.rows = 1, .columns = data}, scope.scope(), made));
  const std::uint8_t* table = made.addresses.at(0);
  EXPECT_EQ(std::vector(table - 1, table + 3), (std::vector<std::uint8_t>{2, 0, 1, 1}));
  data[0] = {};
  BatchTables none;
  ASSERT_TRUE(prepare_tables(outer, {.rows = 1, .columns = data}, scope.scope(), none));
  EXPECT_EQ(none.addresses.at(0)[-1], 2);
}

}  // namespace
}  // namespace inlay::filter
