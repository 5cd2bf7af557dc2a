// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an executable that was built ahead of time holds, as src/aot writes it and src/player plays it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/interpreter.h"
#include "inlay/m6502/bus.h"

namespace inlay::m6502 {

struct GameByte {
  std::uint16_t address;
  std::uint8_t value;
  std::uint8_t unused;
};

/// Code made of some bytes, which is right while these are what they were.
struct GameRegion {
  void (*code)(Bus*, Cpu*);
  const std::uint16_t* entries;  // the first is where it begins
  const GameByte* bytes;         // by address
  std::uint32_t entry_count, byte_count;
  std::int64_t needs;  // cycles, at its entries
};

inline constexpr std::size_t MaxGameRegions = 4096;

struct Game {
  const std::uint8_t* image;  // of memory from `load` on; the rest is 0
  const GameRegion* regions;  // a place that two have is the first's
  // Of the variant (core/interpreter.h, core/step.h): through pointers, so that those of others are not linked.
  Interpreted (*interpret)(Bus*);
  Interpreted (*interpret_with_heat)(Bus*);
  std::uint8_t (*step)(Bus*);
  std::uint32_t image_size, region_count;
  std::uint16_t load, start;
  std::uint8_t variant;   // of Variant
  std::uint8_t calls;     // 1: a program of sim65, with its system calls
  std::uint8_t c_stack;   // of such a one
  std::uint8_t may_open;  // such a one may open files
};
static_assert(sizeof(GameRegion) == 40 && sizeof(Game) == 56 && sizeof(GameByte) == 4, "src/aot writes them so");

/// What the executable's main calls: plays it to its end, and answers the exit status.
extern "C" int m6502_play(int argc, char** argv, const Game* game);

}  // namespace inlay::m6502
