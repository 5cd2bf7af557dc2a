// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels against the interpreter, at each tier and for each processor that this one can stand for.
#include "compile/compile.h"

#include <gtest/gtest.h>

#include "compile/emit.h"
#include "compile/engines.h"
#include "compile/programs.h"
#include "plan/random_rows.h"

namespace inlay::filter {
namespace {

using testing::column;
using testing::compare_engines;
using testing::every_option;
using testing::ProgramWriter;
using testing::RandomRows;

bool can_have(Storage storage, Validity validity) {
  const bool in_value = storage == Storage::Cell || storage == Storage::Characters;
  if (validity == Validity::InValue) return in_value;
  if (validity == Validity::Flag)
    return storage != Storage::Bit && storage != Storage::Offsets32 && storage != Storage::Offsets64 && !in_value;
  return true;
}

bool is_fixed(const testing::Form& layout) {
  const bool raises = layout.storage == Storage::Cell || layout.storage == Storage::UInt64 ||
                      layout.storage == Storage::Seconds ||
                      (layout.storage == Storage::Milliseconds && layout.type == Type::Timestamp);
  return layout.type != Type::Text && !raises;
}

TEST(Compile, ReadsEveryStorageWithEveryValidity) {
  std::uint64_t seed = 0;
  for (const testing::Form& layout : testing::Forms)
    for (const Validity validity : {Validity::All, Validity::Bitmap, Validity::Flag, Validity::InValue})
      for (const bool dictionary : {false, true}) {
        if (!can_have(layout.storage, validity)) continue;
        if (dictionary && (validity == Validity::Flag || layout.storage == Storage::Cell)) continue;
        RandomRows rows(++seed, 1500);
        Column described = column("x", layout.type, layout.storage, 0, validity);
        described.dictionary = dictionary;
        constexpr Storage Indices[] = {Storage::Int8,  Storage::Int16,  Storage::Int32,  Storage::Int64,
                                       Storage::UInt8, Storage::UInt16, Storage::UInt32, Storage::UInt64};
        if (dictionary) described.indices = Indices[seed % std::size(Indices)];
        rows.add(described);
        ProgramWriter w(rows.schema);
        Program program = w.done(w.load("x"));
        program.straight = is_fixed(layout) && !dictionary;
        std::vector<CompileOptions> tiers = {{.tier = Tier::Quick}, {.tier = Tier::Optimized}};
        if (Sanitized) tiers.erase(tiers.begin() + seed % 2);
        compare_engines(program, rows.batch(), tiers);
        if (HasFailure()) {
          ADD_FAILURE() << to_string(layout.type) << " storage " << int(layout.storage) << " validity " << int(validity)
                        << (dictionary ? " dictionary" : "") << '\n'
                        << program_ir(program).value();
          return;
        }
      }
}

TEST(Compile, StopsAtTheRowThatRaises) {
  for (std::uint64_t seed = 1; seed <= testing::cases(10); ++seed) {
    RandomRows rows(seed, 300);
    rows.add(column("x", Type::Integer, Storage::Cell, 0, Validity::InValue), 150);
    rows.add(column("y", Type::Integer, Storage::Int64, 0, Validity::Flag));
    ProgramWriter w(rows.schema);
    const SlotNumber sum = w.call("+", {w.load("x"), w.load("y")});
    Program program = w.done(w.call("*", {sum, w.load("y")}));
    program.raises = true;
    compare_engines(program, rows.batch(), every_option());
  }
}

TEST(Compile, FiltersColumnsOfNumbers) {
  for (const Validity validity : {Validity::All, Validity::Bitmap, Validity::Flag})
    for (const bool straight : {false, true}) {
      RandomRows rows(17, 5000);
      rows.add(column("age", Type::Integer, Storage::Int32, 0, validity));
      rows.add(column("balance", Type::Real, Storage::Double, 0, validity));
      ProgramWriter w(rows.schema);
      const SlotNumber age = w.load("age"), balance = w.load("balance");
      const SlotNumber a = w.call(">=", {age, w.constant(Value::of(std::int64_t{3}))});
      const SlotNumber b = w.call("<=", {age, w.constant(Value::of(std::int64_t{9}))});
      const SlotNumber c = w.call(">", {balance, w.constant(Value::of(2.0))});
      Program program = w.done(w.op(Op::And, {w.op(Op::And, {a, b}), c}));
      program.straight = straight;
      compare_engines(program, rows.batch(), every_option());
    }
}

TEST(Compile, ThreeValuedOperationsAreTheInterpreters) {
  RandomRows rows(3, 400);
  rows.add(column("a", Type::Boolean, Storage::Byte, 0, Validity::Flag));
  rows.add(column("b", Type::Boolean, Storage::Bit, 0, Validity::Bitmap));
  rows.add(column("c", Type::Boolean, Storage::Byte, 0));
  for (const Op op : {Op::And, Op::Or})
    for (const char* left : {"a", "b", "c"})
      for (const char* right : {"a", "b", "c"}) {
        ProgramWriter w(rows.schema);
        const SlotNumber both = w.op(op, {w.load(left), w.load(right)});
        Program program = w.done(w.op(op, {w.op(Op::Not, {both}), w.op(Op::IsNull, {both})}));
        program.straight = true;
        compare_engines(program, rows.batch(), {{.tier = Tier::Quick}, {.tier = Tier::Optimized}});
      }
}

TEST(Compile, JumpsSkipWhatIsNotNeeded) {
  RandomRows rows(5, 700);
  rows.add(column("t", Type::Text, Storage::String, 0, Validity::Flag));
  rows.add(column("n", Type::Integer, Storage::Cell, 0, Validity::InValue), 3);
  ProgramWriter w(rows.schema);
  // CASE WHEN t = 'ab' THEN n WHEN t < 'b' THEN 5 ELSE NULL END
  const SlotNumber result = w.slot(Type::Integer), t = w.load("t");
  const std::size_t first = w.jump(Op::JumpUnless, {w.call("=", {t, w.constant(Value::of(std::string("ab")))})});
  w.copy(result, w.load("n"));
  const std::size_t end1 = w.jump(Op::Jump);
  w.land(first);
  const std::size_t second = w.jump(Op::JumpUnless, {w.call("<", {t, w.constant(Value::of(std::string("b")))})});
  w.copy(result, w.constant(Value::of(std::int64_t{5})));
  const std::size_t end2 = w.jump(Op::Jump);
  w.land(second);
  w.copy(result, w.constant(Value::null_of(Type::Integer)));
  w.land(end1);
  w.land(end2);
  Program program = w.done(result);
  program.raises = true;
  compare_engines(program, rows.batch(), every_option());
}

TEST(Compile, ListsFindWhatTheyHold) {
  RandomRows rows(7, 600);
  rows.add(column("t", Type::Text, Storage::View, 0, Validity::Bitmap));
  rows.add(column("i", Type::Integer, Storage::Int16, 0, Validity::Flag));
  rows.add(column("r", Type::Real, Storage::Double, 0));
  rows.add(column("b", Type::Boolean, Storage::Byte, 0, Validity::Flag));
  const auto number = [](std::int64_t n) { return Value::of(n); };
  const auto text = [](const char* s) { return Value::of(std::string(s)); };
  const std::pair<const char*, std::vector<Value>> lists[] = {
      {"t",
       {text(""), text("ab"),
        text("\xFF"
             "a")}},
      {"i", {number(1), number(3), number(5), number(7)}},
      {"r", {Value::of(0.0), Value::of(2.5), Value::of(std::numeric_limits<double>::quiet_NaN())}},
      {"b", {Value::of(true)}},
  };
  for (const auto& [name, values] : lists)
    for (const bool has_null : {false, true})
      for (const bool table : {false, true}) {
        const Type type = values[0].type;
        if (table && type == Type::Boolean) continue;
        ProgramWriter w(rows.schema);
        Set set{.type = type, .has_null = has_null, .values = values, .table = {}};
        if (table) set.table = make_set(type, values);
        const Program program = w.done(w.in(w.load(name), set));
        compare_engines(program, rows.batch(), {{.tier = Tier::Quick}, {.tier = Tier::Optimized}});
      }
}

TEST(Compile, TablesOfDictionariesTellWhatEntriesAre) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    RandomRows rows(seed, 900);
    Column described = column("t", Type::Text, Storage::Offsets32, 0, Validity::Bitmap);
    described.dictionary = true;
    described.indices = seed % 2 ? Storage::Int8 : Storage::UInt32;
    rows.add(described);
    Schema plain = rows.schema;
    Column entry = described;
    entry.dictionary = false;
    Schema entries;
    entries.add(entry);
    ProgramWriter inner(entries);
    auto test = std::make_shared<Program>(
        inner.done(inner.call("<", {inner.load("t"), inner.constant(Value::of(std::string("b")))})));
    ProgramWriter w(rows.schema);
    w.program.tables.push_back({ColumnId(1), test});
    w.program.columns = {ColumnId(1)};
    const SlotNumber found = w.append(Op::Lookup, w.slot(Type::Boolean), true, {}, 1, 0);
    Program program = w.done(found);
    program.straight = true;
    compare_engines(program, rows.batch(), every_option());
  }
}

TEST(Compile, LongProgramsAreCompiledAtOnce) {
  RandomRows rows(2, 200);
  rows.add(column("n", Type::Integer, Storage::Int64, 0, Validity::Flag));
  for (const int terms : {400, 1800}) {
    ProgramWriter w(rows.schema);
    const SlotNumber result = w.slot(Type::Boolean), n = w.load("n");
    std::vector<std::size_t> found;
    for (int i = 0; i < terms; ++i)
      found.push_back(w.jump(Op::JumpIf, {w.call("=", {n, w.constant(Value::of(std::int64_t{i * 3}))})}));
    w.copy(result, w.constant(Value::of(false)));
    const std::size_t end = w.jump(Op::Jump);
    for (const std::size_t jump : found) w.land(jump);
    w.copy(result, w.constant(Value::of(true)));
    w.land(end);
    const Program program = w.done(result);
    EXPECT_EQ(can_be_optimized(program), terms < 1000);
    compare_engines(program, rows.batch(), {{.tier = Tier::Quick}, {.tier = Tier::Optimized}});
  }
}

TEST(Compile, RefusesWhatMakesNoSense) {
  RandomRows rows(1, 10);
  rows.add(column("n", Type::Integer, Storage::Int32, 0));
  ProgramWriter w(rows.schema);
  const Program program = w.done(w.load("n"));
  EXPECT_FALSE(compile_filter(testing::jit(), program));
}

}  // namespace
}  // namespace inlay::filter
