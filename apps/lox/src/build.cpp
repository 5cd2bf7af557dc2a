// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "commands.h"

#include <cstdio>

namespace lox {

int build(const Source&, const std::string&) {
  std::fputs("inlay-lox: build is not there yet\n", stderr);
  return status_usage;
}

}  // namespace lox
