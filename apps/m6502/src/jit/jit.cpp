// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When to enter regions, when to compile, and when to leave it.
#include "jit/jit.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "jit/compile.h"
#include "jit/compiled_region.h"

namespace inlay::m6502 {

namespace {

/// Entering a region and leaving it costs what some instructions cost in the interpreter. After so many times at one
/// place it is looked whether that was worth it: whether so many cycles were spent inside each time.
constexpr std::uint32_t Trial = 256;
constexpr std::int64_t WorthEntering = 100;
constexpr int Useless = 32;
constexpr std::int64_t Rest = 200'000;  // cycles
/// Cycles from one look at what changes to the next: some fifteen hundred times what a look takes.
constexpr std::int64_t LookAgain = 4'000'000;
/// Less than this each time is a part of something that had better be one region: what calls it is looked for.
constexpr std::int64_t LeftTooSoon = 30'000;
constexpr std::size_t MostCallers = 8;
/// Instructions. For what is compiled at once the machine waits.
constexpr int LargestRegion = 2500, LongestAtOnce = 60;

}  // namespace

Result<std::unique_ptr<Jit>> Jit::create(Bus& bus, const MachineOptions& options) {
  INLAY_TRY(inlay::Jit compiler, inlay::Jit::create());
  return std::unique_ptr<Jit>(new Jit(bus, options, std::move(compiler)));
}

Jit::Jit(Bus& bus, const MachineOptions& options, inlay::Jit compiler)
    : bus_(bus),
      options_(options),
      compiler_(std::move(compiler)),
      heat_(static_cast<std::uint8_t>(std::clamp(options.heat, 1, 255))),
      began_(now()),
      pads_(new Pad[Addresses]()),
      facts_(Addresses),
      changes_(Addresses),
      users_(Addresses),
      asked_(Addresses),
      doublings_(Addresses),
      names_(std::make_shared<DeviceNames>()) {
  std::fill_n(bus_.heat, Addresses, heat_);
  limits_.instructions = options.compile_at_once ? LongestAtOnce : LargestRegion;
  if (options.region_instructions > 0) limits_.instructions = options.region_instructions;
  take_map();
}

Jit::~Jit() {
  if (job_) job_->cancelled = true;
  for (const auto& region : regions_)
    if (region->active) put_aside(*region);
}

/// Whether control is where a region begins for which there is not enough time.
bool Jit::run_regions() {
  Cpu& cpu = bus_.cpu;
  for (;;) {
    const std::uint16_t pc = cpu.pc;
    Pad& pad = pads_[pc];
    if (!pad.code) return false;
    if (pad.entered >= Trial) {
      judge(pc);
      continue;
    }
    if (cpu.left <= pad.needs) return true;
    const std::int64_t before = cpu.left;
    pad.code(&bus_, &cpu);
    ++pad.entered;
    ++statistics_.entered;
    pad.cycles += before - cpu.left;
    in_regions_ += before - cpu.left;
    if (cpu.leave != 0 || cpu.left == before) return false;
  }
}

Interpreted Jit::run() {
  const Cpu& cpu = bus_.cpu;
  poll();
  for (;;) {
    if (now() - looked_ >= LookAgain) {
      looked_ = now();
      changing_.look(bus_.memory);
    }
    const bool late = run_regions();
    if (cpu.leave != 0) return Interpreted::Leave;
    if (cpu.left <= 0) return Interpreted::Time;
    if (late) return m6502_interpret(&bus_, options_.variant);
    if (active_ == 0 && !may_compile()) {
      if (const Interpreted why = interpret_for(Rest); why != Interpreted::Heat) return why;
      poll();
      continue;
    }
    if (useless_ >= Useless) {
      // Counting costs a tenth where there are many jumps. Where it led to nothing for a while, it is done part of the
      // time.
      useless_ = Useless / 2;
      if (const Interpreted why = interpret_for(Rest); why != Interpreted::Heat) return why;
    }
    if (const Interpreted why = m6502_interpret_with_heat(&bus_, options_.variant); why != Interpreted::Heat)
      return why;
    useless_ = hot(cpu.pc) ? 0 : useless_ + 1;
    if (cpu.left <= 0) return Interpreted::Time;
  }
}

/// Without counting. Heat: go on.
Interpreted Jit::interpret_for(std::int64_t cycles) {
  Cpu& cpu = bus_.cpu;
  const std::int64_t later = std::max<std::int64_t>(cpu.left - cycles, 0);
  cpu.left -= later;
  bus_.end -= later;
  const Interpreted why = m6502_interpret(&bus_, options_.variant);
  cpu.left += later;
  bus_.end += later;
  return why == Interpreted::Time && cpu.left > 0 ? Interpreted::Heat : why;
}

/// Looks whether entering there is worth what it costs; where not, it is left to the interpreter for a while.
void Jit::judge(std::uint16_t pc) {
  Pad& pad = pads_[pc];
  note(pad);
  const RegionCode code = pad.code;
  const std::int64_t each = pad.cycles / pad.entered;
  pad.entered = 0;
  pad.cycles = 0;
  if (each < LeftTooSoon && !pad.grown) grow(pc);
  if (each >= WorthEntering || pad.code != code) return;
  pad = {};
  bus_.heat[pc] = heat_;
  asked_[pc] = 0;
  if (doublings_[pc] < MostOfTrials) ++doublings_[pc];
  reasons_[pc] = NoRegion::DidNotPay;
  // A region that is entered nowhere any more needs no watch.
  for (const auto& region : regions_) {
    if (region->code != code || !region->active) continue;
    if (std::none_of(region->region.entries.begin(), region->region.entries.end(),
                     [&](const RegionPlace& place) { return pads_[place.pc].code == code; }))
      put_aside(*region);
  }
}

/// Control is where a region begins that it leaves soon, again and again: its callers' loops belong to it. Who called
/// is seen in the stack, where a return address leads behind a JSR.
void Jit::grow(std::uint16_t pc) {
  poll();
  if (growing_) return;
  pads_[pc].grown = true;
  constexpr std::uint8_t Jsr = 0x20;
  std::vector<std::uint16_t> callers;
  for (int at = 0x101 + bus_.cpu.s; at < 0x1FF && callers.size() < MostCallers; ++at) {
    const auto last = static_cast<std::uint16_t>(bus_.memory[at] | bus_.memory[at + 1] << 8);
    if (bus_.memory[static_cast<std::uint16_t>(last - 2)] != Jsr) continue;
    callers.insert(callers.begin(), static_cast<std::uint16_t>(last + 1));
    ++at;
  }
  if (callers.empty()) return;
  growing_ = Growing{pc, std::move(callers)};
  start();
}

/// The heat of a place is used up, and control is there. Whether it can be entered.
bool Jit::hot(std::uint16_t pc) {
  poll();
  bus_.heat[pc] = 1;
  if (pads_[pc].code) return true;
  bus_.heat[pc] = heat_;
  if (asked_[pc] < std::numeric_limits<std::uint16_t>::max()) ++asked_[pc];
  if (asked_[pc] < 1u << doublings_[pc]) return false;
  if (install(pc)) return true;
  if (std::find(waiting_.begin(), waiting_.end(), pc) == waiting_.end()) waiting_.push_back(pc);
  start();
  return pads_[pc].code != nullptr;
}

}  // namespace inlay::m6502
