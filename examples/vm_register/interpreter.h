// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A register machine: programs of 32-bit words, 64 registers an activation, integers, doubles and a data memory. All
// that a program can do wrong ends in a Status and the place of the instruction.
#pragma once

#include "instructions.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vm_register {

inline constexpr unsigned RegisterCount = 64;  // of which an instruction's field names one, modulo 64
inline constexpr unsigned MaxParameters = 8;
inline constexpr unsigned MaxDepth = 1000;  // of guest calls, each of which is a call of `interpret`

struct Function {
  std::string name;
  unsigned parameters = 0;  // they arrive in registers 0, 1, ...; at most MaxParameters do
  std::vector<Word> code;

  bool operator==(const Function&) const = default;
};

struct Program {
  std::vector<Function> functions;  // the first one is where a program starts
  std::vector<std::int64_t> constants;
  std::uint64_t memory_bytes = 0;               // that it asks for
  std::vector<std::int64_t> default_arguments;  // of the first function
  bool metered = false;                         // jumps backward and calls cost fuel

  bool operator==(const Program&) const = default;
};

enum class Status : std::uint8_t {
  Returned,
  Halted,
  // Faults, of the instruction at Machine::fault.
  BadOpcode,
  BadConstant,
  BadFunction,
  BadJump,
  PastEnd,
  BadAddress,
  DivisionByZero,
  TooDeep,
  OutOfFuel,
};

const char* to_text(Status status);

/// A guest instruction: its function, and its index there.
struct Location {
  std::uint32_t function = 0;
  std::uint32_t instruction = 0;

  bool operator==(const Location&) const = default;
};

/// All that changes while a program runs, but for the registers.
struct Machine {
  std::vector<std::uint8_t> memory;
  std::string output;               // a line for each number printed
  std::uint64_t fuel = UINT64_MAX;  // jumps backward and calls that are left to a metered program
  unsigned depth = 0;               // of the activation that runs
  std::int64_t result = 0;          // of the last function that returned, or of `halt`
  Location fault;
};

/// Runs a function of the program to its end. `arguments` are as many as the function has parameters.
Status interpret(const Program& program, std::uint32_t function, Machine& machine, const std::int64_t* arguments);

}  // namespace vm_register
