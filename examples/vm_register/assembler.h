// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of programs of the register machine.
//
//   ; a comment
//   .memory 4096              bytes of data memory
//   .arguments 1000000 1      of the first function, where the command line has none
//   .metered                  jumps backward and calls cost fuel
//   .function main 2          a function with two parameters, in r0 and r1; the first function is the program's
//   again:                    a label, known in this function
//     addi r0, r0, -1
//     loadk r2, 0.5           a number goes to the constants; #3 is constant 3
//     loadi r3, again         the index of the label's instruction, or of a function if there is no such label
//     call r4, twice          by name or by index
//     jlt r1, r0, again       to a label, or so many instructions on: +2, -5
//     jlt.w r1, r0, again     with an `ext` in front: an immediate of 32 bits instead of 8 or 16
//     .word 0x12345678        any word
//
// The mnemonics are in opcodes.def.
#pragma once

#include "interpreter.h"

#include <optional>
#include <string>
#include <string_view>

namespace vm_register {

/// A program, or what is wrong with its text: `line 3: ...`.
struct Assembled {
  std::optional<Program> program;
  std::string error;

  explicit operator bool() const { return program.has_value(); }
};

Assembled assemble(std::string_view text);

/// Text that `assemble` makes the same program of.
std::string disassemble(const Program& program);

/// The instruction as in `disassemble`, for messages.
std::string disassemble(const Program& program, Word word);

}  // namespace vm_register
