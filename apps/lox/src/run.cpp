// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "commands.h"
#include "session.h"
#include "stack.h"

#include <cstdio>

namespace lox {

int status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Succeeded:
      return 0;
    case Outcome::CompileError:
      return status_compile_error;
    case Outcome::RuntimeError:
      return status_runtime_error;
    case Outcome::OutputError:
      return status_output_error;
  }
  return 0;
}

void begin(Session& session, const RunOptions& options) {
  session.vm().set_stack_limit(stack_limit());
  session.vm().heap.set_stress(options.gc_stress);
}

void end(Session& session, const RunOptions& options) {
  if (!options.gc_statistics) return;
  const GcStatistics& statistics = session.vm().heap.statistics();
  std::fprintf(
      stderr,
      R"({"collections":%llu,"longest_pause_ms":%.3f,"total_pause_ms":%.3f,"live_bytes":%llu,"peak_bytes":%llu})"
      "\n",
      static_cast<unsigned long long>(statistics.collections), statistics.longest_pause_ms, statistics.total_pause_ms,
      static_cast<unsigned long long>(statistics.live_bytes), static_cast<unsigned long long>(statistics.peak_bytes));
}

int run(const Source& source, const RunOptions& options) {
  Session session(options.mode);
  begin(session, options);
  const Outcome outcome = session.run(source.text, source.name);
  end(session, options);
  return status_of(outcome);
}

}  // namespace lox
