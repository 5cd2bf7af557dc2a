// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine/state.h"

#include <algorithm>
#include <utility>

namespace inlay::m6502 {

MachineState::MachineState(const MachineOptions& given) : options(given) {
  bus.machine = this;
  for (std::uint8_t& heat : bus.heat) heat = static_cast<std::uint8_t>(given.heat);
}

std::int64_t MachineState::happens(std::optional<std::int64_t> since) const {
  // Fast engines do not know when the processor looked before a hook.
  if (in_hook) return now();
  const std::int64_t latest = in_engine ? access_cycle : now();
  return since ? std::min(*since, latest) : latest;
}

void MachineState::fail(std::string message) {
  if (!failed) failure = std::move(message);  // the first tells most
  failed = true;
  attend(AttentionStop);
}

void MachineState::set_irq(int source, bool low, std::int64_t cycle) {
  lines.set_irq(source, low, cycle);
  if (lines.irq_now()) return attend(AttentionIrq);
  // No need to come back: an instruction that may have been seen with the line low has come back already, by the access
  // that pulled it, or by clearing I.
  bus.attention &= static_cast<std::uint8_t>(~AttentionIrq);
}

void MachineState::drop_unused_devices() {
  if (!std::exchange(devices_changed, false)) return;
  const Map& map = bus.map;
  std::erase_if(wrapped, [&](const std::unique_ptr<WrappedDevice>& device) {
    for (int page = 0; page != 256; ++page) {
      if (map.read[page] >= ReadDevice && map.devices[map.read[page] - ReadDevice].context == device.get())
        return false;
      if (map.write[page] >= WriteDevice && map.devices[map.write[page] - WriteDevice].context == device.get())
        return false;
    }
    return true;
  });
}

}  // namespace inlay::m6502
