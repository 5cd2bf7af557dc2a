// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What calls of a function have cost so far, and whether that is enough to compile it.
//
// The rule of ski rental: who does not know how often a function will still be called does well to compile it when its
// calls have cost as much as compiling would. So total time is never much more than that of the best choice.
#pragma once

#include <cstdint>
#include <optional>

#include "inlay/policy.h"

namespace inlay::jit {

struct Managed;

/// The first call of all is not looked at: it waits for memory, and often is the only one.
constexpr std::uint32_t FirstInterval = 2;

/// Each time that code is dropped doubles the thresholds to make it again, so often.
constexpr unsigned MostDoublings = 10;

/// What calls have cost.
struct Heat {
  std::uint64_t calls = 0;
  double ticks = 0;
  Heat& operator+=(const Heat& more) {
    calls += more.calls;
    ticks += more.ticks;
    return *this;
  }
};

/// When jumps backward were told of, and how long before that.
struct EdgeClock {
  std::uint64_t last = 0, gap = 0;  // ticks; 0: not known
};

/// Processor clock ticks in a microsecond, as far as known: better from call to call in the first milliseconds.
double ticks_per_us();

/// Adds one call that was looked at and stands for those since the last one: as much as is returned. The function's
/// mutex is held.
Heat add_heat(Managed& managed, std::uint64_t elapsed);

/// Adds jumps backward, each as a call, with the time that has passed since the last time. A gap that is longer than
/// the one before counts as that one: between two calls, nobody is in the function. What the call takes as a whole is
/// added when it ends, too; so it may count twice. The function's mutex is held.
void add_edges(Managed& managed, std::uint64_t count);

/// Whether calls have cost as much as optimized code is worth. `factor`: of the thresholds.
bool is_worth_optimizing(const Heat& heat, const Policy& policy, double factor = 1);

/// The tier to ask for now, if any. The function's mutex is held.
std::optional<Tier> wanted_tier(const Managed& managed, const Policy& policy);

}  // namespace inlay::jit
