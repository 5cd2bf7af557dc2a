// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/compile.h"

#include <algorithm>
#include <ctime>
#include <string>
#include <utility>

#include "inlay/lower.h"

namespace inlay::m6502 {

namespace {

/// What neither repeats nor is long is left as soon as it was entered. Most of that is small subroutines: better in the
/// regions of those that call them.
constexpr std::size_t Long = 60;

bool pays(const Region& region) {
  return region.nodes.size() >= Long ||
         std::any_of(region.nodes.begin(), region.nodes.end(), [](const RegionNode& node) { return node.check; });
}

/// Of those that called, in a region that is whole.
Region find_around(const Guest& guest, const RegionJob& job) {
  for (const std::uint16_t caller : job.callers) {
    Region region = find_region(guest, caller, job.limits);
    if (!region.cut && std::any_of(region.nodes.begin(), region.nodes.end(),
                                   [&](const RegionNode& node) { return node.pc == job.pc; }))
      return region;
  }
  return {};
}

double thread_milliseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

}  // namespace

void watch_own_code(const Region& region, Map& map) {
  for (const RegionByte& byte : region.bytes)
    if (const int page = byte.address >> 8; map.write[page] == WriteUnwatched) map.write[page] = WriteMemory;
}

Result<Loaded> compile_region(const inlay::Jit& compiler, const Region& region, Variant variant, const Map& map,
                              const DeviceNames& names, Level level, bool explain) {
  INLAY_TRY(ir::Module module, emit_region(region, variant, map, names));
  INLAY_TRY(Unit unit, lower(module, {.debug = explain, .facts = level == Level::O2 || level == Level::O3}));
  return compiler.load(std::move(unit), ProgramOptions{.level = level, .explain_code = explain});
}

void do_job(const inlay::Jit& compiler, RegionJob& job) {
  const double began = thread_milliseconds();
  if (!job.cancelled) {
    const Guest guest = {job.variant, job.memory.data(), &job.map, job.facts.data(), job.decimal};
    job.region = job.callers.empty() ? find_region(guest, job.pc, job.limits) : find_around(guest, job);
    watch_own_code(job.region, job.map);
  }
  job.is_known = !job.callers.empty() &&
                 std::find(job.known.begin(), job.known.end(), std::pair(job.region.entry, job.region.nodes.size())) !=
                     job.known.end();
  if (!job.cancelled && !job.is_known && pays(job.region)) {
    Result<Loaded> loaded = compile_region(compiler, job.region, job.variant, job.map, *job.names, job.level);
    if (loaded) {
      job.code = loaded->function<void(Bus*, Cpu*)>(std::string(RegionName));
      job.loaded = *std::move(loaded);
    } else {
      job.error = loaded.error().message();
    }
  }
  job.milliseconds = thread_milliseconds() - began;
  job.done.store(true, std::memory_order_release);
}

}  // namespace inlay::m6502
