// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `inlay-filter`.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "command/cut_files.h"
#include "command/options.h"
#include "command/run.h"

namespace inlay::filter::command {
namespace {

/// Files that are opened later must not get the number of a standard stream that we were started without.
void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
      // The wrong way round, so that reading and writing fail as they would have.
      if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
  }
}

/// Of --help and --version.
int end_of_text(int status) {
  if (std::fflush(stdout) == 0) return status;
  std::perror("inlay-filter: standard output");
  return StatusError;
}

int main(int argc, char** argv) {
  occupy_standard_streams();
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  watch_for_cut_files();
  try {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.status) return end_of_text(*parsed.status);
    return parsed.options.merge ? run_merge(parsed.options) : run_filter(parsed.options);
  } catch (const std::bad_alloc&) {
    std::fputs("inlay-filter: not enough memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inlay-filter: %s\n", error.what());
  }
  return StatusError;
}

}  // namespace
}  // namespace inlay::filter::command

int main(int argc, char** argv) {
  const int status = inlay::filter::command::main(argc, argv);
  std::fflush(stdout);
  // Code that is still being compiled in the background is not waited for.
  std::_Exit(status);
}
