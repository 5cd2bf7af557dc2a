// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What compiled regions call beside opcodes, to have the registers in variables of their own.
#pragma once

#include "core/access.h"
#include "inlay/m6502/bus.h"
#include "inlay/m6502/cpu.h"

namespace inlay::m6502 {

/// All but `leave`. Field by field: what is copied as a whole cannot be taken apart again in compiled code, and stays
/// in memory.
M6502_INLINE void copy_registers(const Cpu& from, Cpu& to) {
  to.left = from.left;
  to.pc = from.pc;
  to.a = from.a;
  to.x = from.x;
  to.y = from.y;
  to.s = from.s;
  to.n = from.n;
  to.z = from.z;
  to.c = from.c;
  to.v = from.v;
  to.d = from.d;
  to.i = from.i;
}

extern "C" {
/// The registers as variables; nothing asks to leave yet.
void m6502_region_begin(const Cpu& from, Cpu& to);
void m6502_region_end(const Cpu& from, Cpu& to);
/// Whether `cycles` may be taken before the time is up.
bool m6502_region_has_time(const Cpu& cpu, std::int64_t cycles);
/// At `pc`, in compiled code.
void m6502_region_at(Cpu& cpu, std::uint16_t pc);
std::uint16_t m6502_region_pc(const Cpu& cpu);
bool m6502_region_is_at(const Cpu& cpu, std::uint16_t pc);
bool m6502_region_leaves(const Cpu& cpu);
/// What was refused is the interpreter's, from the instruction on: nothing asks to leave.
void m6502_region_refused(Cpu& cpu);
/// Whether decimal mode is off; from then on it is known to be.
bool m6502_region_is_binary(Cpu& cpu);
}

}  // namespace inlay::m6502
