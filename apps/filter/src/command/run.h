// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the command does. Both answer the exit status.
#pragma once

#include "command/options.h"

namespace inlay::filter::command {

int run_filter(const Options& options);
int run_merge(const Options& options);

}  // namespace inlay::filter::command
