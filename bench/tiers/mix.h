// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many closures of rising heat: most are called a few times, a few of them most of the time.
#pragma once

#include "inlay/inlay.h"

namespace bench {

struct MixTimes {
  double total_ms = 0;    // of wall time, from the first optimize() to the last call
  double to_peak_ms = 0;  // until the first of 200 rounds that went at 90 % of the best rate
  double compile_ms = 0;  // of CPU time, of all threads
};

struct MixShape {
  int closures = 1000;      // functions
  int nodes = 20;           // std::functions in each
  double most_calls = 2e6;  // of the hottest; the coldest is called once
};

/// Runs the mix under a policy; always the same calls in the same order.
MixTimes run_mix(const MixShape& shape, const inlay::Policy& policy);

/// Milliseconds of CPU time that compiling so many closures takes to the quick tier, all of them hot at once.
double quick_tier_ms(int closures, int nodes, const inlay::Policy& policy);

}  // namespace bench
