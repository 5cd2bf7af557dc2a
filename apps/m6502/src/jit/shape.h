// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What regions have to know of an opcode beside the function that is called for it.
#pragma once

#include <cstdint>

#include "inlay/m6502/cpu.h"
#include "jit/region.h"

namespace inlay::m6502 {

struct Shape {
  std::uint8_t length = 1;
  std::uint8_t fetched = 1;  // bytes, with those that are fetched for nothing
  std::uint8_t cycles = 8;   // at most, with crossed pages and branches taken
  Flow flow = Flow::Next;
  bool compiled = true;   // false: the driver's business (BRK, JAM, STP, WAI)
  bool relative = false;  // the last operand byte is a distance
  // core/opcodes.h:
  bool may_leave = false, may_be_refused = false, may_be_refused_in_memory = false;
  bool writes = false;      // data
  bool writes_low = false;  // in page 0, as its operand says
  bool pushes = false;
  bool sets_decimal = false;  // may change D
  bool decimal = false;       // looks at D
  bool address = false;       // the operand is an address of data, perhaps with an index
};

Shape shape_of(Variant variant, std::uint8_t opcode);

}  // namespace inlay::m6502
