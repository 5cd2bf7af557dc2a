// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addressing modes: from an instruction's bytes to the place it works on, with every access on the way.
//
// The NMOS processors read at the address without the carry into its high byte before they know of the carry; the 65C02
// reads the last byte of the instruction again instead.
#pragma once

#include "core/access.h"
#include "core/opcodes.h"
#include "core/word.h"

namespace inlay::m6502 {

/// Where an instruction reads and writes. `base` has the page that the operand names; it is of use where that is known.
struct Place {
  std::uint16_t address;
  std::uint16_t base;
};

constexpr bool same_page(std::uint16_t a, std::uint16_t b) { return (a >> 8) == (b >> 8); }

M6502_INLINE std::uint16_t fetch_word(Cpu& cpu, Bus& bus, Code code) {
  const std::uint8_t low = fetch_low(cpu, bus, code);
  return word(low, fetch_high(cpu, bus, code));
}

/// When the cycle for the carry into the high byte is taken.
enum class Carry { IfNeeded, Always };

template <Variant V, Mode M, Carry When>
M6502_INLINE Place place_of(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  constexpr bool Cmos = V == Variant::Cmos;
  if constexpr (M == Mode::IMM) {
    return {static_cast<std::uint16_t>(cpu.pc + 1), 0};
  } else if constexpr (M == Mode::ZP) {
    return {fetch_low(cpu, bus, code), 0};
  } else if constexpr (M == Mode::ZPX || M == Mode::ZPY) {
    const std::uint8_t low = fetch_low(cpu, bus, code);
    touch_plain(cpu, bus, low, code);
    return {static_cast<std::uint8_t>(low + (M == Mode::ZPX ? cpu.x : cpu.y)), 0};
  } else if constexpr (M == Mode::ABS) {
    const std::uint16_t address = fetch_word(cpu, bus, code);
    return {address, address};
  } else if constexpr (M == Mode::IZX) {
    const std::uint8_t low = fetch_low(cpu, bus, code);
    touch_plain(cpu, bus, low, code);
    const auto at = static_cast<std::uint8_t>(low + cpu.x);
    const std::uint8_t target = read_low(cpu, bus, at, code);
    const std::uint16_t address = word(target, read_low(cpu, bus, static_cast<std::uint8_t>(at + 1), code));
    return {address, address};
  } else if constexpr (M == Mode::IZP) {
    const std::uint8_t at = fetch_low(cpu, bus, code);
    const std::uint8_t target = read_low(cpu, bus, at, code);
    const std::uint16_t address = word(target, read_low(cpu, bus, static_cast<std::uint8_t>(at + 1), code));
    return {address, address};
  } else {
    static_assert(M == Mode::ABX || M == Mode::ABY || M == Mode::IZY);
    std::uint16_t base;
    if constexpr (M == Mode::IZY) {
      const std::uint8_t at = fetch_low(cpu, bus, code);
      const std::uint8_t target = read_low(cpu, bus, at, code);
      base = word(target, read_low(cpu, bus, static_cast<std::uint8_t>(at + 1), code));
    } else {
      base = fetch_word(cpu, bus, code);
    }
    const int index = M == Mode::ABX ? cpu.x : cpu.y;
    const auto address = static_cast<std::uint16_t>(base + index);
    if (When == Carry::Always || (base & 0xFF) + index > 0xFF) {
      if constexpr (Cmos) {
        touch_plain(cpu, bus, static_cast<std::uint16_t>(cpu.pc + length_of(M) - 1), code);
      } else {
        const auto wrong = static_cast<std::uint16_t>((base & 0xFF00) | (address & 0xFF));
        if constexpr (M == Mode::IZY)
          touch(cpu, bus, wrong, code);
        else
          touch_known(cpu, bus, map, wrong, code);
      }
    }
    return {address, base};
  }
}

template <Mode M>
M6502_INLINE std::uint8_t load(Cpu& cpu, Bus& bus, const Map& map, Place place, Code code) {
  if constexpr (M == Mode::IMM)
    return fetch_low(cpu, bus, code);
  else if constexpr (M == Mode::ZP || M == Mode::ZPX || M == Mode::ZPY)
    return read_low(cpu, bus, place.address, code);
  else if constexpr (M == Mode::ABS)
    return read_known(cpu, bus, map, place.address, code);
  else if constexpr (M == Mode::ABX || M == Mode::ABY)
    return read_indexed(cpu, bus, map, place.base, place.address, code);
  else
    return read(cpu, bus, place.address, code);
}

/// A read whose value nobody wants.
template <Mode M>
M6502_INLINE void load_again(Cpu& cpu, Bus& bus, const Map& map, Place place, Code code) {
  if constexpr (M == Mode::ZP || M == Mode::ZPX || M == Mode::ZPY)
    touch_plain(cpu, bus, place.address, code);
  else if constexpr (M == Mode::ABS)
    touch_known(cpu, bus, map, place.address, code);
  else
    touch(cpu, bus, place.address, code);
}

template <Mode M>
M6502_INLINE void store(Cpu& cpu, Bus& bus, const Map& map, Place place, std::uint8_t value, Code code) {
  if constexpr (M == Mode::ZP || M == Mode::ZPX || M == Mode::ZPY || M == Mode::ABS)
    write_known(cpu, bus, map, place.address, value, code);
  else
    write(cpu, bus, place.address, value, code);
}

M6502_INLINE void push(Cpu& cpu, Bus& bus, const Map& map, std::uint8_t value, Code code) {
  write_known(cpu, bus, map, static_cast<std::uint16_t>(0x100 + cpu.s), value, code);
  --cpu.s;
}
M6502_INLINE std::uint8_t pop(Cpu& cpu, Bus& bus, Code code) {
  ++cpu.s;
  return read_low(cpu, bus, static_cast<std::uint16_t>(0x100 + cpu.s), code);
}
/// The processor reads below the stack's top while it moves the pointer.
M6502_INLINE void touch_stack(Cpu& cpu, Bus& bus, Code code) {
  touch_plain(cpu, bus, static_cast<std::uint16_t>(0x100 + cpu.s), code);
}
/// The byte behind an opcode without operands is fetched all the same.
M6502_INLINE void touch_next(Cpu& cpu, Bus& bus, Code code) {
  touch_plain(cpu, bus, static_cast<std::uint16_t>(cpu.pc + 1), code);
}

}  // namespace inlay::m6502
