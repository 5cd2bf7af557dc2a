// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a JIT has done and left, for those who want to be told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "inlay/level.h"
#include "inlay/m6502/bus.h"
#include "inlay/m6502/machine.h"
#include "jit/emit.h"
#include "jit/region.h"

namespace inlay::m6502 {

/// A region that was compiled, and has not been given up.
struct RegionAccount {
  Region region;
  Map map = {};
  bool active = false;       // false: what it was made of has changed; it comes back when that is as it was
  double milliseconds = 0;   // to compile it
  std::uint64_t bytes = 0;   // of the object: machine code, constants, what unwinding needs
  std::int64_t entered = 0;  // times
  std::int64_t cycles = 0;   // of the guest, spent in it
};

/// Why a place that control comes to has no region.
enum class NoRegion : std::uint8_t {
  Cold,        // it was not come to often enough
  Waiting,     // it is being compiled, or is going to be
  Nothing,     // the instruction there cannot be compiled
  TooShort,    // what begins there neither repeats nor is long
  DidNotPay,   // it was compiled, entered, and left again too soon
  DidNotLast,  // it was compiled, and what it was made of changed
  Failed,      // the compiler could not: Statistics::failure
};

struct PlaceAccount {
  std::uint16_t pc = 0;
  NoRegion why = NoRegion::Cold;
  int jumps = 0;  // of a cold one
};

struct JitAccount {
  std::vector<RegionAccount> regions;  // those that most cycles were spent in come first
  std::vector<PlaceAccount> places;    // by address
  std::vector<std::uint8_t> facts;     // 65536 of ByteFact
  Map map = {};                        // what regions may rely on
  RegionLimits limits;
  Level level = Level::O2;
  DeviceNames names;
  int heat = 0;
};

}  // namespace inlay::m6502
