// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Counters are read from.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace inlay::jit {

struct Tally {
  std::atomic<std::uint64_t> asked = 0, quick = 0, optimized = 0, failed = 0, discarded = 0, cancelled = 0, batches = 0,
                             swaps = 0, invalidated = 0, entered = 0, exits = 0, versions = 0, evicted = 0,
                             code_bytes = 0, compile_us = 0;

  double compile_ms() const { return static_cast<double>(compile_us.load()) / 1000; }
};

inline void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

/// Adds the CPU time of this thread, from here to the end of the block, to what compiling takes.
class CpuTime {
 public:
  explicit CpuTime(Tally& tally) : tally_(tally), began_(now()) {}
  CpuTime(const CpuTime&) = delete;
  ~CpuTime() { tally_.compile_us.fetch_add(now() - began_, std::memory_order_relaxed); }

 private:
  static std::uint64_t now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_nsec) / 1000;
  }
  Tally& tally_;
  std::uint64_t began_;
};

}  // namespace inlay::jit
