// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine/state.h"

#include <utility>

namespace inlay::m6502 {

MachineState::MachineState(const MachineOptions& given) : options(given) {
  bus.machine = this;
  for (std::uint8_t& heat : bus.heat) heat = static_cast<std::uint8_t>(given.heat);
}

std::int64_t MachineState::happens(std::optional<std::int64_t> since) const {
  if (since) return *since;
  return in_engine ? access_cycle : now();
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

}  // namespace inlay::m6502
