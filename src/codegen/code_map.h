// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which machine code of an object belongs to which guest instruction: the way back from two-level debug locations
// (specialize/locations.h), read from the object's DWARF. The same of programs whose functions have lines of their own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codegen/emit.h"

namespace inlay::codegen {

/// A stretch of a function, of one guest instruction.
struct GuestRange {
  std::uint64_t offset = 0, size = 0;
  unsigned guest = 0;    // its number
  std::string assembly;  // a line for each machine instruction, with the symbols that it refers to
};

struct MappedFunction {
  std::string symbol;
  std::uint64_t size = 0;
  std::uint64_t shared = 0;  // bytes that LLVM merged from several guest instructions
  /// Ascending; no two overlap. What is in none belongs to no guest instruction, or to many.
  std::vector<GuestRange> ranges;
  std::string assembly;  // of the whole function
};

/// The functions of an object, in the order of their addresses. An object without such locations has no ranges.
Result<std::vector<MappedFunction>> read_code_map(const Object& object, Machine& machine);

/// A line of a program.
struct SourceLine {
  std::string function;  // as its linker knows it; in the program, not in the code: it may be inlined into others
  std::string file;
  unsigned line = 0;
};

struct LineMap {
  std::vector<SourceLine> lines;          // by file and line
  std::vector<MappedFunction> functions;  // GuestRange::guest is 1 more than the line's place in `lines`
};

/// The same of programs whose functions have debug information of their own: `units` are the names of their compile
/// units. What was inlined into them from elsewhere belongs to the line that calls it.
Result<LineMap> read_line_map(const Object& object, Machine& machine, std::span<const std::string> units);

}  // namespace inlay::codegen
