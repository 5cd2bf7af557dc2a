// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <csignal>

namespace inlay::m6502::command {

/// While this lives, Ctrl-C ends nothing, but is seen.
class CatchInterrupt {
 public:
  CatchInterrupt() {
    seen_ = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { seen_ = 1; };
    sigaction(SIGINT, &action, &before_);  // without SA_RESTART: a program that waits for input is stopped, too
  }
  ~CatchInterrupt() { sigaction(SIGINT, &before_, nullptr); }
  CatchInterrupt(const CatchInterrupt&) = delete;

  /// Since the last one began to live.
  static bool seen() { return seen_ != 0; }

 private:
  static inline volatile std::sig_atomic_t seen_ = 0;
  struct sigaction before_ = {};
};

}  // namespace inlay::m6502::command
