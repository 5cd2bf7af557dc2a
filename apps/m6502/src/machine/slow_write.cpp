// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a write does to a byte that is watched.
#include "core/access.h"
#include "machine/state.h"

namespace inlay::m6502 {

extern "C" std::uint32_t m6502_slow_write(Bus* bus, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
  MachineState& state = *static_cast<MachineState*>(bus->machine);
  const std::uint8_t kind = bus->map.write[address >> 8];
  if (kind == WriteNothing) return 0;
  if (kind < WriteDevice) return state.memory.put(address, value, cycle) ? AttentionCode : 0;
  const DeviceEntry& device = bus->map.devices[kind - WriteDevice];
  device.write(device.context, address, value, cycle);
  return bus->attention;
}

}  // namespace inlay::m6502
