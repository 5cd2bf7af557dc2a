// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only part of the example that knows Inlay: bytecode in, native code out.
#pragma once

#include "interpreter.h"

#include <functional>
#include <string>

namespace vm_register {

/// A program's first function, as native code. It owns what it needs.
struct Compiled {
  std::function<Status(Machine&, const std::int64_t* arguments)> run;
  std::string report;  // what was folded, inlined and left as a call
  bool compiled = false;
};

/// Specializes the interpreter for the program. Throws std::runtime_error if this machine cannot compile. With
/// `explain`, the report says which machine code each instruction became.
Compiled compile(const Program& program, bool explain = false);

/// The interpreter, which goes on in native code where a program turns out to be hot.
struct Hot {
  std::function<Status(Machine&, const std::int64_t* arguments)> run;
  std::function<std::string()> report;  // what was compiled so far, and how often it was entered
};

/// As long as the result lives, all interpreters of this process do so; there may be one at a time.
Hot compile_when_hot(const Program& program);

}  // namespace vm_register
