// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a HotCode is made of.
#pragma once

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "inlay/hot.h"
#include "jit/engine.h"
#include "jit/hot/slots.h"
#include "jit/hot/versions.h"
#include "jit/hot/way_in.h"

namespace inlay {

/// One function with hints, which asks us: an interpreter, or each of the handlers that make one.
struct Watched : runtime::Entries {
  HotCode::State* state;
  jit::EntryPoints points;
  std::atomic<Entries*>* variable;  // of the native code
};

namespace jit {

/// One piece of code to compile.
struct HotJob {
  std::uint64_t id;  // in the order in which they were asked for
  HotSlot* slot;
  const Watched* function;
  const EntryPlace* place;
  std::uint64_t key;
  std::vector<Pin> pins;
  std::vector<frozen::Read> reads;  // the objects that the pins lead to, as far as that they are there
  std::vector<std::weak_ptr<frozen::Region>> regions;  // of these
  HotEntry entry;
};

/// Whether the HotCode is still there, for jobs in the background.
struct HotPresence {
  const pid_t process = getpid();  // after fork(), a child has none of the threads that run jobs
  std::mutex mutex;
  std::condition_variable all_done;
  HotCode::State* state;  // null: it goes, or is gone
  unsigned running = 0;
};

}  // namespace jit

struct HotCode::State {
  State(std::shared_ptr<jit::Engine> its_engine, const HotOptions& its_options)
      : engine(std::move(its_engine)),
        options(its_options),
        versions(std::make_shared<jit::HotVersions>(*engine)),
        presence(std::make_shared<jit::HotPresence>()) {
    presence->state = this;
  }
  ~State();

  runtime::Way* ask(const Watched& function, std::uint32_t number, std::uint64_t key, const std::uint64_t* words);
  jit::HotVersion* compile(jit::HotSlot& slot, const Watched& function, const jit::EntryPlace& place, std::uint64_t key,
                           const std::uint64_t* words);
  std::optional<jit::HotJob> job_for(jit::HotSlot& slot, const Watched& function, const jit::EntryPlace& place,
                                     std::uint64_t key, const std::uint64_t* words);
  bool push(const jit::HotJob& job);
  enum class Then { Offer, Enter };
  jit::HotVersion* run(jit::HotJob job, Then then);
  void fail(jit::HotJob& job, Error error);
  void refuse(jit::HotJob& job, bool is_any_code_left);
  void stop_watching();

  std::shared_ptr<jit::Engine> engine;
  HotOptions options;
  std::deque<Watched> watched;
  jit::HotSlots slots;
  const std::shared_ptr<jit::HotVersions> versions;
  const std::shared_ptr<jit::HotPresence> presence;
  mutable std::mutex mutex;  // of what follows; not held while LLVM works
  bool told_unfrozen = false, told_budget = false;
  std::uint64_t last_id = 0;
  unsigned waiting = 0;                        // jobs that have not begun
  std::map<std::uint64_t, HotEntry> failures;  // the newest ones
};

}  // namespace inlay
