// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The assembly in a report → instructions with their Lox lines, and blocks with jumps between them.
#pragma once

#include "slow_paths.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <inlay/report.h>

namespace lox {

struct MachineInstruction {
  std::uint64_t offset = 0;      // in the function
  std::string text;              // in Intel's syntax
  std::optional<LeftCall> call;  // if it is one
  unsigned line = 0;             // of Lox; 0: of none, or of several
  std::size_t block = 0;
};

/// Code that is entered at its beginning only. Code that is likely cold is not told apart that much: where one cold
/// block leads to another, they are one.
struct CodeBlock {
  std::vector<std::size_t> instructions;  // ascending
  std::vector<std::size_t> successors;
  bool cold = false;            // slow paths, errors, and what only they lead to
  bool of_exceptions = false;   // entered by unwinding alone
  unsigned loops = 0;           // around it
  std::vector<unsigned> lines;  // ascending
};

/// A function of machine code.
struct MachineFunction {
  std::string lox_function;  // whose it is; empty: nobody's alone
  std::uint64_t size = 0;
  std::vector<MachineInstruction> instructions;
  std::vector<CodeBlock> blocks;  // the first one is where it begins
};

/// The functions of a report with explain_code.
std::vector<MachineFunction> machine_code_of(const inlay::Report& report);

}  // namespace lox
