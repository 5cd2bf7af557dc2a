// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text to byte code. A line holds a label, an instruction, both, a directive or nothing; a ';' begins a comment.
//
//   .argument n 1000      the next argument of the program: another name of r0, r1, …, and what it is if nobody says
//   .register i r7        another name of a register
//   .memory 4096          how many words of memory the program needs
//   loop:  load i
//          add_immediate 1
//          jump_less n, loop
//          constant table_of_things      ; a label as a number: its position
//          jump_table one, two, three
//
// The assembler puts the prefix `wide` where a tail needs it. Behind `.byte` stand bytes of any value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"

namespace vm_tailcall {

struct Argument {
  std::string name;
  std::int64_t value = 0;
};

struct Program {
  std::vector<std::uint8_t> bytes;
  std::uint64_t memory_size = 0;
  std::vector<Argument> arguments;
  bool metered = false;  // jumps backward and calls cost fuel; nothing in the text says so

  struct Line {
    std::uint32_t position;
    std::uint32_t line;
  };
  std::vector<Line> lines;  // of the text, in the order of the code
  /// The line that the instruction at the position comes from, or 0.
  std::uint32_t line_of(std::uint32_t position) const;
};

/// Errors name `file`, the line and the column.
inlay::Result<Program> assemble(std::string_view text, const std::string& file);

}  // namespace vm_tailcall
