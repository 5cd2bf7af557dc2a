// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/lower.h"

#include "codegen/emit.h"
#include "codegen/lower/lower.h"
#include "inlay/ir/builder.h"
#include "runtime/unit.h"

#include <gtest/gtest.h>

namespace inlay {
namespace {

using namespace ir;

TEST(Lower, writes_a_loop) {
  Module m = Module::create().value();
  const FunctionId sum = m.function("sum", m.signature({m.slice(I64)}, I64), FunctionExported);
  Builder b(m);
  b.begin(sum);
  const BlockId head = b.block({I64, I64}), body = b.block(), done = b.block();
  b.jump(head, {0, 0});
  b.start(head);
  const ir::Value i = b.parameter(head, 0), total = b.parameter(head, 1);
  b.branch(b.lt(i, b.len(b.parameter(0))), body, done);
  b.start(body);
  const ir::Value element = b.load(I64, b.elem(b.parameter(0), i));
  b.jump(head, {b.add(i, 1), b.add(total, element)});
  b.start(done);
  b.ret(total);
  b.end();
  Result<Unit> unit = lower(m);
  ASSERT_TRUE(unit) << unit.error().to_string();
  EXPECT_EQ(unit->to_text(), "");
  Result<void> checked = codegen::check(*unit->state().module);
  EXPECT_TRUE(checked) << checked.error().to_string();
}

}  // namespace
}  // namespace inlay
