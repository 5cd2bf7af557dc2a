// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A machine of four registers that believes what its programs say: an address is read as it comes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crash {

enum class Op : std::uint8_t { Set, Copy, Add, Subtract, Jump, JumpZero, Call, Ask, Peek, Return };

struct Instruction {
  Op op;
  std::uint8_t to = 0, from = 0;  // registers
  std::int32_t number = 0;        // of Set; where jumps go; the function of Call
};

struct Function {
  std::string name;
  std::vector<Instruction> code;
};

using Program = std::vector<Function>;

/// Runs a function whose argument arrives in register 0.
long interpret(const Program& program, std::uint32_t function, long argument);

/// What programs may ask of the program that runs them, which defines it.
long ask(long question);

}  // namespace crash
