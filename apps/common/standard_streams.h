// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For the beginning of `main`, of commands and of programs that they build.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace inlay::apps {

/// Files that are opened later must not get the number of a standard stream that the process was started without.
inline void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF)
      // The wrong way round, so that reading and writing fail as they would have.
      if (open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
}

}  // namespace inlay::apps
