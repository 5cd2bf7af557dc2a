// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Accesses of the processor, from which all opcodes are made. Each takes one cycle.
//
// `Code` is what is known of an instruction's bytes. The stepping engine knows none: the opcode fetches them over the
// bus, in the processor's order. The fast interpreter loads them beforehand, and compiled code has them as constants;
// after inlining nothing is left of the questions asked here.
#pragma once

#include <cstdint>

#include "inlay/m6502/bus.h"

namespace inlay::m6502 {

/// Bits of a Code; it is a plain number, so that it can be a constant argument in compiled code.
using Code = std::uint32_t;
constexpr Code CodeLow = 0x000000FF;     // the byte behind the opcode
constexpr Code CodeHigh = 0x0000FF00;    // and the next
constexpr Code CodeKnowsLow = 1u << 16;  // the byte is given; else it is loaded when the instruction runs
constexpr Code CodeKnowsHigh = 1u << 17;
/// The instruction and the byte behind it (which is fetched, too) lie in memory, and pages 0 and 1 are memory for
/// reads: nobody sees fetches, and reads there.
constexpr Code CodePlain = 1u << 18;
/// In a compiled region: the map is constant, and addresses that are operands are too; asking the map first is free.
constexpr Code CodeRegion = 1u << 19;
/// Only plain memory may be accessed: an instruction that needs more (a device, a watched byte, decimal arithmetic, the
/// driver) does nothing that cannot be done again, and leaves with Cpu::leave not 0, to be run again without this. So
/// the fast interpreter has no calls in its instructions.
constexpr Code CodeQuick = 1u << 20;
/// D is clear.
constexpr Code CodeBinary = 1u << 21;
/// No page is a device for reads: one thing less to ask of an address that is computed.
constexpr Code CodeMemory = 1u << 22;
/// In Cpu::leave by CodeQuick.
constexpr std::uint8_t LeaveRefused = 0x01;

/// What a write does to a byte that is watched. By value: the registers must not get an address that leaves compiled
/// code, or they live in memory. What it answers goes into Cpu::leave.
extern "C" std::uint32_t m6502_slow_write(Bus* bus, std::uint16_t address, std::uint8_t value, std::int64_t cycle);

#define M6502_INLINE [[gnu::always_inline]] inline

/// A quick instruction of a region, whose operand and pages 0 and 1 lead to memory, as far as that was known when it
/// was compiled.
M6502_INLINE bool is_quick_region(Code code) { return (code & (CodeQuick | CodeRegion)) == (CodeQuick | CodeRegion); }

M6502_INLINE std::int64_t cycle_of(const Cpu& cpu, const Bus& bus) { return bus.end - cpu.left; }

M6502_INLINE std::uint8_t read_device(Cpu& cpu, Bus& bus, const DeviceEntry& device, std::uint16_t address, Code code) {
  if (code & CodeQuick) {
    cpu.leave |= LeaveRefused;
    return 0;
  }
  const std::uint8_t value = device.read(device.context, address, cycle_of(cpu, bus));
  cpu.leave |= bus.attention;
  return value;
}

/// An address that is an operand: in a region it and the map are constants, and a device is called directly.
M6502_INLINE std::uint8_t read_known(Cpu& cpu, Bus& bus, const Map& map, std::uint16_t address, Code code) {
  std::uint8_t value;
  if (is_quick_region(code))
    value = bus.memory[address];
  else if (const std::uint8_t kind = map.read[address >> 8]; kind == ReadMemory) [[likely]]
    value = bus.memory[address];
  else
    value = read_device(cpu, bus, map.devices[kind - ReadDevice], address, code);
  --cpu.left;
  return value;
}

/// Any address.
M6502_INLINE std::uint8_t read(Cpu& cpu, Bus& bus, std::uint16_t address, Code code) {
  if (!is_quick_region(code)) return read_known(cpu, bus, bus.map, address, code);
  // The value of what is refused does not matter: without a way of its own, nothing is left of it but one test.
  if (!(code & CodeMemory) && bus.map.read[address >> 8] != ReadMemory) cpu.leave |= LeaveRefused;
  --cpu.left;
  return bus.memory[address];
}

/// In the page of `base` or the next: in a region, where base is an operand, these are known.
M6502_INLINE std::uint8_t read_indexed(Cpu& cpu, Bus& bus, const Map& map, std::uint16_t base, std::uint16_t address,
                                       Code code) {
  const auto page = static_cast<std::uint8_t>(base >> 8);
  const auto next = static_cast<std::uint8_t>(page + 1);
  if (is_quick_region(code) ||
      ((code & CodeRegion) && (code & CodeKnowsHigh) && map.read[page] == ReadMemory && map.read[next] == ReadMemory)) {
    --cpu.left;
    return bus.memory[address];
  }
  return read(cpu, bus, address, code);
}

/// In page 0 or 1.
M6502_INLINE std::uint8_t read_low(Cpu& cpu, Bus& bus, std::uint16_t address, Code code) {
  if (!(code & CodePlain)) return read(cpu, bus, address, code);
  --cpu.left;
  return bus.memory[address];
}

/// A read whose value nobody wants; devices see it.
M6502_INLINE void touch_known(Cpu& cpu, Bus& bus, const Map& map, std::uint16_t address, Code code) {
  if (is_quick_region(code)) {
    --cpu.left;
    return;
  }
  if (const std::uint8_t kind = map.read[address >> 8]; kind != ReadMemory) [[unlikely]]
    read_device(cpu, bus, map.devices[kind - ReadDevice], address, code);
  --cpu.left;
}
M6502_INLINE void touch(Cpu& cpu, Bus& bus, std::uint16_t address, Code code) {
  if (is_quick_region(code)) {
    if (!(code & CodeMemory) && bus.map.read[address >> 8] != ReadMemory) [[unlikely]]
      cpu.leave |= LeaveRefused;
    --cpu.left;
    return;
  }
  touch_known(cpu, bus, bus.map, address, code);
}
/// The same where CodePlain says that nobody sees it: in pages 0 and 1, and among the instructions.
M6502_INLINE void touch_plain(Cpu& cpu, Bus& bus, std::uint16_t address, Code code) {
  if (code & CodePlain)
    --cpu.left;
  else
    touch(cpu, bus, address, code);
}

/// Any address.
M6502_INLINE void write(Cpu& cpu, Bus& bus, std::uint16_t address, std::uint8_t value, Code code) {
  if (bus.watch[address] == 0) [[likely]]
    bus.memory[address] = value;
  else if ((code & CodeQuick) && bus.watch[address] == WatchCode && bus.memory[address] == value) {
    // Compiled code stays as it is.
  } else if (code & CodeQuick)
    cpu.leave |= LeaveRefused;
  else
    cpu.leave |= static_cast<std::uint8_t>(m6502_slow_write(&bus, address, value, cycle_of(cpu, bus)));
  --cpu.left;
}

/// An address that is an operand, or in a page that is known.
M6502_INLINE void write_known(Cpu& cpu, Bus& bus, const Map& map, std::uint16_t address, std::uint8_t value,
                              Code code) {
  if (!(code & CodeRegion)) return write(cpu, bus, address, value, code);
  switch (const std::uint8_t kind = map.write[address >> 8]) {
    case WriteMemory:
      return write(cpu, bus, address, value, code);
    case WriteUnwatched:
      bus.memory[address] = value;
      break;
    case WriteNothing:
      break;
    default: {
      if (code & CodeQuick) {
        cpu.leave |= LeaveRefused;
        break;
      }
      const DeviceEntry& device = map.devices[kind - WriteDevice];
      device.write(device.context, address, value, cycle_of(cpu, bus));
      cpu.leave |= bus.attention;
    }
  }
  --cpu.left;
}

/// The byte behind the opcode; `pc` stays. With `KnowsLow` nobody sees the fetch, or it was seen.
M6502_INLINE std::uint8_t fetch_low(Cpu& cpu, Bus& bus, Code code) {
  if (!(code & CodeKnowsLow)) {
    const auto at = static_cast<std::uint16_t>(cpu.pc + 1);
    if (!(code & CodePlain)) return read(cpu, bus, at, code);
    --cpu.left;
    return bus.memory[at];
  }
  --cpu.left;
  return static_cast<std::uint8_t>(code & CodeLow);
}
M6502_INLINE std::uint8_t fetch_high(Cpu& cpu, Bus& bus, Code code) {
  if (!(code & CodeKnowsHigh)) {
    const auto at = static_cast<std::uint16_t>(cpu.pc + 2);
    if (!(code & CodePlain)) return read(cpu, bus, at, code);
    --cpu.left;
    return bus.memory[at];
  }
  --cpu.left;
  return static_cast<std::uint8_t>((code & CodeHigh) >> 8);
}

}  // namespace inlay::m6502
