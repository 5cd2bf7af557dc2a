// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One instruction at a time, every access over the bus; and the processor's sequence for interrupts. What is due, and
// when, is the driver's business.
#pragma once

#include <cstdint>

#include "core/opcodes.h"

namespace inlay::m6502 {

/// Which vector an interrupt or BRK goes by: asked when the status is pushed, in `cycle`; the processor would go by
/// `vector`. An NMI that was seen before answers its own vector, and is served by that.
using VectorFunction = std::uint16_t (*)(Bus* bus, std::uint16_t vector, std::int64_t cycle);

/// Runs the instruction at bus.cpu.pc, which is changed as `bus.end - bus.cpu.left` is. Cpu::leave is what this
/// instruction has set. `choose` may be null. Answers the opcode, which tells when the processor looked at its lines.
extern "C" std::uint8_t m6502_step(Bus* bus, Variant variant, VectorFunction choose);
// The same for one variant each, and without choice: executables hold no others.
extern "C" std::uint8_t m6502_step_6502(Bus* bus);
extern "C" std::uint8_t m6502_step_2a03(Bus* bus);
extern "C" std::uint8_t m6502_step_65c02(Bus* bus);

enum class Sequence : std::uint8_t { Reset, Nmi, Irq };

/// The seven cycles of an interrupt: two fetches that are thrown away, the pushes (for Reset, reads), the vector.
extern "C" void m6502_interrupt(Bus* bus, Variant variant, Sequence what, VectorFunction choose);

}  // namespace inlay::m6502
