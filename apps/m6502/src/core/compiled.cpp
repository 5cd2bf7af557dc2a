// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/compiled.h"

#include "inlay/annotate.h"

namespace inlay::m6502 {

extern "C" {

INLAY_INLINE void m6502_region_begin(const Cpu& from, Cpu& to) {
  copy_registers(from, to);
  to.leave = 0;
}

INLAY_INLINE void m6502_region_end(const Cpu& from, Cpu& to) {
  copy_registers(from, to);
  to.leave = from.leave;
}

INLAY_INLINE bool m6502_region_has_time(const Cpu& cpu, std::int64_t cycles) { return cpu.left > cycles; }
INLAY_INLINE void m6502_region_at(Cpu& cpu, std::uint16_t pc) { cpu.pc = pc; }
INLAY_INLINE std::uint16_t m6502_region_pc(const Cpu& cpu) { return cpu.pc; }
INLAY_INLINE bool m6502_region_is_at(const Cpu& cpu, std::uint16_t pc) { return cpu.pc == pc; }
INLAY_INLINE bool m6502_region_leaves(const Cpu& cpu) { return cpu.leave != 0; }
INLAY_INLINE void m6502_region_refused(Cpu& cpu) { cpu.leave = 0; }
INLAY_INLINE bool m6502_region_is_binary(Cpu& cpu) {
  if (cpu.d != 0) return false;
  cpu.d = 0;
  return true;
}
}

}  // namespace inlay::m6502
