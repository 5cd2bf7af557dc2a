// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A runtime written in Rust.
#include <array>

#include "inlay/jit.h"

#include <gtest/gtest.h>

extern "C" {
struct Code {
  std::uint32_t op;
  std::int64_t value;
};
std::int64_t rust_run(const Code* code, std::size_t count, std::int64_t x);
double rust_scale(double x, double factor, bool negate);
// Rust's bitcode names it even where nothing can unwind; its standard library would define it.
void rust_eh_personality() {}
}

namespace inlay {
namespace {

using std::placeholders::_1;

TEST(RustRuntime, function_is_specialized) {
  Jit jit = Jit::create().value();
  auto function = jit.specialize(rust_scale, _1, constant(2.5), constant(true)).value();
  EXPECT_TRUE(function.compiled()) << function.explain().to_text();
  EXPECT_EQ(function(4), -10.0);
}

TEST(RustRuntime, interpreter_runs_a_frozen_program) {
  Jit jit = Jit::create().value();
  auto program = jit.freeze([] { return std::array<Code, 4>{{{0, 5}, {1, 3}, {2, 9}, {7, 1}}}; });
  auto function = jit.specialize(rust_run, constant(program->data()), constant(program->size()), _1).value();
  EXPECT_TRUE(function.compiled()) << function.explain().to_text();
  for (std::int64_t x : {0, 1, -7, 1000}) {
    EXPECT_EQ(function(x), ((x + 5) * 3) ^ 9);
    EXPECT_EQ(function(x), rust_run(program->data(), program->size(), x));
  }
}

}  // namespace
}  // namespace inlay
