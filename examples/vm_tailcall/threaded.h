// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The same machine with direct threaded code: an instruction holds the address of its handler in place of an opcode,
// and its operands decoded.
#pragma once

#include <cstdint>
#include <vector>

#include "convention.h"
#include "interpreter.h"

namespace vm_tailcall {

union Cell;
struct ThreadedCode;

using ThreadedHandler = Status VM_CONVENTION(const Cell* pc, std::int64_t a, double f, Vm* vm,
                                             const ThreadedCode* code);

union Cell {
  ThreadedHandler* handler;
  std::int64_t integer;  // a register, an immediate, a word, the size of a table
  const Cell* target;    // of a jump; null if that leads out of the code
};

struct ThreadedCode {
  explicit ThreadedCode(const Code& code);
  ThreadedCode(const ThreadedCode&) = delete;  // cells point to one another

  static constexpr std::uint32_t NoCell = UINT32_MAX;

  std::vector<Cell> cells;
  std::vector<std::uint32_t> positions;  // of each cell's instruction in the byte code
  std::vector<std::uint32_t> cell_of;    // the cell that a position became, if an instruction begins there
  bool metered;                          // as the byte code
};

/// As run() of the byte code, with the same results, except that a jump into the middle of an instruction is a BadJump
/// here.
Status run_threaded(const ThreadedCode& code, Vm& vm);

}  // namespace vm_tailcall
