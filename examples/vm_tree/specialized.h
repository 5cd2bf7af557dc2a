// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only part of this example that knows Inlay: a program in, its native code out.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "interpreter.h"
#include "parser.h"

namespace vm_tree {

/// One way of running one program.
struct Runner {
  std::function<Status(Env&)> run;  // of specialized code, owns all that it needs
  bool compiled = false;            // false: the interpreter runs
  std::string report;               // what was folded, inlined and left as a call
};

/// The interpreter. The program must live as long as what comes back.
Runner interpreted(const Program& program);

/// The same interpreter, specialized for the program of a text that parses without error. Its report says why if that
/// is not possible, and with `explain` how large each compiled function is.
Runner specialized(std::string_view text, Metering metering = Metering::Off, bool explain = false);

}  // namespace vm_tree
