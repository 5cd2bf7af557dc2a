// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Interpreters that go on in compiled code while they run: the same outcome, wherever they are entered and left.
#include <cstdlib>

#include "subject.h"
#include "vm_register/assembler.h"
#include "vm_register/interpreter.h"
#include "vm_register/run.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

using namespace vm_register;

TEST(Hot, register_fib) {
  Jit jit = Jit::create().value();
  for (const char* name : {"collatz", "fib", "mandelbrot", "matmul", "sieve", "sort", "states"}) {
    Assembled assembled = assemble(read_text(std::string(EXAMPLES) + "/vm_register/programs/" + name + ".asm"));
    Program& program = assembled.program.value();
    Frozen<Program> frozen = jit.freeze([&] { return program; }, {.name = "program"});
    auto go = [&](const Program& p) {
      return run(p, {40}, 10'000'000, [&](auto& machine, const std::int64_t* given) { return interpret(p, 0, machine, given); });
    };
    Outcome expected = go(program);
    HotCode hot = jit.compile_hot(interpret, {.threshold = 20}).value();
    Outcome seen = go(*frozen);
    EXPECT_TRUE(expected == seen) << name;
    for (const HotEntry& entry : hot.entries())
      std::printf("%s at %ld entered %lu: %s\n", name, (long)entry.at, (unsigned long)entry.entered,
                  entry.report.to_text().c_str());
  }
}

}  // namespace
}  // namespace inlay::interpreters
