// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/compile.h"

#include <gtest/gtest.h>

#include "compile/emit.h"
#include "compile/programs.h"
#include "interpret/interpret.h"
#include "runtime/scope_owner.h"

namespace inlay::filter {
namespace {

using testing::column;
using testing::ProgramWriter;

const Jit& jit() {
  static const Jit jit = Jit::create().value();
  return jit;
}

TEST(Compile, FiltersColumnsOfNumbers) {
  Schema schema;
  schema.add(column("age", Type::Integer, Storage::Int32, 4));
  schema.add(column("balance", Type::Real, Storage::Double, 8));
  ProgramWriter w(schema);
  const SlotNumber age = w.load("age"), balance = w.load("balance");
  const SlotNumber a = w.call(">=", {age, w.constant(Value::of(std::int64_t{30}))});
  const SlotNumber b = w.call("<=", {age, w.constant(Value::of(std::int64_t{40}))});
  const SlotNumber c = w.call(">", {balance, w.constant(Value::of(5000.0))});
  Program program = w.done(w.op(Op::And, {w.op(Op::And, {a, b}), c}));
  program.straight = true;
  std::vector<std::int32_t> ages;
  std::vector<double> balances;
  for (int i = 0; i < 3000; ++i) {
    ages.push_back(i % 70);
    balances.push_back((i * 37) % 10000);
  }
  const ColumnData columns[] = {{.values = reinterpret_cast<const std::byte*>(ages.data())},
                                {.values = reinterpret_cast<const std::byte*>(balances.data())}};
  for (const Tier tier : {Tier::Quick, Tier::Optimized}) {
    Result<CompiledFilter> compiled = compile_filter(jit(), program, {.tier = tier});
    ASSERT_TRUE(compiled) << compiled.error().to_string() << program_ir(program).value();
    ScopeOwner scope;
    std::vector<std::uint8_t> pass(3000, 7);
    EXPECT_EQ(compiled->function(columns, &scope.scope(), nullptr, 10, 2990, pass.data()), 2990);
    for (int i = 10; i < 2990; ++i)
      ASSERT_EQ(pass[i - 10], ages[i] >= 30 && ages[i] <= 40 && balances[i] > 5000) << i;
    EXPECT_EQ(pass[2980], 7);
  }
}

}  // namespace
}  // namespace inlay::filter
