// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long the parts of something take, one after another, for reports.
#pragma once

#include <chrono>
#include <ratio>

namespace inlay::base {

class Stopwatch {
 public:
  /// Since it was last asked, or made.
  double lap_us() { return lap<std::micro>(); }
  double lap_ms() { return lap<std::milli>(); }

 private:
  template <class Unit>
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double passed = std::chrono::duration<double, Unit>(now - last_).count();
    last_ = now;
    return passed;
  }

  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace inlay::base
