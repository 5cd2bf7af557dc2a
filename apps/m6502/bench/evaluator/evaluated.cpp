// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Three things are here for the evaluator (docs/decisions/0037-regions-by-the-program-ir.md). The next pc is told from
// the program's bytes, which are constant; what the opcodes leave in cpu.pc is followed in few places. A guest's call
// is a call of this function: return addresses that come from the guest's stack are not known. And opcodes are called
// by a table, which takes less time to compile than a switch with all of them inside.
#include "evaluator/evaluated.h"

#include <array>

#include "core/compiled.h"
#include "core/instructions.h"
#include "inlay/annotate.h"

namespace inlay::m6502 {

extern "C" {
#define M6502_OPCODE(BYTE, NAME, MODE, KIND) void region_##BYTE##_##NAME##_##MODE(Cpu&, Bus&, const Map&, Code);
#include "core/opcodes_nmos.def"
#undef M6502_OPCODE
}

namespace {

struct Entry {
  OpcodeFunction run = nullptr;
  bool branch = false;
  std::uint32_t length = 1;
};

constexpr std::array<Entry, 256> entries() {
  std::array<Entry, 256> table;
#define M6502_OPCODE(BYTE, NAME, MODE, KIND) \
  table[0x##BYTE] = {region_##BYTE##_##NAME##_##MODE, Kind::KIND == Kind::Branch, length_of(Mode::MODE)};
#include "core/opcodes_nmos.def"
#undef M6502_OPCODE
  return table;
}

constexpr std::array<Entry, 256> Entries = entries();
constexpr std::uint8_t Brk = 0x00, DriversOpcode = 0x02, Jsr = 0x20, Rti = 0x40, Jmp = 0x4C, Rts = 0x60,
                       JmpIndirect = 0x6C;

M6502_INLINE bool is_drivers(std::uint8_t opcode, std::uint32_t pc) {
  return opcode == DriversOpcode || opcode == Brk || opcode == Rti || opcode == JmpIndirect || pc > 0xFFF9 ||
         (opcode == Jsr && pc >> 8 == 1);
}

}  // namespace

extern "C" void m6502_evaluated(Bus& bus, const EvaluatedProgram* program, std::uint32_t entry, std::uint32_t& depth) {
  Cpu cpu;
  m6502_region_begin(bus.cpu, cpu);
  std::uint32_t pc = entry;
  for (;;) {
    pc = inlay::context(pc);
    cpu.pc = static_cast<std::uint16_t>(pc);
    const std::uint8_t opcode = program->memory[pc];
    if (is_drivers(opcode, pc)) {
      cpu.leave = LeaveRefused;
      break;
    }
    const std::uint32_t from = pc, low = program->memory[pc + 1], high = program->memory[pc + 2];
    const Entry& now = Entries[opcode];
    now.run(cpu, bus, program->map, low | high << 8);
    if (cpu.leave != 0) break;

    if (opcode == Jsr || opcode == Jmp) {
      pc = low | high << 8;
    } else if (opcode == Rts) {
      break;
    } else if (!now.branch) {
      pc = from + now.length;
    } else if (cpu.pc == from + 2) {
      pc = from + 2;
    } else {
      pc = (from + 2 + static_cast<std::uint32_t>(static_cast<std::int8_t>(low))) & 0xFFFF;
    }
    const bool check = pc <= from || pc >> 8 != from >> 8 || opcode == Jsr;
    if ((check && cpu.left <= EvaluatedSlack) || (opcode == Jsr && depth == 0)) {
      cpu.leave = LeaveRefused;
      break;
    }
    if (opcode != Jsr) continue;

    m6502_region_end(cpu, bus.cpu);
    --depth;
    m6502_evaluated(bus, program, pc, depth);
    ++depth;
    if (bus.cpu.leave != 0) return;
    m6502_region_begin(bus.cpu, cpu);
    pc = from + 3;
    if (cpu.pc != pc || cpu.left <= EvaluatedSlack) {
      cpu.leave = LeaveRefused;
      break;
    }
  }
  m6502_region_end(cpu, bus.cpu);
}

}  // namespace inlay::m6502
