// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `inlay-lox` can be asked for. Each function is a whole command: it writes what there is to say, and gives the
// exit status.
#pragma once

#include "session.h"
#include "status.h"

#include <string>

namespace lox {

/// Where a program comes from.
struct Source {
  std::string text;
  std::string name;  // as messages and debuggers show it
};

struct RunOptions {
  Mode mode = Mode::On;
  bool gc_statistics = false;  // as JSON on standard error, at the end
  bool gc_stress = false;      // collect at each allocation
};

/// What commands that run programs have in common.
void begin(Session& session, const RunOptions& options);
void end(Session& session, const RunOptions& options);
int status_of(Outcome outcome);

/// Runs a script.
int run(const Source& source, const RunOptions& options);
/// Reads lines and runs them, until the input ends. An expression alone is printed.
int repl(const RunOptions& options);
/// Writes an executable.
int build(const Source& source, const std::string& output);

struct ExplainOptions {
  std::string html;     // the file to write; empty: text on standard output
  bool output = false;  // what the script prints is shown, too: it comes first
};
/// Runs a script, and tells what was compiled. What it prints is dropped, unless asked for.
int explain(const Source& source, const ExplainOptions& options);

}  // namespace lox
