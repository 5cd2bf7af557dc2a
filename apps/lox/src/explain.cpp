// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "commands.h"

#include <cstdio>

namespace lox {

int explain(const Source&, const ExplainOptions&) {
  std::fputs("inlay-lox: explain is not there yet\n", stderr);
  return status_usage;
}

}  // namespace lox
