// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/heat.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>

#include "jit/tiers/managed.h"

namespace inlay::jit {

namespace {

constexpr std::uint32_t LongestInterval = 64;
/// To look at a call costs as much as some tens of short ones; most functions are not called that often.
constexpr std::uint32_t IntervalGrowth = 4;

/// Looking at a call that takes longer than this costs next to nothing, so the next look is not put off. Few such calls
/// are worth compiling: who waits for the third one, or the seventh, waits long.
constexpr double LongCallUs = 20;

std::uint32_t some_number() { return static_cast<std::uint32_t>((detail::ticks() * 0x9E3779B97F4A7C15) >> 40); }

}  // namespace

double ticks_per_us() {
  static std::atomic<double> known = 0;  // once enough time has passed; asked for with each call that is looked at
  if (const double already = known.load(std::memory_order_relaxed); already > 0) return already;
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point began = Clock::now();
  static const std::uint64_t first = detail::ticks();
  const double passed = std::chrono::duration<double, std::micro>(Clock::now() - began).count();
  constexpr double Some = 100, Enough = 10'000, Usual = 2500;
  if (passed < Some) return Usual;
  const double rate = static_cast<double>(detail::ticks() - first) / passed;
  if (passed >= Enough) known.store(rate, std::memory_order_relaxed);
  return rate;
}

Heat add_heat(Managed& managed, std::uint64_t elapsed) {
  // One call that had to wait for a core, or for memory, does not stand for all of them.
  const std::uint64_t usual = managed.last_sample ? std::min(elapsed, managed.last_sample) : elapsed;
  managed.last_sample = elapsed;
  const Heat heat{managed.interval, static_cast<double>(elapsed) + static_cast<double>(usual) * (managed.interval - 1)};
  managed.heat += heat;
  const bool is_long = static_cast<double>(elapsed) / ticks_per_us() >= LongCallUs;
  managed.interval = is_long ? 1 : std::min(managed.interval * IntervalGrowth, LongestInterval);
  // Values that come in turn would be seen one and the same each time, and taken for all there is.
  if (managed.versions && managed.interval == LongestInterval)
    managed.interval -= some_number() % (LongestInterval / 2);
  return heat;
}

void add_edges(Managed& managed, std::uint64_t count) {
  EdgeClock& clock = managed.edges;
  const std::uint64_t now = detail::ticks();
  const std::uint64_t gap = clock.last && now > clock.last ? now - clock.last : 0;
  managed.heat += {count, static_cast<double>(std::min(gap, clock.gap))};
  clock = {now, gap};
}

namespace {

bool is_past(const Heat& heat, std::uint64_t calls, double us, double factor) {
  return static_cast<double>(heat.calls) >= static_cast<double>(calls) * factor &&
         heat.ticks / ticks_per_us() >= us * factor;
}

}  // namespace

bool is_worth_optimizing(const Heat& heat, const Policy& policy, double factor) {
  return is_past(heat, policy.optimize_calls, policy.optimize_us, factor);
}

std::optional<Tier> wanted_tier(const Managed& managed, const Policy& policy) {
  if (policy.when == Policy::When::Never || managed.failure) return std::nullopt;
  const double factor = std::ldexp(1.0, static_cast<int>(std::min<std::uint64_t>(managed.generation, MostDoublings)));
  const Tier have = std::max(managed.tier(), managed.asked);
  if (policy.highest == Tier::Optimized && have < Tier::Optimized && is_worth_optimizing(managed.heat, policy, factor))
    return Tier::Optimized;
  if (policy.highest >= Tier::Quick && have < Tier::Quick &&
      is_past(managed.heat, policy.quick_calls, policy.quick_us, factor))
    return Tier::Quick;
  return std::nullopt;
}

}  // namespace inlay::jit
