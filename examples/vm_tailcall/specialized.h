// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only part of this example that knows Inlay: a program in, its native code out.
#pragma once

#include <functional>
#include <string>

#include "assembler.h"
#include "interpreter.h"

namespace vm_tailcall {

/// One way of running one program.
struct Runner {
  std::function<Status(Vm&)> run;  // owns all that it needs
  bool compiled = false;           // false: the interpreter runs
  std::string report;              // what was folded, inlined and left as a call
};

/// The interpreter, of byte code or of direct threaded code.
Runner interpreted(const Program& program, bool threaded);

/// The same interpreter, specialized for the program. Its report says why if that is not possible, and with
/// `explain` which machine code each instruction became.
Runner specialized(const Program& program, bool threaded, bool explain = false);

}  // namespace vm_tailcall
