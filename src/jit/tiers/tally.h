// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counters, as any thread counts in them.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <iterator>

#include "inlay/counters.h"

namespace inlay::jit {

class Tally {
 public:
  void count(std::uint64_t Counters::* which, std::uint64_t amount = 1) { at(which).fetch_add(amount, Relaxed); }
  void uncount(std::uint64_t Counters::* which, std::uint64_t amount) { at(which).fetch_sub(amount, Relaxed); }
  std::uint64_t operator[](std::uint64_t Counters::* which) const { return at(which).load(Relaxed); }

  void add_compile_us(std::uint64_t us) { compile_us_.fetch_add(us, Relaxed); }
  double compile_ms() const { return static_cast<double>(compile_us_.load(Relaxed)) / 1000; }

  /// All that is counted here; `waiting` and `retired` are not.
  Counters counters() const {
    Counters copy;
    for (std::uint64_t Counters::* which : Counted) copy.*which = (*this)[which];
    copy.compile_ms = compile_ms();
    return copy;
  }

 private:
  static constexpr std::memory_order Relaxed = std::memory_order_relaxed;
  static constexpr std::uint64_t Counters::* Counted[] = {
      &Counters::asked,     &Counters::quick,    &Counters::optimized, &Counters::failed,      &Counters::discarded,
      &Counters::cancelled, &Counters::batches,  &Counters::swaps,     &Counters::invalidated, &Counters::entered,
      &Counters::exits,     &Counters::versions, &Counters::evicted,   &Counters::code_bytes};
  static_assert(sizeof(Counters) == (std::size(Counted) + 3) * 8, "a counter is not in the list");

  std::atomic_ref<std::uint64_t> at(std::uint64_t Counters::* which) const {
    return std::atomic_ref<std::uint64_t>(counters_.*which);
  }

  mutable Counters counters_;  // what is counted, only through at(): an atomic_ref cannot be of a constant
  std::atomic<std::uint64_t> compile_us_ = 0;
};

/// Adds the CPU time of this thread, from here to the end of the block, to what compiling takes.
class CpuTime {
 public:
  explicit CpuTime(Tally& tally) : tally_(tally), began_(now()) {}
  CpuTime(const CpuTime&) = delete;
  ~CpuTime() { tally_.add_compile_us(now() - began_); }

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
