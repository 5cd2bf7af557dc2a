// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/load_image.h"

namespace inlay::m6502 {

namespace {

/// What a cartridge sees of a NES: 2 KiB of memory four times, itself from $8000, and nobody between.
Result<void> map_nes(Machine& machine) {
  constexpr int MemoryPages = 8, MirrorEnd = 0x20;
  constexpr std::uint16_t MemoryMask = 0x07FF;
  Machine* const there = &machine;
  INLAY_TRY_VOID(machine.map_device(
      MemoryPages, MirrorEnd - MemoryPages,
      [there](std::uint16_t address, std::int64_t) { return there->peek(address & MemoryMask); },
      [there](std::uint16_t address, std::uint8_t value, std::int64_t) { there->poke(address & MemoryMask, value); }));
  return machine.map_rom(MirrorEnd, 0x100 - MirrorEnd);
}

}  // namespace

Result<void> load_image(Machine& machine, const Image& image) {
  constexpr std::int64_t ResetCycles = 7;
  INLAY_TRY_VOID(machine.load(0, memory_of(image)));
  if (image.format == ImageFormat::Nes) {
    INLAY_TRY_VOID(map_nes(machine));
    machine.reset();
    machine.run(machine.cycle() + ResetCycles);
  }
  machine.set_registers({.pc = start_of(image), .s = StackAfterReset, .p = StatusAlways | StatusInterrupt});
  return {};
}

}  // namespace inlay::m6502
