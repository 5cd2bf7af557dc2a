// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The pieces of code that running interpreters go on in, and when they go.
//
// A version does not keep the program that it was made from. When that is freed or changes, the version is retired: no
// interpreter gets it any more. Its code goes when nobody can be about to enter it (epoch.h) and nobody is inside: each
// one that enters is counted until it comes back to the native code that entered it (runtime/entries.h). As long as
// somebody is inside, the version does keep the memory: LLVM may have moved a read ahead of the branch that it is
// behind.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "frozen/reads/dependents.h"
#include "inlay/hot.h"
#include "jit/build.h"
#include "jit/hot/slots.h"
#include "runtime/entries.h"

namespace inlay::jit {

struct HotVersion;

/// All versions of one HotCode, by the order in which they were made.
struct HotVersions {
  explicit HotVersions(Engine& its_engine) : engine(its_engine) {}

  Engine& engine;
  // Of what follows, and of the lists in the slots. Taken last: nothing is locked, and no version destroyed, while it
  // is held.
  std::mutex mutex;
  std::map<std::uint64_t, std::shared_ptr<HotVersion>> all;  // those as well that are retired, but not left
  unsigned linked = 0;                                       // of them, those that can be entered
};

struct HotVersion final : runtime::Way, frozen::Dependent {
  /// Into the slot's list, where interpreters find it.
  void install() noexcept override;
  /// Out of it.
  void retire(const frozen::Retirement& why) noexcept override;

  /// What it reads, apart from constants: each region once.
  void set_regions(std::vector<std::shared_ptr<frozen::Region>> regions);

  /// Counts one more who is inside, and keeps the memory for them. False if it is gone.
  bool enter();

  std::shared_ptr<HotVersions> home;
  std::uint64_t id = 0;
  HotSlot* slot = nullptr;
  const EntryPlace* place = nullptr;
  std::uint64_t key = 0;
  std::vector<Pin> pins;
  HotEntry entry;  // but for `entered`
  std::atomic<std::uint64_t> entered = 0;
  std::atomic<HotVersion*> next = nullptr;                  // in the slot's list
  bool is_linked = false;                                   // the mutex of `home` is held
  std::shared_ptr<Code> owner;                              // of `code`; holds no memory of the program
  std::weak_ptr<frozen::Region> program;                    // the memory, mostly of one region
  std::vector<std::weak_ptr<frozen::Region>> more_regions;  // besides
  frozen::Dependency dependency;

  std::mutex mutex;  // of what follows; taken last
  unsigned inside = 0;
  bool given_up = false;  // it is retired, and nobody is about to enter it
  // While somebody is inside:
  std::shared_ptr<frozen::Region> held_program;
  std::vector<std::shared_ptr<frozen::Region>> more_held;
};

/// The first version in the slot's list that fits, with one more inside; null if there is none.
HotVersion* enter_version(const HotSlot& slot, const EntryPlace& place, std::uint64_t key, const std::uint64_t* words);

/// How many versions the slot has.
unsigned count_versions(const HotSlot& slot);

/// Adds a version that is complete, and lets interpreters enter it if `reads` are true. False if they are not: then it
/// is gone.
bool add_version(const std::shared_ptr<HotVersion>& version, const std::vector<frozen::Read>& reads);

/// Gives up all of them, whoever is inside.
void give_up_all(HotVersions& versions);

}  // namespace inlay::jit
