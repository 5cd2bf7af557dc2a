// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/heat.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "jit/managed.h"

namespace inlay::jit {

namespace {

constexpr std::uint32_t LongestInterval = 64;
constexpr std::uint64_t MostDoublings = 10;

}  // namespace

double ticks_per_us() {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point began = Clock::now();
  static const std::uint64_t first = detail::ticks();
  const double passed = std::chrono::duration<double, std::micro>(Clock::now() - began).count();
  constexpr double Enough = 100, Usual = 2500;
  return passed < Enough ? Usual : static_cast<double>(detail::ticks() - first) / passed;
}

void add_heat(Managed& managed, std::uint64_t elapsed) {
  // One call that had to wait for a core, or for memory, does not stand for all of them.
  const std::uint64_t usual = managed.last_sample ? std::min(elapsed, managed.last_sample) : elapsed;
  managed.last_sample = elapsed;
  managed.calls += managed.interval;
  managed.spent_ticks += static_cast<double>(elapsed) + static_cast<double>(usual) * (managed.interval - 1);
  managed.interval = std::min(managed.interval * 2, LongestInterval);
}

std::optional<Tier> wanted_tier(const Managed& managed, const Policy& policy) {
  if (policy.when == Policy::When::Never || managed.failure) return std::nullopt;
  const double factor = std::ldexp(1.0, static_cast<int>(std::min(managed.generation, MostDoublings)));
  const double spent_us = managed.spent_ticks / ticks_per_us();
  const Tier have = std::max(managed.tier(), managed.asked);
  const auto calls = static_cast<double>(managed.calls);
  const bool optimize =
      calls >= static_cast<double>(policy.optimize_calls) * factor && spent_us >= policy.optimize_us * factor;
  if (optimize && policy.highest == Tier::Optimized && have < Tier::Optimized) return Tier::Optimized;
  const bool quick = calls >= static_cast<double>(policy.quick_calls) * factor && spent_us >= policy.quick_us * factor;
  if (quick && policy.highest >= Tier::Quick && have < Tier::Quick) return Tier::Quick;
  return std::nullopt;
}

}  // namespace inlay::jit
