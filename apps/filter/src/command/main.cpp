// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `inlay-filter`.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "command/cut_files.h"
#include "command/options.h"
#include "command/run.h"
#include "common/command_line.h"
#include "common/standard_streams.h"

namespace inlay::filter::command {
namespace {

/// Of --help and --version.
int end_of_text(int status) {
  if (std::fflush(stdout) == 0) return status;
  std::perror("inlay-filter: standard output");
  return StatusError;
}

int main(int argc, char** argv) {
  apps::occupy_standard_streams();
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  watch_for_cut_files();
  return apps::run_safely("inlay-filter", StatusError, [&] {
    const Parsed parsed = parse_command_line(argc, argv);
    if (parsed.status) return end_of_text(*parsed.status);
    return parsed.options.merge ? run_merge(parsed.options) : run_filter(parsed.options);
  });
}

}  // namespace
}  // namespace inlay::filter::command

int main(int argc, char** argv) {
  const int status = inlay::filter::command::main(argc, argv);
  std::fflush(stdout);
  // Code that is still being compiled in the background is not waited for.
  std::_Exit(status);
}
