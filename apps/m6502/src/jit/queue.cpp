// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What waits to be compiled, what is being compiled, and what comes of it.
#include <algorithm>
#include <utility>

#include "inlay/runtime.h"
#include "jit/compile.h"
#include "jit/compiled_region.h"
#include "jit/jit.h"

namespace inlay::m6502 {

namespace {

/// Of the interpreter: what cycles are worth when time to compile is given out.
constexpr double CyclesInMillisecond = 3e6;
/// Time to compile: this much at first, this part of the time that the machine has run, and all that compiled code has.
constexpr double FirstMilliseconds = 20, Share = 0.15;
/// What was compiled in vain counts so much more: what keeps throwing away its code costs little.
constexpr double Regret = 4;

}  // namespace

std::shared_ptr<const DeviceNames> names_of_functions() {
  auto names = std::make_shared<DeviceNames>();
  for (const RuntimeListing& runtime : linked_runtimes())
    for (const RuntimeSymbol& symbol : runtime.symbols)
      if (symbol.function && symbol.defined)
        if (const void* address = address_in_runtime(symbol.name)) names->emplace(address, symbol.name);
  return names;
}

/// Whether something may be compiled now, which something that is being compiled does not change.
bool Jit::may_compile() const {
  if (options_.compile_at_once || options_.patience == 0) return true;
  const std::int64_t ran = now() - began_;
  if (ran < options_.patience) return false;
  const double earned = static_cast<double>(in_regions_) + Share * static_cast<double>(ran);
  return statistics_.compile_ms + Regret * wasted_ms_ < FirstMilliseconds + earned / CyclesInMillisecond;
}

/// Compiles for the hottest place, unless something is being compiled; and so on, as long as that is done at once.
void Jit::start() {
  while (!job_ && (growing_ || !waiting_.empty()) && may_compile()) {
    if (growing_) {
      Growing growing = *std::exchange(growing_, std::nullopt);
      begin(growing.pc, std::move(growing.callers));
    } else {
      const auto hottest = std::max_element(waiting_.begin(), waiting_.end(),
                                            [&](std::uint16_t a, std::uint16_t b) { return asked_[a] < asked_[b]; });
      const std::uint16_t pc = *hottest;
      waiting_.erase(hottest);
      if (pads_[pc].code) continue;
      begin(pc, {});
    }
    finish();
  }
}

void Jit::begin(std::uint16_t pc, std::vector<std::uint16_t> callers) {
  if (names_->empty() && std::any_of(map_.read, map_.read + 256, [](std::uint8_t kind) { return kind != ReadMemory; }))
    names_ = names_of_functions();
  job_ = std::make_shared<RegionJob>();
  job_->pc = pc;
  job_->callers = std::move(callers);
  for (const auto& region : regions_)
    if (region->active) job_->known.emplace_back(region->region.entry, region->region.nodes.size());
  job_->variant = options_.variant;
  job_->limits = limits_;
  job_->level = options_.compile_at_once ? Level::O1 : Level::O2;
  job_->memory.assign(bus_.memory, bus_.memory + sizeof bus_.memory);
  job_->facts = facts_;
  changing_.add_to(job_->facts);
  job_->map = map_;
  job_->names = names_;
  job_->decimal = bus_.cpu.d != 0;
  const auto work = [compiler = compiler_, job = job_] { do_job(compiler, *job); };
  if (options_.compile_at_once || !compiler_.run_in_background(work)) work();
}

void Jit::finish() {
  if (!job_ || !job_->done.load(std::memory_order_acquire)) return;
  const std::shared_ptr<RegionJob> job = std::exchange(job_, nullptr);
  publish(*job);
}

void Jit::poll() {
  gone_.clear();
  finish();
  if (!options_.compile_at_once) start();
}

void Jit::publish(RegionJob& job) {
  statistics_.compile_ms += job.milliseconds;
  if (job.error) {
    ++statistics_.failed;
    statistics_.failure = std::move(*job.error);
  }
  // What was learned meanwhile would drop it as soon as it runs.
  for (const RegionByte& byte : job.region.bytes)
    if (facts_[byte.address] & ~job.facts[byte.address]) {
      wasted_ms_ += job.milliseconds;
      return;
    }
  if (!job.code) {
    if (job.is_known)
      for (const auto& region : regions_)
        if (region->active && region->region.entry == job.region.entry && region->is_entered_at(job.pc)) {
          set_pad(job.pc, *region);
          pads_[job.pc].grown = true;
        }
    if (!job.callers.empty()) return;
    reasons_[job.pc] = job.error ? NoRegion::Failed : job.region.empty() ? NoRegion::Nothing : NoRegion::TooShort;
    doublings_[job.pc] = OfNothing;
    asked_[job.pc] = 0;
    return;
  }
  for (const RegionByte& byte : job.region.bytes)
    if (const int page = byte.address >> 8; page < 2 && !code_in_page_[page]) {
      code_in_page_[page] = true;
      map_changed(page, 1);
    }
  ++statistics_.regions;
  statistics_.region_instructions += static_cast<std::int64_t>(job.region.nodes.size());
  make_room();
  auto region = std::make_unique<CompiledRegion>();
  region->region = std::move(job.region);
  region->map = job.map;
  region->loaded = std::move(job.loaded);
  region->code = job.code;
  region->milliseconds = job.milliseconds;
  // Other places in it were hot because it was not there; those that still are will ask again.
  for (const RegionNode& node : region->region.nodes)
    if (const auto at = std::find(waiting_.begin(), waiting_.end(), node.pc); at != waiting_.end()) {
      waiting_.erase(at);
      asked_[node.pc] = 0;
      doublings_[node.pc] = std::max(doublings_[node.pc], OfCovered);
    }
  regions_.push_back(std::move(region));
  if (matches(*regions_.back())) {
    activate(*regions_.back());
    // The place that asked goes there, also if it has a region of its own.
    if (regions_.back()->is_entered_at(job.pc)) set_pad(job.pc, *regions_.back());
    return;
  }
  wasted_ms_ += job.milliseconds;
  for (const RegionByte& byte : regions_.back()->region.bytes)
    if (bus_.memory[byte.address] != byte.value) changing_.has_changed(byte.address);
}

void Jit::wait() {
  compiler_.wait_for_background();
  poll();
}

}  // namespace inlay::m6502
