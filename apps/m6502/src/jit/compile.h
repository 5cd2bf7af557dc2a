// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a copy of the guest to a region's code, on any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/jit.h"
#include "jit/emit.h"
#include "jit/region.h"

namespace inlay::m6502 {

using RegionCode = void (*)(Bus*, Cpu*);

/// What is asked for, as the guest was then; and what came of it, once `done`.
struct RegionJob {
  std::uint16_t pc = 0;
  /// To be larger than the region at pc: places that calls return to, the outermost first. The first whose region comes
  /// by pc is where it begins.
  std::vector<std::uint16_t> callers;
  /// Active regions: where they begin, and their instructions. What is among them is not compiled again.
  std::vector<std::pair<std::uint16_t, std::size_t>> known;
  Variant variant = Variant::Nmos;
  RegionLimits limits;
  Level level = Level::O2;
  std::vector<std::uint8_t> memory;
  std::vector<std::uint8_t> facts;
  Map map = {};
  bool decimal = false;
  std::shared_ptr<const DeviceNames> names;
  std::atomic<bool> cancelled = false;

  Region region;
  bool is_known = false;  // the region; it was not compiled
  std::optional<Loaded> loaded;
  RegionCode code = nullptr;
  std::optional<std::string> error;  // why it could not be compiled
  double milliseconds = 0;           // of the processor
  std::atomic<bool> done = false;
};

/// Has stores to pages 0 and 1 watched where the region has code there.
void watch_own_code(const Region& region, Map& map);

/// The code of a region: what its function is called in it is RegionName. With `explain`, its report says which machine
/// code each line became.
Result<Loaded> compile_region(const inlay::Jit& compiler, const Region& region, Variant variant, const Map& map,
                              const DeviceNames& names, Level level, bool explain = false);

void do_job(const inlay::Jit& compiler, RegionJob& job);

}  // namespace inlay::m6502
