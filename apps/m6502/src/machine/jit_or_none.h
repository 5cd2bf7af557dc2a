// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A machine without a compiler of regions: Engine::Jit interprets.
#pragma once

#include <cstdint>

#include "inlay/m6502/bus.h"

namespace inlay::m6502 {

class Jit {
 public:
  void changed(std::uint16_t) {}
  void map_changed(int, int) {}
};

}  // namespace inlay::m6502
