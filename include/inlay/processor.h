// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For which processor code of this process is made.
#pragma once

#include <cstdint>

namespace inlay {

enum class Processor : std::uint8_t {
  Host,      // this one, with all that it is asked for and has; what it is called does not matter
  Baseline,  // any x86-64: SSE2, no more
  V3,        // x86-64-v3: AVX2, FMA, BMI
  V4,        // x86-64-v4: AVX-512 F, BW, CD, DQ and VL
};

/// Whether this process's processor, and the system, run such code.
bool can_run(Processor processor);

}  // namespace inlay
