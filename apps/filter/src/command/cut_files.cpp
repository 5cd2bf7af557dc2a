// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/cut_files.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "command/options.h"

namespace inlay::filter::command {

namespace {

// The whole message, for a signal handler cannot make one: of two, so that one is whole while the other is written.
std::array<std::string, 2> messages;
std::atomic<const std::string*> message = nullptr;

void end_at_cut_file(int number, siginfo_t* info, void*) {
  if (info->si_code == BUS_ADRERR) {
    const std::string* const said = message.load();
    const std::string_view text = said ? std::string_view(*said) : "inlay-filter: error: an input was cut short\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    std::_Exit(StatusError);
  }
  std::signal(number, SIG_DFL);  // and again
}

}  // namespace

void watch_for_cut_files() {
  struct sigaction action = {};
  action.sa_sigaction = end_at_cut_file;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, nullptr);
}

void now_reading(const std::string& name) {
  std::string& next = message.load() == messages.data() ? messages[1] : messages[0];
  next = name + ": error: was cut short while it was read [file]\n";
  message = &next;
}

}  // namespace inlay::filter::command
