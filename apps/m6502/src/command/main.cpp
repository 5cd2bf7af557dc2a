// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `inlay-6502`.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "command/options.h"
#include "command/run.h"

namespace inlay::m6502::command {
namespace {

/// Files that are opened later must not get the number of a standard stream that we were started without.
void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
      // The wrong way round, so that reading and writing fail as they would have.
      if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
  }
}

int dispatch(const Options& options) {
  switch (options.verb) {
    case Verb::Run:
      return run(options);
    case Verb::Monitor:
      return monitor(options);
    case Verb::Disassemble:
      return disassemble(options);
  }
  return StatusError;
}

int main(int argc, char** argv) {
  occupy_standard_streams();
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  try {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.status) return std::fflush(stdout) == 0 ? *parsed.status : StatusError;
    return dispatch(parsed.options);
  } catch (const std::bad_alloc&) {
    std::fputs("inlay-6502: not enough memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inlay-6502: %s\n", error.what());
  }
  return StatusError;
}

}  // namespace
}  // namespace inlay::m6502::command

int main(int argc, char** argv) {
  const int status = inlay::m6502::command::main(argc, argv);
  std::fflush(stdout);
  // Code that is still being compiled in the background is not waited for.
  std::_Exit(status);
}
