// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A bus that is a device everywhere, and writes down its accesses; and the slow path of writes, for tests that have no
// machine.
#pragma once

#include <memory>
#include <vector>

#include "core/access.h"
#include "core/test_vectors.h"

namespace inlay::m6502::testing {

struct Recorder {
  std::unique_ptr<Bus> bus = std::make_unique<Bus>();
  std::vector<Access> accesses;
  std::vector<std::int64_t> cycles;  // of the accesses

  Recorder() {
    bus->machine = this;
    bus->end = 1'000'000;
    bus->map.devices[0] = {&read, &write, this};
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void map_devices() {
    for (int page = 0; page < 256; ++page) {
      bus->map.read[page] = ReadDevice;
      bus->map.write[page] = WriteDevice;
    }
    for (std::uint8_t& watch : bus->watch) watch = WatchPage;
  }

  static std::uint8_t read(void* context, std::uint16_t address, std::int64_t cycle) {
    auto& self = *static_cast<Recorder*>(context);
    self.accesses.push_back({address, self.bus->memory[address], false});
    self.cycles.push_back(cycle);
    return self.bus->memory[address];
  }
  static void write(void* context, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
    auto& self = *static_cast<Recorder*>(context);
    self.accesses.push_back({address, value, true});
    self.cycles.push_back(cycle);
    self.bus->memory[address] = value;
  }
};

}  // namespace inlay::m6502::testing
