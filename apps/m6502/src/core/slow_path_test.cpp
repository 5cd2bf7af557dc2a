// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The slow path of the core's tests: no machine is linked here.
#include "core/test_bus.h"

namespace inlay::m6502 {

extern "C" std::uint32_t m6502_slow_write(Bus* bus, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
  if (const std::uint8_t kind = bus->map.write[address >> 8]; kind >= WriteDevice)
    bus->map.devices[kind - WriteDevice].write(bus->map.devices[kind - WriteDevice].context, address, value, cycle);
  else if (kind != WriteNothing)
    bus->memory[address] = value;
  return bus->attention;
}

}  // namespace inlay::m6502
