// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long parts of a build take, for reports.
#pragma once

#include <chrono>

namespace inlay::aot {

class Clock {
 public:
  /// Milliseconds since it was last asked, or made.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double passed = std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
    return passed;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace inlay::aot
