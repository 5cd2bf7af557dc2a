// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the command does. All answer the exit status.
#pragma once

#include "command/options.h"

namespace inlay::m6502::command {

int run(const Options& options);
int monitor(const Options& options);
int disassemble(const Options& options);
int build(const Options& options);
int explain(const Options& options);

}  // namespace inlay::m6502::command
