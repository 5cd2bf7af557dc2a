// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Errors of a running program. Thrown by closures, they pass through all frames up to the host; each frame adds a line.
#pragma once

#include "function.h"

#include <string>
#include <vector>

#include <inlay/annotate.h>

namespace lox {

struct RuntimeError {
  struct Entry {
    const Function* function;
    int line;
  };
  static constexpr std::size_t most_entries = 50;

  std::string message;
  int line;                  // in the innermost frame; 0: of the call that is under way there
  std::vector<Entry> trace;  // innermost first
  std::size_t left_out = 0;  // entries beyond most_entries
};

/// Throws. Out of line and cold: the closures stay small.
[[noreturn, gnu::cold]] INLAY_OPAQUE void fail(int line, std::string message);
[[noreturn, gnu::cold]] INLAY_OPAQUE void fail(int line, const char* message);

/// Called in each frame that an error passes through.
[[gnu::cold]] INLAY_OPAQUE void add_to_trace(RuntimeError& error, const Function& function, int line);

/// The message and the stack trace, as clox writes them; ends in a newline.
std::string to_text(const RuntimeError& error);

}  // namespace lox
