// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rivals that take turns, and what came out.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "common/measure.h"
#include "common/output.h"

namespace bench {

struct Rival {
  std::string name;
  std::function<double()> run;  // its answer
  std::vector<double> ms = {};
};

/// Runs each so many times, in turn, after once without counting. All must give the answer of the first one; sums of
/// reals may differ in their last digits.
inline void take_turns(Output& output, const std::string& what, std::vector<Rival>& rivals, int rounds,
                       double (*clock)() = thread_cpu_us) {
  double expected = 0;
  for (int round = -1; round < rounds; ++round)
    for (Rival& rival : rivals) {
      const double before = clock();
      const double answer = rival.run();
      const double ms = (clock() - before) / 1000;
      if (round >= 0) rival.ms.push_back(ms);
      if (round < 0 && &rival == &rivals.front()) expected = answer;
      if (std::abs(answer - expected) > 1e-9 * std::abs(expected))
        output.fail(what + ": " + rival.name + " says " + std::to_string(answer) + ", " + rivals.front().name + " " +
                    std::to_string(expected));
    }
}

/// How many times as fast as another: the median of the turns.
inline double times_as_fast(const Rival& rival, const Rival& other) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < rival.ms.size(); ++i) ratios.push_back(other.ms[i] / rival.ms[i]);
  return median(ratios);
}

/// Unwraps, or ends the program: what runs here has to succeed.
template <class R>
auto must(R result) {
  if (!result) {
    std::fprintf(stderr, "bench_filter: %s\n", result.error().to_string().c_str());
    std::exit(1);
  }
  return *std::move(result);
}

}  // namespace bench
