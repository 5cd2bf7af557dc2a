// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `inlay-6502 explain`: runs a program as `run` does, and shows what became of it.
#include "explain/explanation.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>

#include "command/run.h"
#include "command/session.h"
#include "command/trap_finder.h"

namespace inlay::m6502::command {

namespace {

/// How long it runs before somebody looks whether it stands at a trap.
constexpr std::int64_t Slice = 1 << 20;

/// To its end, or for as long as was asked.
void run_program(Session& session, std::int64_t cycles) {
  Machine& machine = *session.machine;
  const std::int64_t limit = cycles > 0 ? cycles : std::numeric_limits<std::int64_t>::max() - Slice;
  while (machine.cycle() < limit) {
    const Stopped stopped = run_to_explain(machine, std::min(limit, machine.cycle() + Slice));
    if (stopped.reason == StopReason::Error) tell("error: " + stopped.message);
    if (stopped.reason == StopReason::Jam)
      tell("the processor has jammed at " + shown(machine.registers().pc, session.labels));
    if (machine.waiting_since()) {
      tell("the processor waits at " + shown(machine.registers().pc, session.labels) + " for an interrupt");
      return;
    }
    if (stopped.reason != StopReason::Time || at_trap(machine)) return;
  }
}

bool wants_colors() {
  const char* const asked_not = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) && (asked_not == nullptr || *asked_not == 0);
}

Result<int> explain_program(const Options& options) {
  INLAY_TRY(const std::unique_ptr<Session> session, start_program(options));
  ExplainOptions wanted;
  wanted.program = options.file == "-" ? "standard input" : options.file;
  wanted.labels = &session->labels;
  wanted.all = options.all;
  if (!options.at.empty()) {
    INLAY_TRY(wanted.at, parse_address(options.at, session->labels, "--at"));
  }
  // What would become of a place needs no run.
  if (!wanted.at || options.cycles > 0) run_program(*session, options.cycles);
  INLAY_TRY(const Explanation explanation, m6502::explain(*session->machine, wanted));
  if (!options.html.empty()) {
    INLAY_TRY_VOID(write_file(options.html, to_html(explanation)));
    if (!options.json) return StatusGood;
  }
  const std::string text = options.json ? to_json(explanation) : to_text(explanation, wants_colors());
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return cannot_write("standard output");
  return StatusGood;
}

}  // namespace

int explain(const Options& options) { return status_of(explain_program(options)); }

}  // namespace inlay::m6502::command
