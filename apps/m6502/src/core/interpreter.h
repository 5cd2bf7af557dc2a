// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fast interpreter: the opcode functions, joined by tail calls, with the registers of the 6502 in those of the
// host.
#pragma once

#include <cstdint>

#include "core/opcodes.h"

namespace inlay::m6502 {

/// Stands in Bus::memory in place of bytes that only m6502_step may run, whatever it means to a variant.
inline constexpr std::uint8_t JamOpcode = 0x02;

/// Why the interpreter has come back. Always at a boundary between instructions; bus.cpu is the processor's state.
enum class Interpreted : std::uint32_t {
  Time,   // cpu.left <= 0
  Leave,  // cpu.leave is not 0
  Heat,   // bus.heat of cpu.pc was used up by a jump to it, and is 0
  /// The instruction at cpu.pc is one for m6502_step: its byte is JamOpcode (JAM, a hook, a device), or it is not all
  /// in memory, or BRK, which does not look at the lines as others do.
  Look,
};

/// Runs instructions until there is a reason to come back. Pages 0 and 1 must be memory for reads; `attention` must be
/// 0, or only AttentionIrq with I set. Bytes in bus.memory of pages that are devices for reads must be
/// JamOpcode; so must those behind the last, which this sees to.
extern "C" Interpreted m6502_interpret(Bus* bus, Variant variant);

/// The same for a machine with a JIT: where control comes by a jump, a call, a return, or a branch backward, one is
/// taken off bus.heat of that place.
extern "C" Interpreted m6502_interpret_with_heat(Bus* bus, Variant variant);

// The same for one variant each: executables hold no others.
extern "C" Interpreted m6502_interpret_6502(Bus* bus);
extern "C" Interpreted m6502_interpret_2a03(Bus* bus);
extern "C" Interpreted m6502_interpret_65c02(Bus* bus);
extern "C" Interpreted m6502_interpret_with_heat_6502(Bus* bus);
extern "C" Interpreted m6502_interpret_with_heat_2a03(Bus* bus);
extern "C" Interpreted m6502_interpret_with_heat_65c02(Bus* bus);

}  // namespace inlay::m6502
