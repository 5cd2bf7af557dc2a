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
#include <string_view>

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

/// Files are mapped: what somebody cuts off while it is read is not there.
void end_at_cut_file(int number, siginfo_t* info, void*) {
  if (info->si_code == BUS_ADRERR) {
    constexpr std::string_view Message = "inlay-filter: error: an input was cut short while it was read [file]\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, Message.data(), Message.size());
    std::_Exit(StatusError);
  }
  std::signal(number, SIG_DFL);  // and again
}

void watch_for_cut_files() {
  struct sigaction action = {};
  action.sa_sigaction = end_at_cut_file;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

int main(int argc, char** argv) {
  occupy_standard_streams();
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  watch_for_cut_files();
  try {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.status) return std::fflush(stdout) == 0 ? *parsed.status : StatusError;
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
