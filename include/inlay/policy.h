// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When functions are compiled, how well, and by whom: a value.
//
//   auto jit = inlay::Jit::create({.policy = inlay::Policy::hot()});   // functions start as they are and get faster
//
// What it says can be overridden from outside, by the environment variable INLAY_JIT: words with commas between them,
// each of which changes one thing (see Policy::parse()).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay {

/// How good the code is that calls of a function run.
enum class Tier : std::uint8_t {
  Original,   // what was handed over
  Quick,      // specialized, a few passes, fast instruction selection: Level::Quick
  Optimized,  // as CompileOptions::level says
};

std::string_view to_string(Tier tier);

struct Policy {
  enum class When : std::uint8_t {
    Now,    // optimize() and specialize() compile before they return
    Hot,    // they return the original, which is compiled when it turns out to be worth that
    Never,  // the original is the answer
  };
  When when = When::Now;

  /// The best code that is made.
  Tier highest = Tier::Optimized;

  // Of When::Hot, and of functions whose code was invalidated. A function is asked for when both its calls and the time
  // that was spent in them have passed the threshold. Time is measured in one call out of 64, more often in the
  // first ones, and in all that take long. Each invalidation of a function doubles its thresholds, up to 1024 times.
  std::uint64_t quick_calls = 2;
  double quick_us = 1'500;
  std::uint64_t optimize_calls = 2;
  double optimize_us = 6'000;

  /// Threads that compile in the background, at most; they are started by need. 0: the thread whose call has passed the
  /// threshold does, before that call returns.
  unsigned threads = 1;

  /// Functions that wait for Tier::Quick at the same time are compiled together, up to so many: that costs less for
  /// each. 1: one by one.
  unsigned batch = 16;

  // When these are used up, nothing more is compiled in the background or by counting.
  double budget_ms = std::numeric_limits<double>::infinity();              // of CPU time, altogether
  std::uint64_t budget_bytes = std::numeric_limits<std::uint64_t>::max();  // of code that is alive

  static Policy now() { return {}; }
  static Policy hot() {
    Policy policy;
    policy.when = When::Hot;
    return policy;
  }
  static Policy off() {
    Policy policy;
    policy.when = When::Never;
    return policy;
  }

  /// `base`, changed by words with commas between them:
  ///   off | now | hot        Policy::off() and so on
  ///   quick | optimized      the highest tier
  ///   threads=N, batch=N
  ///   quick-after=N[us|ms|s|calls], optimize-after=… (said twice: both thresholds hold)
  ///   budget=N[us|ms|s|B|K|M|G]
  /// InvalidArgument names the first word that is none of these, and what would do.
  static Result<Policy> parse(std::string_view words, Policy base);
};

}  // namespace inlay
