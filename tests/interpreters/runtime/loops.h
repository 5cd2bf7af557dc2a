// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An interpreter of small loops, to see what becomes of code that is made while it runs.
#pragma once

#include <cstdint>
#include <vector>

namespace loops {

enum class Op : std::uint8_t { Set, Add, Decrement, JumpNotZero, Host, Return };

struct Insn {
  Op op;
  std::uint8_t to = 0, from = 0;  // registers
  std::int32_t number = 0;
};
using Program = std::vector<Insn>;

/// Register 0 holds `rounds`, 1 what the program sets, 2 the result.
std::int64_t interpret(const Insn* code, std::int64_t rounds, std::int64_t (*host)(std::int64_t));

/// Adds `step` in each round, and asks the host in the last one.
Program stepping(std::int32_t step);

}  // namespace loops
