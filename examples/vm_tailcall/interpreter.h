// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A machine with two accumulators and 256 registers, and an interpreter of its byte code whose handlers tail-call one
// another. Ordinary C++ that knows nothing of a compiler.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vm_tailcall {

enum class Op : std::uint8_t {
  PastEnd = 0,  // what lies behind the code; no operation
#define VM_OPERATION(Enumerator, name, registers, tail) Enumerator,
#include "operations.def"
};

enum class Tail : std::uint8_t { None, Immediate, Jump, Word, Table };

/// How a run ended.
enum class Status : std::uint8_t {
  Halted,
  BadOpcode,
  BadJump,         // to a place outside of the code
  PastEnd,         // the code ended without a halt
  StackOverflow,   // too many calls in calls, or too much pushed
  StackUnderflow,  // a `ret` outside of calls, or a `pop` of nothing
  BadAddress,      // outside of the data memory
  DivisionByZero,
  OutOfFuel,
};
const char* to_string(Status status);

/// Byte code, of any content.
struct Code {
  explicit Code(std::span<const std::uint8_t> code, bool metered = false);

  std::vector<std::uint8_t> bytes;  // the code and zeros, so that whatever begins in the code can be read to its end
  std::uint32_t size;               // of the code
  bool metered;                     // jumps backward and calls cost fuel
};

/// What a program prints.
struct Output {
  std::string text;
};

/// All that changes while a program runs, but for the data memory and the output.
struct Vm {
  static constexpr std::uint32_t MaxCalls = 256;
  static constexpr std::uint32_t MaxPushed = 1024;

  std::int64_t accumulator = 0;  // where a run begins and ends
  double f_accumulator = 0;
  std::int64_t fuel = INT64_MAX;  // jumps backward and calls that are left to metered code
  std::uint32_t pushed = 0;       // how many of `stack` are in use
  std::uint32_t calls = 0;        // how many of `returns` are in use
  std::uint32_t position = 0;     // of the instruction that ended the run
  std::uint64_t memory_size = 0;
  std::int64_t registers[256] = {};
  std::int64_t stack[MaxPushed] = {};
  std::uint32_t returns[MaxCalls] = {};  // where calls return to

  // From here on, what is not its own.
  std::int64_t* memory = nullptr;
  Output* output = nullptr;
};

/// Runs the code from its first byte. Whatever the code is, it ends with a status and vm.position, provided that it is
/// metered and there is fuel for less than forever.
Status run(const Code& code, Vm& vm);

}  // namespace vm_tailcall
