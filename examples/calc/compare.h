// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every program three ways, checked against each other and timed side by side.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace calc {

struct CompareOptions {
  std::vector<std::string> programs;  // files
  int runs = 5;                       // of each way of each program; the table shows medians
  std::string picture_folder;         // where pictures go, once, outside of the timings; none if empty
};

/// Runs the programs as closures, compiled by Inlay where this build can, and hand-written where there is a
/// counterpart, and prints a table of times to `out`. Returns false if any two disagreed in a bit of output, or if a
/// program failed; what it was is printed, too.
bool compare(const CompareOptions& options, std::FILE* out);

}  // namespace calc
