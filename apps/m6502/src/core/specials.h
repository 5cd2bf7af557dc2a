// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instructions whose accesses are like no other's: jumps, calls, the stack, interrupts, and those that stop.
#pragma once

#include "core/modes.h"
#include "core/operations.h"
#include "core/step.h"

namespace inlay::m6502 {

M6502_INLINE void next(Cpu& cpu, int length) { cpu.pc = static_cast<std::uint16_t>(cpu.pc + length); }

/// I may have been cleared while a line is low; the processor looked before that, and so does one more instruction.
M6502_INLINE void leave_if_unmasked(Cpu& cpu, const Bus& bus, bool was_masked) {
  if (was_masked && !cpu.i && bus.attention) cpu.leave |= LeaveMasked;
}

/// CodeQuick: the instruction cannot be done. To be asked behind an access that more depends on, so that the way out is
/// a jump and not a test at the end.
M6502_INLINE bool refused(const Cpu& cpu, Code code) { return (code & CodeQuick) && cpu.leave; }

/// The driver has to look: what is set in `attention` stays until it is served.
M6502_INLINE void stop_for(Cpu& cpu, Bus& bus, std::uint8_t attention, Code code) {
  if (code & CodeQuick) {
    cpu.leave |= LeaveRefused;
    return;
  }
  bus.attention |= attention;
  cpu.leave |= bus.attention;
}

// Jumps.
template <Variant V, Mode M>
M6502_INLINE void special_JMP(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  if constexpr (M == Mode::ABS) {
    cpu.pc = fetch_word(cpu, bus, code);
    return;
  }
  std::uint16_t at = fetch_word(cpu, bus, code);
  if constexpr (M == Mode::IAX) {
    touch_plain(cpu, bus, static_cast<std::uint16_t>(cpu.pc + 1), code);
    const std::uint16_t base = at;
    at = static_cast<std::uint16_t>(base + cpu.x);
    const std::uint8_t low = read(cpu, bus, at, code);
    cpu.pc = word(low, read(cpu, bus, static_cast<std::uint16_t>(at + 1), code));
  } else if constexpr (V == Variant::Cmos) {
    const std::uint8_t low = read_known(cpu, bus, map, at, code);
    const auto behind = static_cast<std::uint16_t>(at + 1);
    const std::uint8_t high = read_known(cpu, bus, map, behind, code);
    touch_known(cpu, bus, map, behind, code);
    cpu.pc = word(low, high);
  } else {
    const std::uint8_t low = read_known(cpu, bus, map, at, code);
    // There is no carry into the page.
    const auto behind = static_cast<std::uint16_t>((at & 0xFF00) | ((at + 1) & 0xFF));
    cpu.pc = word(low, read_known(cpu, bus, map, behind, code));
  }
}

// The high byte is fetched behind the pushes, which may have changed it if it stands on the stack.
template <Variant, Mode>
M6502_INLINE void special_JSR(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  const std::uint8_t low = fetch_low(cpu, bus, code);
  const auto last = static_cast<std::uint16_t>(cpu.pc + 2);
  if (last >> 8 == 1) {
    code &= ~CodeKnowsHigh;
    if (code & CodeQuick) {  // done again, it would see its own pushes
      cpu.leave |= LeaveRefused;
      return;
    }
  }
  touch_stack(cpu, bus, code);
  push(cpu, bus, map, byte(last >> 8), code);
  if (refused(cpu, code)) return;
  push(cpu, bus, map, byte(last), code);
  cpu.pc = word(low, fetch_high(cpu, bus, code));
}

template <Variant, Mode>
M6502_INLINE void special_RTS(Cpu& cpu, Bus& bus, const Map&, Code code) {
  touch_next(cpu, bus, code);
  touch_stack(cpu, bus, code);
  const std::uint8_t low = pop(cpu, bus, code);
  cpu.pc = word(low, pop(cpu, bus, code));
  touch(cpu, bus, cpu.pc, code);
  next(cpu, 1);
}

template <Variant, Mode>
M6502_INLINE void special_RTI(Cpu& cpu, Bus& bus, const Map&, Code code) {
  touch_next(cpu, bus, code);
  touch_stack(cpu, bus, code);
  set_status(cpu, pop(cpu, bus, code));
  const std::uint8_t low = pop(cpu, bus, code);
  cpu.pc = word(low, pop(cpu, bus, code));
  if (!cpu.i) cpu.leave |= bus.attention;  // I counts at once
}

// The stack.
template <Variant, Mode>
M6502_INLINE void push_register(Cpu& cpu, Bus& bus, const Map& map, std::uint8_t value, Code code) {
  touch_next(cpu, bus, code);
  push(cpu, bus, map, value, code);
  next(cpu, 1);
}
M6502_INLINE std::uint8_t pull(Cpu& cpu, Bus& bus, Code code) {
  touch_next(cpu, bus, code);
  touch_stack(cpu, bus, code);
  next(cpu, 1);
  return pop(cpu, bus, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_PHA(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  push_register<V, M>(cpu, bus, map, cpu.a, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_PHX(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  push_register<V, M>(cpu, bus, map, cpu.x, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_PHY(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  push_register<V, M>(cpu, bus, map, cpu.y, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_PHP(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  push_register<V, M>(cpu, bus, map, status_of(cpu, true), code);
}
template <Variant, Mode>
M6502_INLINE void special_PLA(Cpu& cpu, Bus& bus, const Map&, Code code) {
  cpu.a = set_nz(cpu, pull(cpu, bus, code));
}
template <Variant, Mode>
M6502_INLINE void special_PLX(Cpu& cpu, Bus& bus, const Map&, Code code) {
  cpu.x = set_nz(cpu, pull(cpu, bus, code));
}
template <Variant, Mode>
M6502_INLINE void special_PLY(Cpu& cpu, Bus& bus, const Map&, Code code) {
  cpu.y = set_nz(cpu, pull(cpu, bus, code));
}
template <Variant, Mode>
M6502_INLINE void special_PLP(Cpu& cpu, Bus& bus, const Map&, Code code) {
  const bool masked = cpu.i;
  set_status(cpu, pull(cpu, bus, code));
  leave_if_unmasked(cpu, bus, masked);
}
template <Variant, Mode>
M6502_INLINE void special_CLI(Cpu& cpu, Bus& bus, const Map&, Code code) {
  touch_next(cpu, bus, code);
  const bool masked = cpu.i;
  cpu.i = 0;
  leave_if_unmasked(cpu, bus, masked);
  next(cpu, 1);
}

// Those that stop.
template <Variant, Mode>
M6502_INLINE void special_JAM(Cpu& cpu, Bus& bus, const Map&, Code code) {
  touch_next(cpu, bus, code);
  touch_next(cpu, bus, code);
  stop_for(cpu, bus, AttentionJam, code);
}
template <Variant, Mode>
M6502_INLINE void special_STP(Cpu& cpu, Bus& bus, const Map&, Code code) {
  touch_next(cpu, bus, code);
  touch_next(cpu, bus, code);
  stop_for(cpu, bus, AttentionJam, code);
  next(cpu, 1);
}
template <Variant, Mode>
M6502_INLINE void special_WAI(Cpu& cpu, Bus& bus, const Map&, Code code) {
  touch_next(cpu, bus, code);
  touch_next(cpu, bus, code);
  stop_for(cpu, bus, AttentionWait, code);
  next(cpu, 1);
}

// BRK; the processor's sequence for the others is in core/step.cpp.
template <Variant V>
M6502_INLINE void go_by_vector(Cpu& cpu, Bus& bus, const Map& map, std::uint16_t vector, Code code) {
  cpu.i = 1;
  if constexpr (V == Variant::Cmos) cpu.d = 0;
  const std::uint8_t low = read_known(cpu, bus, map, vector, code);
  cpu.pc = word(low, read_known(cpu, bus, map, static_cast<std::uint16_t>(vector + 1), code));
}

/// `choose` null: nothing can have happened since the instruction began but by its own pushes.
template <Variant V>
M6502_INLINE void push_and_go(Cpu& cpu, Bus& bus, const Map& map, std::uint16_t from, std::uint16_t vector,
                              bool break_bit, VectorFunction choose, Code code) {
  push(cpu, bus, map, byte(from >> 8), code);
  push(cpu, bus, map, byte(from), code);
  const std::int64_t chosen_at = cycle_of(cpu, bus);
  push(cpu, bus, map, status_of(cpu, break_bit), code);
  if (choose) {
    vector = choose(&bus, vector, chosen_at);
  } else if (V != Variant::Cmos && (bus.attention & AttentionNmi)) {  // a 65C02's is not taken over
    if (code & CodeQuick) {
      cpu.leave |= LeaveRefused;
      return;
    }
    bus.attention &= static_cast<std::uint8_t>(~AttentionNmi);
    vector = NmiVector;
  }
  go_by_vector<V>(cpu, bus, map, vector, code);
}

template <Variant V, Mode>
M6502_INLINE void special_BRK(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  touch_next(cpu, bus, code);
  push_and_go<V>(cpu, bus, map, static_cast<std::uint16_t>(cpu.pc + 2), IrqVector, true, nullptr, code);
}

// Undocumented stores of a register AND the high byte of the address plus one. (On real ones the high byte may be
// another when the index carries, and the AND may not happen.)
template <Variant V, Mode M>
M6502_INLINE void store_with_high(Cpu& cpu, Bus& bus, const Map& map, std::uint8_t value, Code code) {
  const Place place = place_of<V, M, Carry::Always>(cpu, bus, map, code);
  write(cpu, bus, place.address, byte(value & ((place.address >> 8) + 1)), code);
  next(cpu, length_of(M));
}
template <Variant V, Mode M>
M6502_INLINE void special_SHA(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  store_with_high<V, M>(cpu, bus, map, cpu.a & cpu.x, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_SHX(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  store_with_high<V, M>(cpu, bus, map, cpu.x, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_SHY(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  store_with_high<V, M>(cpu, bus, map, cpu.y, code);
}
template <Variant V, Mode M>
M6502_INLINE void special_TAS(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  cpu.s = cpu.a & cpu.x;
  store_with_high<V, M>(cpu, bus, map, cpu.s, code);
}

// 65C02: reserved opcodes, of one cycle and one byte, or of three bytes and four or eight cycles.
template <Variant, Mode M>
M6502_INLINE void special_NOP(Cpu& cpu, Bus& bus, const Map&, Code code) {
  if constexpr (M == Mode::ABS) {
    fetch_word(cpu, bus, code);
    touch_plain(cpu, bus, static_cast<std::uint16_t>(cpu.pc + 2), code);
  }
  next(cpu, length_of(M));
}
template <Variant, Mode M>
M6502_INLINE void special_NOL(Cpu& cpu, Bus& bus, const Map&, Code code) {
  const std::uint8_t low = fetch_low(cpu, bus, code);
  fetch_high(cpu, bus, code);
  touch(cpu, bus, word(low, 0xFF), code);
  for (int i = 0; i < 4; ++i) touch(cpu, bus, 0xFFFF, code);
  next(cpu, length_of(M));
}

/// The part of a branch behind the test.
M6502_INLINE void take_branch(Cpu& cpu, Bus& bus, std::uint8_t offset, Code code) {
  const auto behind = static_cast<std::uint16_t>(cpu.pc + 2);
  touch_plain(cpu, bus, behind, code);
  const auto target = static_cast<std::uint16_t>(behind + static_cast<std::int8_t>(offset));
  if (!same_page(behind, target))
    touch_plain(cpu, bus, static_cast<std::uint16_t>((behind & 0xFF00) | (target & 0xFF)), code);
  cpu.pc = target;
}

/// 65C02: a branch on a bit of a byte in page 0, which is written back. It takes six cycles, however it goes.
template <int Bit, bool Set>
M6502_INLINE void branch_on_bit(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  const std::uint8_t address = fetch_low(cpu, bus, code);
  const std::uint8_t value = read_low(cpu, bus, address, code);
  write_known(cpu, bus, map, address, value, code);
  const std::uint8_t offset = fetch_high(cpu, bus, code);
  next(cpu, 3);
  const auto target = static_cast<std::uint16_t>(cpu.pc + static_cast<std::int8_t>(offset));
  touch_plain(cpu, bus, word(byte(target), byte(cpu.pc >> 8)), code);
  if (((value >> Bit) & 1) == (Set ? 1 : 0)) cpu.pc = target;
}
#define M6502_BIT(BIT)                                                                \
  template <Variant, Mode>                                                            \
  M6502_INLINE void special_BBR##BIT(Cpu& cpu, Bus& bus, const Map& map, Code code) { \
    branch_on_bit<BIT, false>(cpu, bus, map, code);                                   \
  }                                                                                   \
  template <Variant, Mode>                                                            \
  M6502_INLINE void special_BBS##BIT(Cpu& cpu, Bus& bus, const Map& map, Code code) { \
    branch_on_bit<BIT, true>(cpu, bus, map, code);                                    \
  }
M6502_BITS(M6502_BIT)
#undef M6502_BIT

}  // namespace inlay::m6502
