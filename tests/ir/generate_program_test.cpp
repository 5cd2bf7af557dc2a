// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "generate_program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string>

#include "inlay/ir/interpret.h"

namespace inlay::ir::test {
namespace {

Result<Scalar> run_main(const Module& module) {
  InterpretOptions options;
  options.steps = 1'000'000;
  INLAY_TRY(Interpreter interpreter, Interpreter::create(module, options));
  return interpreter.call(FunctionId{module.find("main").id}, {});
}

TEST(GenerateProgram, programs_are_verified_and_end) {
  unsigned traps = 0;
  std::set<std::int64_t> digests;
  constexpr unsigned Seeds = 300;
  for (std::uint64_t seed = 1; seed <= Seeds; ++seed) {
    const Result<Module> module = generate_program(seed);
    ASSERT_TRUE(module) << seed << ": " << module.error().to_string();
    const Result<Scalar> result = run_main(*module);
    if (!result) {
      ASSERT_EQ(result.error().kind(), ErrorKind::Trap) << seed << ": " << result.error().to_string();
      ASSERT_TRUE(result.error().place().known()) << seed;
      ++traps;
      continue;
    }
    std::int64_t digest;
    std::memcpy(&digest, result->bytes, sizeof digest);
    digests.insert(digest);
  }
  // Most of them return, some trap, and they differ.
  EXPECT_GT(traps, Seeds / 50);
  EXPECT_LT(traps, Seeds / 2);
  EXPECT_GT(digests.size(), (Seeds - traps) * 9 / 10);
}

TEST(GenerateProgram, the_same_seed_gives_the_same_program) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Result<Module> a = generate_program(seed), b = generate_program(seed);
    ASSERT_TRUE(a && b);
    ASSERT_EQ(a->insts.count(), b->insts.count());
    EXPECT_EQ(std::memcmp(a->insts.entries().data(), b->insts.entries().data(), a->insts.entries().size_bytes()), 0);
  }
}

TEST(GenerateProgram, uses_nearly_every_operation) {
  std::array<bool, OpCount> used{};
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Result<Module> module = generate_program(seed);
    ASSERT_TRUE(module);
    for (const Inst& inst : module->insts.entries()) used[static_cast<std::size_t>(inst.op())] = true;
  }
  const auto count = std::count(used.begin() + 1, used.end(), true);
  std::string missing;
  for (std::uint32_t i = 1; i < OpCount; ++i)
    if (!used[i]) missing += ' ' + std::string(OpInfos[i].text);
  EXPECT_GE(count, static_cast<std::ptrdiff_t>(OpCount) - 20) << "missing:" << missing;
}

}  // namespace
}  // namespace inlay::ir::test
