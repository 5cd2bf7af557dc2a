// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/hot/versions.h"

#include <algorithm>
#include <utility>

#include "frozen/recording.h"
#include "inlay/gate.h"
#include "jit/observe/trace.h"
#include "jit/tiers/epoch.h"

namespace inlay::jit {

namespace {

/// Takes a version out of the table; it goes with what is returned.
std::shared_ptr<HotVersion> take_out(HotVersions& versions, std::uint64_t id) {
  std::lock_guard lock(versions.mutex);
  auto found = versions.all.find(id);
  if (found == versions.all.end()) return nullptr;
  std::shared_ptr<HotVersion> version = std::move(found->second);
  versions.all.erase(found);
  return version;
}

/// Is destroyed when nobody can be about to enter a retired version.
struct Passed {
  std::shared_ptr<HotVersions> home;
  std::uint64_t id;

  Passed(std::shared_ptr<HotVersions> its_home, std::uint64_t its_id) : home(std::move(its_home)), id(its_id) {}
  Passed(const Passed&) = delete;
  ~Passed() {
    std::shared_ptr<HotVersion> version;
    {
      std::lock_guard lock(home->mutex);
      auto found = home->all.find(id);
      if (found == home->all.end()) return;
      version = found->second;
    }
    bool empty = false;
    {
      std::lock_guard lock(version->mutex);
      version->given_up = true;
      empty = version->inside == 0;
    }
    if (empty) take_out(*home, id);
  }
};

void leave_version(runtime::Way* way) noexcept {
  const frozen::Unrecorded unrecorded;
  auto& version = static_cast<HotVersion&>(*way);
  std::shared_ptr<frozen::Region> let_go;  // without the lock: the end of a region retires versions
  std::vector<std::shared_ptr<frozen::Region>> more_let_go;
  std::shared_ptr<HotVersion> gone;
  bool last = false;
  {
    std::lock_guard lock(version.mutex);
    if (--version.inside > 0) return;
    let_go.swap(version.held_program);
    more_let_go.swap(version.more_held);
    last = version.given_up;
  }
  if (last) gone = take_out(*version.home, version.id);
}

bool fits(const HotVersion& version, const EntryPlace& place, std::uint64_t key, const std::uint64_t* words) {
  if (version.place != &place || version.key != key) return false;
  for (const Pin& pin : version.pins)
    if (value_of(place, pin.word, words) != pin.value) return false;
  return true;
}

/// Takes it out of its slot's list; who is at it already finds the rest of the list behind it. The mutex is held.
void unlink(HotVersion& version) {
  std::atomic<HotVersion*>* link = &version.slot->versions;
  while (link->load() != &version) link = &link->load()->next;
  link->store(version.next.load(), std::memory_order_release);
  version.is_linked = false;
  --version.home->linked;
}

}  // namespace

void HotVersion::set_regions(std::vector<std::shared_ptr<frozen::Region>> regions) {
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  program = regions.front();
  more_regions.assign(regions.begin() + 1, regions.end());
}

bool HotVersion::enter() {
  std::vector<std::shared_ptr<frozen::Region>> let_go;  // without the lock
  std::lock_guard lock(mutex);
  if (inside == 0) {
    held_program = program.lock();
    if (!held_program) return false;  // it is about to be retired
    for (const std::weak_ptr<frozen::Region>& region : more_regions) {
      const frozen::Unrecorded unrecorded;
      more_held.push_back(region.lock());
      if (more_held.back()) continue;
      let_go.swap(more_held);
      let_go.push_back(std::move(held_program));
      return false;
    }
  }
  ++inside;
  return true;
}

void HotVersion::install() noexcept {
  std::lock_guard lock(home->mutex);
  is_linked = true;
  ++home->linked;
  next = slot->versions.load();
  slot->versions.store(this, std::memory_order_release);
}

void HotVersion::retire(const frozen::Retirement& why) noexcept {
  {
    std::lock_guard lock(home->mutex);
    if (!is_linked) return;
    unlink(*this);
    if (why.cause == frozen::Retirement::Cause::Changed) slot->changes.fetch_add(1);
    start_anew(*slot);
  }
  home->engine.tally().count(&Counters::invalidated);
  trace_event(home->engine.trace(), "invalidate", entry.report.title());
  reclaim_later(std::make_shared<Passed>(home, id));
}

HotVersion* enter_version(const HotSlot& slot, const EntryPlace& place, std::uint64_t key, const std::uint64_t* words) {
  if (!slot.versions.load(std::memory_order_relaxed)) return nullptr;
  const detail::Entered gate;  // until it is inside, nothing else keeps the version
  HotVersion* version = slot.versions.load(std::memory_order_acquire);
  while (version && !(fits(*version, place, key, words) && version->enter()))
    version = version->next.load(std::memory_order_acquire);
  return version;
}

unsigned count_versions(const HotSlot& slot) {
  const detail::Entered gate;
  unsigned count = 0;
  for (const HotVersion* version = slot.versions.load(std::memory_order_acquire); version;
       version = version->next.load(std::memory_order_acquire))
    ++count;
  return count;
}

bool add_version(const std::shared_ptr<HotVersion>& version, const std::vector<frozen::Read>& reads) {
  HotVersions& home = *version->home;
  version->leave = &leave_version;
  {
    std::lock_guard lock(home.mutex);
    home.all.emplace(version->id, version);
  }
  frozen::Dependency dependency = frozen::depend(*version, reads);
  if (!dependency) {
    take_out(home, version->id);
    return false;
  }
  version->dependency = std::move(dependency);
  return true;
}

void give_up_all(HotVersions& versions) {
  std::map<std::uint64_t, std::shared_ptr<HotVersion>> all;
  {
    std::lock_guard lock(versions.mutex);
    all = versions.all;
  }
  for (auto& [id, version] : all) version->dependency = {};  // from here on none is retired
  std::lock_guard lock(versions.mutex);
  versions.all.clear();
}

}  // namespace inlay::jit
