// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Counters are read from.
#pragma once

#include <atomic>
#include <cstdint>

namespace inlay::jit {

struct Tally {
  std::atomic<std::uint64_t> asked = 0, quick = 0, optimized = 0, failed = 0, discarded = 0, cancelled = 0, batches = 0,
                             swaps = 0, invalidated = 0, entered = 0, exits = 0, versions = 0, evicted = 0,
                             code_bytes = 0, compile_us = 0;

  void add_compile_ms(double ms) {
    compile_us.fetch_add(static_cast<std::uint64_t>(ms * 1000), std::memory_order_relaxed);
  }
};

inline void count(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

}  // namespace inlay::jit
