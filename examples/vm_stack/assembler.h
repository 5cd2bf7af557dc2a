// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of programs of the stack machine.
//
//   ; a comment
//   .memory 4096                    bytes of data memory
//   .arguments 1000000              of the first function, where the command line has none
//   .metered                        jumps backward and calls cost fuel
//   .function main n | i sum[2]     arguments and other locals, all of one value but those that say more
//   again:                          a label, known in this function
//     push -1                       by the shortest of push1, push2 and push8
//     push 0.5                      by push8
//     push again                    the index of a label's byte or of a function, by push2
//     load n                        a local, by name or by number
//     call twice                    by name or by number
//     jnz again                     to a label, or so many bytes on from the first byte of the instruction: +2, -5
//     jnz.w again                   with `wide` in front
//     table zero, one, two          to one of these, by a value from the stack
//     .byte 0x12                    any byte
//
// The mnemonics are in opcodes.def.
#pragma once

#include "program.h"

#include <optional>
#include <string>
#include <string_view>

namespace vm_stack {

/// A program, or what is wrong with its text: `line 3: ...`.
struct Assembled {
  std::optional<Program> program;
  std::string error;

  explicit operator bool() const { return program.has_value(); }
};

Assembled assemble(std::string_view text);

/// Text that `assemble` makes the same program of. The program's functions must be in the order of their entries;
/// names of locals are lost.
std::string disassemble(const Program& program);

/// The instruction at a byte of the code, as in `disassemble`; `bytes` is how many it takes.
std::string disassemble(const Program& program, std::size_t at, std::size_t& bytes);

}  // namespace vm_stack
