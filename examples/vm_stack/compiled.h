// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only part of the example that knows Inlay: bytecode in, native code out.
#pragma once

#include "program.h"

#include <functional>
#include <string>

namespace vm_stack {

/// A program as native code. It owns what it needs.
struct Compiled {
  std::function<VmStatus(Vm*)> run;
  std::string report;  // what was folded, inlined and left as a call
  bool compiled = false;
};

/// Specializes the interpreter for the program. Throws std::runtime_error if this machine cannot compile. With
/// `explain`, the report says which machine code each instruction became.
Compiled compile(const Program& program, bool explain = false);

}  // namespace vm_stack
