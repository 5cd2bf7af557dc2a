// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/epoch.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <mutex>
#include <vector>

#include "frozen/recording.h"
#include "inlay/gate.h"

namespace inlay {

std::atomic<std::uint64_t> detail::current_epoch = 1;

namespace {

struct Unreclaimed {
  std::uint64_t epoch;  // calls that began in it, or before, may use it
  std::shared_ptr<void> what;
};

/// Never destroyed: threads may end after main() has.
struct Reclaimer {
  std::mutex mutex;
  std::deque<detail::Gate> gates;     // of all threads that ever called
  std::vector<detail::Gate*> unused;  // of threads that have ended
  std::deque<Unreclaimed> waiting;    // in ascending order of epochs
  bool has_barrier = false;
};

long membarrier(int command) { return syscall(SYS_membarrier, command, 0, 0); }

Reclaimer& reclaimer() {
  static Reclaimer* const the_one = [] {
    auto* made = new Reclaimer;
    made->has_barrier = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
    return made;
  }();
  return *the_one;
}

/// A child of fork() has this thread alone. What the others noted is void there.
void forget_other_threads() {
  for (detail::Gate& gate : reclaimer().gates) {
    if (&gate == detail::own_gate) continue;
    gate.since.store(0, std::memory_order_relaxed);
    gate.calls = 0;
  }
}

/// The oldest epoch that a call noted which is still under way. Without membarrier nobody knows.
std::uint64_t oldest_noted(Reclaimer& all) {
  if (!all.has_barrier || membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0) return 0;
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  for (const detail::Gate& gate : all.gates)
    if (const std::uint64_t since = gate.since.load(std::memory_order_acquire)) oldest = std::min(oldest, since);
  return oldest;
}

}  // namespace

detail::Gate* detail::open_gate() noexcept {
  const frozen::Unrecorded unrecorded;
  struct Owner {
    Gate* gate;
    Owner() {
      Reclaimer& all = reclaimer();
      std::lock_guard lock(all.mutex);
      if (all.unused.empty()) {
        gate = &all.gates.emplace_back();
      } else {
        gate = all.unused.back();
        all.unused.pop_back();
      }
    }
    ~Owner() {
      const frozen::Unrecorded unrecorded;
      own_gate = nullptr;
      Reclaimer& all = reclaimer();
      std::lock_guard lock(all.mutex);
      all.unused.push_back(gate);
    }
  };
  static thread_local bool ended = false;
  static thread_local struct Ending {
    ~Ending() { ended = true; }
  } ending;
  static_cast<void>(ending);
  if (ended) {  // another thread-local's destructor calls: its gate stays, unused from then on
    Reclaimer& all = reclaimer();
    std::lock_guard lock(all.mutex);
    return own_gate = &all.gates.emplace_back();
  }
  static thread_local const Owner owner;
  return own_gate = owner.gate;
}

void jit::prepare_for_fork() {
  static const int registered = pthread_atfork([] { reclaimer().mutex.lock(); }, [] { reclaimer().mutex.unlock(); },
                                               [] {
                                                 forget_other_threads();
                                                 reclaimer().mutex.unlock();
                                               });
  static_cast<void>(registered);
}

void jit::reclaim_later(std::shared_ptr<void> what) {
  if (!what) return;
  const frozen::Unrecorded unrecorded;
  Reclaimer& all = reclaimer();
  std::lock_guard lock(all.mutex);
  const std::uint64_t epoch = detail::current_epoch.fetch_add(1, std::memory_order_seq_cst);
  all.waiting.push_back({epoch, std::move(what)});
}

void jit::reclaim(std::shared_ptr<void> what) {
  reclaim_later(std::move(what));
  reclaim_what_was_left();
}

std::size_t jit::reclaim_what_was_left() {
  const frozen::Unrecorded unrecorded;
  Reclaimer& all = reclaimer();
  std::vector<std::shared_ptr<void>> dropped;  // without the lock: what is dropped may bring more
  std::lock_guard lock(all.mutex);
  if (all.waiting.empty()) return 0;
  const std::uint64_t oldest = oldest_noted(all);
  while (!all.waiting.empty() && all.waiting.front().epoch < oldest) {
    dropped.push_back(std::move(all.waiting.front().what));
    all.waiting.pop_front();
  }
  return all.waiting.size();
}

}  // namespace inlay
