// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `inlay-6502`.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "command/options.h"
#include "command/run.h"
#include "common/command_line.h"
#include "common/standard_streams.h"

namespace inlay::m6502::command {
namespace {

int dispatch(const Options& options) {
  switch (options.verb) {
    case Verb::Run:
      return run(options);
    case Verb::Monitor:
      return monitor(options);
    case Verb::Disassemble:
      return disassemble(options);
    case Verb::Build:
      return build(options);
  }
  return StatusError;
}

int main(int argc, char** argv) {
  apps::occupy_standard_streams();
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  return apps::run_safely("inlay-6502", StatusError, [&] {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.status) return std::fflush(stdout) == 0 ? *parsed.status : StatusError;
    return dispatch(parsed.options);
  });
}

}  // namespace
}  // namespace inlay::m6502::command

int main(int argc, char** argv) {
  const int status = inlay::m6502::command::main(argc, argv);
  std::fflush(stdout);
  // Code that is still being compiled in the background is not waited for.
  std::_Exit(status);
}
