// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which threads may be running code that was replaced: included by function.h, of no use by itself.
//
// Epoch-based reclamation. Before a call looks where to go, its thread notes the epoch; afterwards it takes the note
// back. Who replaces code begins a new epoch, and gives the old code's memory back when no thread holds a note of an
// epoch that is as old. The note costs a call two stores to memory of its own thread, and no fence: the side that
// replaces code makes all threads pass one (membarrier), which is slow and rare.
#pragma once

#include <atomic>
#include <cstdint>

namespace inlay::detail {

/// A thread's note.
struct Gate {
  std::atomic<std::uint64_t> since = 0;  // the epoch in which the first of its calls under way began; 0: there is none
  std::uint32_t calls = 0;               // under way; they need not end in the order in which they began (fibers)
};

/// Begins with 1. Changed by the library only.
extern std::atomic<std::uint64_t> current_epoch;

/// A gate for this thread, which others know of. It is given back when the thread ends.
Gate* open_gate() noexcept;

inline thread_local constinit Gate* own_gate = nullptr;

/// One call, as long as it lasts.
class Entered {
 public:
  Entered() : gate_(own_gate ? own_gate : open_gate()) {
    if (gate_->calls++ != 0) return;
    gate_->since.store(current_epoch.load(std::memory_order_acquire), std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the other half of it is membarrier
  }
  Entered(const Entered&) = delete;
  ~Entered() {
    if (--gate_->calls == 0) gate_->since.store(0, std::memory_order_release);
  }

 private:
  Gate* gate_;
};

}  // namespace inlay::detail
