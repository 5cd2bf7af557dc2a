// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/jit.h"

#include <algorithm>
#include <bitset>
#include <limits>
#include <utility>

#include "inlay/runtime.h"
#include "jit/compile.h"

namespace inlay::m6502 {

/// A region with its code. Aside: it was right once, and may be again.
struct CompiledRegion {
  Region region;
  Map map = {};  // of the pages that matter
  std::optional<Loaded> loaded;
  RegionCode code = nullptr;
  bool active = false;
  // For account(), without what pads still count.
  double milliseconds = 0;
  std::int64_t entered = 0, cycles = 0;

  bool depends_on(std::uint16_t address) const {
    const auto at =
        std::lower_bound(region.bytes.begin(), region.bytes.end(), address,
                         [](const RegionByte& byte, std::uint16_t wanted) { return byte.address < wanted; });
    return at != region.bytes.end() && at->address == address;
  }
  bool is_operand(std::uint16_t address) const {
    return std::any_of(region.bytes.begin(), region.bytes.end(),
                       [&](const RegionByte& byte) { return byte.address == address && byte.operand; });
  }
  bool is_entered_at(std::uint16_t pc) const {
    return std::any_of(region.entries.begin(), region.entries.end(),
                       [&](const RegionPlace& place) { return place.pc == pc; });
  }
};

namespace {

constexpr std::size_t Addresses = 65536;
/// Of a byte of compiled code, before it is learned.
constexpr std::uint8_t MostChanges = 3;
/// Entering a region and leaving it costs what some instructions cost in the interpreter. After so many times at one
/// place it is looked whether that was worth it: whether so many cycles were spent inside each time.
constexpr std::uint32_t Trial = 256;
constexpr std::int64_t WorthEntering = 100;
/// In failures_, of a place in the middle of a region: it has to be so much hotter.
constexpr std::uint8_t Covered = 4;
constexpr int Useless = 32;
constexpr std::int64_t Rest = 200'000;  // cycles
/// Cycles from one look at what changes to the next: some fifteen hundred times what a look takes.
constexpr std::int64_t LookAgain = 4'000'000;
/// Less than this each time is a part of something that had better be one region: what calls it is looked for.
constexpr std::int64_t LeftTooSoon = 30'000;
constexpr std::size_t MostCallers = 8;
/// Of the interpreter: what cycles are worth when time to compile is given out.
constexpr double CyclesInMillisecond = 3e6;
/// Time to compile: this much at first, this part of the time that the machine has run, and all that compiled code has.
/// So what keeps throwing away its code costs little.
constexpr double FirstMilliseconds = 20, Share = 0.02;
/// Instructions. For what is compiled at once the machine waits.
constexpr int LargestRegion = 2500, LongestAtOnce = 60;
constexpr std::size_t MostRegions = 1000;

bool same_device(const DeviceEntry& a, const DeviceEntry& b) {
  return a.read == b.read && a.write == b.write && a.context == b.context;
}

bool same_page(const Map& a, const Map& b, int page) {
  if (a.read[page] != b.read[page] || a.write[page] != b.write[page]) return false;
  if (a.read[page] >= ReadDevice &&
      !same_device(a.devices[a.read[page] - ReadDevice], b.devices[b.read[page] - ReadDevice]))
    return false;
  return a.write[page] < WriteDevice ||
         same_device(a.devices[a.write[page] - WriteDevice], b.devices[b.write[page] - WriteDevice]);
}

std::shared_ptr<const DeviceNames> names_of_functions() {
  auto names = std::make_shared<DeviceNames>();
  for (const RuntimeListing& runtime : linked_runtimes())
    for (const RuntimeSymbol& symbol : runtime.symbols)
      if (symbol.function && symbol.defined)
        if (const void* address = address_in_runtime(symbol.name)) names->emplace(address, symbol.name);
  return names;
}

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
      failures_(Addresses),
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

/// The machine's map, with stores to pages 0 and 1 unwatched while nothing there is watched.
void Jit::take_map() {
  map_ = bus_.map;
  for (int page = 0; page < 2; ++page) {
    if (code_in_page_[page] || map_.read[page] != ReadMemory || map_.write[page] != WriteMemory) continue;
    const std::uint8_t* watch = bus_.watch + page * 256;
    if (std::none_of(watch, watch + 256, [](std::uint8_t bits) { return (bits & WatchPage) != 0; }))
      map_.write[page] = WriteUnwatched;
  }
}

bool Jit::matches(const CompiledRegion& region) const {
  if (region.region.reads_memory &&
      std::any_of(map_.read, map_.read + 256, [](std::uint8_t kind) { return kind != ReadMemory; }))
    return false;
  for (int page = 0; page < 256; ++page)
    if (region.region.pages[page] && !same_page(region.map, map_, page)) return false;
  return std::all_of(region.region.bytes.begin(), region.region.bytes.end(),
                     [&](const RegionByte& byte) { return bus_.memory[byte.address] == byte.value; });
}

void Jit::activate(CompiledRegion& region) {
  region.active = true;
  ++active_;
  const auto size = static_cast<std::uint32_t>(region.region.nodes.size());
  for (const RegionByte& byte : region.region.bytes)
    if (users_[byte.address]++ == 0) bus_.watch[byte.address] |= WatchCode;
  for (const RegionPlace& place : region.region.entries) {
    Pad& pad = pads_[place.pc];
    // A region that begins here is better than one that comes by, unless that is much larger.
    if (pad.code && place.pc != region.region.entry && size < 2 * pad.size) continue;
    note(pad);
    pad = {region.code, region.region.entry_bound, 0, 0, size, false};
    bus_.heat[place.pc] = 1;
  }
}

void Jit::put_aside(CompiledRegion& region) {
  region.active = false;
  --active_;
  for (const RegionByte& byte : region.region.bytes)
    if (--users_[byte.address] == 0) bus_.watch[byte.address] &= static_cast<std::uint8_t>(~WatchCode);
  for (const RegionPlace& place : region.region.entries)
    if (Pad& pad = pads_[place.pc]; pad.code == region.code) {
      note(pad);
      pad = {};
    }
  bus_.attention |= AttentionCode;
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

/// Whether something may be compiled now, which something that is being compiled does not change.
bool Jit::may_compile() const {
  if (options_.compile_at_once || options_.patience == 0) return true;
  const std::int64_t ran = now() - began_;
  if (ran < options_.patience) return false;
  const double earned = static_cast<double>(in_regions_) + Share * static_cast<double>(ran);
  return statistics_.compile_ms < FirstMilliseconds + earned / CyclesInMillisecond;
}

/// Looks whether entering there is worth what it costs; where not, it is left to the interpreter for a while.
void Jit::judge(std::uint16_t pc) {
  Pad& pad = pads_[pc];
  statistics_.entered += pad.entered;
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
  if (failures_[pc] < 14) ++failures_[pc];
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

/// Enters what there is for that place, active or aside.
bool Jit::install(std::uint16_t pc) {
  for (const auto& region : regions_) {
    if (!region->is_entered_at(pc)) continue;
    if (region->active) {
      pads_[pc] = {
          region->code, region->region.entry_bound, 0, 0, static_cast<std::uint32_t>(region->region.nodes.size()),
          false};
      bus_.heat[pc] = 1;
      return true;
    }
    if (!matches(*region)) continue;
    activate(*region);
    if (pads_[pc].code) return true;
  }
  return false;
}

/// The heat of a place is used up, and control is there. Whether it can be entered.
bool Jit::hot(std::uint16_t pc) {
  poll();
  bus_.heat[pc] = 1;
  if (pads_[pc].code) return true;
  bus_.heat[pc] = heat_;
  if (asked_[pc] < std::numeric_limits<std::uint16_t>::max()) ++asked_[pc];
  if (asked_[pc] < 1u << failures_[pc]) return false;
  if (install(pc)) return true;
  if (std::find(waiting_.begin(), waiting_.end(), pc) == waiting_.end()) waiting_.push_back(pc);
  start();
  return pads_[pc].code != nullptr;
}

/// Compiles for the hottest place, unless something is being compiled.
void Jit::start() {
  if (!job_ && growing_ && may_compile()) {
    const Growing growing = *std::exchange(growing_, std::nullopt);
    return start(growing.pc, growing.callers);
  }
  while (!job_ && !waiting_.empty() && may_compile()) {
    const auto hottest = std::max_element(waiting_.begin(), waiting_.end(),
                                          [&](std::uint16_t a, std::uint16_t b) { return asked_[a] < asked_[b]; });
    const std::uint16_t pc = *hottest;
    waiting_.erase(hottest);
    if (pads_[pc].code) continue;
    start(pc, {});
    if (!options_.compile_at_once) return;
  }
}

void Jit::start(std::uint16_t pc, std::vector<std::uint16_t> callers) {
  if (names_->empty() && std::any_of(map_.read, map_.read + 256, [](std::uint8_t kind) { return kind != ReadMemory; }))
    names_ = names_of_functions();
  job_ = std::make_shared<RegionJob>();
  job_->pc = pc;
  job_->callers = std::move(callers);
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
  poll();
}

void Jit::poll() {
  gone_.clear();
  if (!job_ || !job_->done.load(std::memory_order_acquire)) return;
  const std::shared_ptr<RegionJob> job = std::move(job_);
  job_ = nullptr;
  publish(*job);
  if (!options_.compile_at_once) start();
}

void Jit::publish(RegionJob& job) {
  statistics_.compile_ms += job.milliseconds;
  // What was learned meanwhile would drop it as soon as it runs.
  for (const RegionByte& byte : job.region.bytes)
    if (facts_[byte.address] & ~job.facts[byte.address]) return;
  if (!job.code) {
    if (!job.callers.empty()) return;
    reasons_[job.pc] = job.region.empty() ? NoRegion::Nothing : NoRegion::TooShort;
    failures_[job.pc] = 15;
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
      failures_[node.pc] = std::max(failures_[node.pc], Covered);
    }
  regions_.push_back(std::move(region));
  if (matches(*regions_.back())) return activate(*regions_.back());
  for (const RegionByte& byte : regions_.back()->region.bytes)
    if (bus_.memory[byte.address] != byte.value) changing_.has_changed(byte.address);
}

/// Before there are too many, those that were put aside go; if that is not enough, the oldest.
void Jit::make_room() {
  if (regions_.size() < MostRegions) return;
  const auto goes = [&](const std::unique_ptr<CompiledRegion>& region) { return !region->active; };
  if (std::none_of(regions_.begin(), regions_.end(), goes)) put_aside(*regions_.front());
  for (auto& region : regions_)
    if (goes(region)) gone_.push_back(std::move(region));
  std::erase(regions_, nullptr);
}

void Jit::changed(std::uint16_t address) {
  bool concerned = false;
  for (const auto& region : regions_) {
    if (!region->active || !region->depends_on(address)) continue;
    concerned = true;
    const std::uint16_t entry = region->region.entry;
    put_aside(*region);
    reasons_[entry] = NoRegion::DidNotLast;
    for (const RegionPlace& place : region->region.entries) bus_.heat[place.pc] = 1;  // it may have been there before
    asked_[entry] = 0;
    if (failures_[entry] < 8) ++failures_[entry];
    ++statistics_.invalidated;
  }
  if (concerned && ++changes_[address] >= MostChanges) learn(address);
}

/// From now on code is made that can do with that byte's changes; what there is cannot.
void Jit::learn(std::uint16_t address) {
  bool operand = true;
  for (auto& region : regions_) {
    if (region->active || !region->depends_on(address)) continue;
    operand = operand && region->is_operand(address);
    failures_[region->region.entry] = 0;
    gone_.push_back(std::move(region));
  }
  std::erase(regions_, nullptr);
  if (facts_[address] != 0) return;
  facts_[address] = operand ? ByteDynamic : ByteInterpreted;
  ++(operand ? statistics_.dynamic_operands : statistics_.interpreted_bytes);
}

void Jit::map_changed(int first, int count) {
  take_map();
  for (const auto& region : regions_) {
    if (!region->active) continue;
    const bool* pages = region->region.pages;
    if (!region->region.reads_memory &&
        std::none_of(pages + first, pages + first + count, [](bool used) { return used; }))
      continue;
    if (matches(*region)) continue;
    put_aside(*region);
    for (const RegionPlace& place : region->region.entries) bus_.heat[place.pc] = 1;
  }
}

void Jit::add_to(Statistics& statistics) const {
  statistics.regions += statistics_.regions;
  statistics.region_instructions += statistics_.region_instructions;
  statistics.invalidated += statistics_.invalidated;
  statistics.dynamic_operands += statistics_.dynamic_operands;
  statistics.interpreted_bytes += statistics_.interpreted_bytes;
  statistics.entered += statistics_.entered;
  for (std::size_t pc = 0; pc < Addresses; ++pc) statistics.entered += pads_[pc].entered;
  statistics.compile_ms += statistics_.compile_ms;
}

void Jit::wait() {
  compiler_.wait_for_background();
  poll();
}

/// A pad's counts are going to be cleared.
void Jit::note(const Pad& pad) {
  if (pad.entered == 0) return;
  for (const auto& region : regions_)
    if (region->code == pad.code) {
      region->entered += pad.entered;
      region->cycles += pad.cycles;
    }
}

JitAccount Jit::account() const {
  JitAccount account;
  std::bitset<Addresses> covered;  // by regions, entered there or not
  for (const auto& region : regions_) {
    if (region->active)
      for (const RegionNode& node : region->region.nodes) covered[node.pc] = true;
    RegionAccount& each = account.regions.emplace_back(
        RegionAccount{region->region, region->map, region->active, region->milliseconds,
                      region->loaded->report().code_bytes, region->entered, region->cycles});
    for (const RegionPlace& place : region->region.entries)
      if (const Pad& pad = pads_[place.pc]; pad.code == region->code) {
        each.entered += pad.entered;
        each.cycles += pad.cycles;
      }
  }
  std::sort(account.regions.begin(), account.regions.end(), [](const RegionAccount& a, const RegionAccount& b) {
    return std::pair(-a.cycles, a.region.entry) < std::pair(-b.cycles, b.region.entry);
  });
  for (std::size_t at = 0; at < Addresses; ++at) {
    const auto pc = static_cast<std::uint16_t>(at);
    if (pads_[pc].code || covered[pc]) continue;
    const bool waits = (job_ && job_->pc == pc) || std::find(waiting_.begin(), waiting_.end(), pc) != waiting_.end();
    const auto reason = reasons_.find(pc);
    const int jumps = heat_ - bus_.heat[pc];
    if (waits)
      account.places.push_back({pc, NoRegion::Waiting, 0});
    else if (reason != reasons_.end())
      account.places.push_back({pc, reason->second, 0});
    else if (jumps > 0)
      account.places.push_back({pc, NoRegion::Cold, jumps});
  }
  account.facts = facts_;
  account.map = map_;
  account.limits = limits_;
  account.level = options_.compile_at_once ? Level::O1 : Level::O2;
  account.names = names_->empty() ? *names_of_functions() : *names_;
  account.heat = heat_;
  return account;
}

}  // namespace inlay::m6502
