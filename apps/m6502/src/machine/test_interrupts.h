// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: what is seen when an interrupt comes to its handler.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <ostream>

#include "machine/test_engines.h"

namespace inlay::m6502 {

inline constexpr std::uint16_t Handler = 0x9000, NmiHandler = 0xA000;

/// What was seen when a handler was entered.
struct Entered {
  bool nmi = false;
  std::int64_t cycle = 0;
  std::uint16_t from = 0;
  std::uint8_t status = 0;
  bool operator==(const Entered&) const = default;
};

inline void PrintTo(const Entered& entered, std::ostream* out) {
  *out << (entered.nmi ? "NMI" : "IRQ") << " at cycle " << entered.cycle << " from " << std::hex << entered.from
       << " with status " << static_cast<int>(entered.status);
}

class Interrupts : public ::testing::TestWithParam<EngineCase> {
 protected:
  Machine with_handlers() {
    Machine machine = make_machine(GetParam().options);
    machine.set_vector(IrqVector, Handler);
    machine.set_vector(NmiVector, NmiHandler);
    return machine;
  }

  /// Runs until a handler is entered.
  static std::optional<Entered> run_to_handler(Machine& machine, std::int64_t limit) {
    std::optional<Entered> entered;
    for (const std::uint16_t handler : {Handler, NmiHandler})
      machine.on_execute(handler, [&entered, handler](Machine& at) {
        const std::uint8_t s = at.registers().s;
        const auto stack = [&](int behind) {
          return at.peek(static_cast<std::uint16_t>(0x100 + ((s + behind) & 0xFF)));
        };
        entered =
            Entered{handler == NmiHandler, at.cycle(), static_cast<std::uint16_t>(stack(2) | stack(3) << 8), stack(1)};
        at.stop();
      });
    machine.run(limit);
    return entered;
  }

  /// BRK in cycles 4 to 10, and an NMI.
  std::optional<Entered> brk_with_nmi(std::int64_t since) {
    Machine machine = with_handlers();
    write_bytes(machine, 0x0400, {0xEA, 0xEA, 0x00, 0x00, 0xEA});
    machine.set_registers(registers_at(0x0400));
    machine.schedule(since, [](Machine& at, std::int64_t cycle) { at.nmi(cycle); });
    return run_to_handler(machine, 100);
  }
};

}  // namespace inlay::m6502
