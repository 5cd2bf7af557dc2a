// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mix.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

#include "../common/expressions.h"
#include "../common/measure.h"

namespace bench {
namespace {

constexpr int Rounds = 200;

/// Calls of one closure in one round: their sum over the rounds is what its heat says.
long calls_in(double calls, int closure, int round) {
  const double offset = std::fmod(closure * 0.618, 1.0);  // not all cold ones in the same rounds
  return static_cast<long>(std::floor(calls * (round + 1) / Rounds + offset)) -
         static_cast<long>(std::floor(calls * round / Rounds + offset));
}

}  // namespace

MixTimes run_mix(const MixShape& shape, const inlay::Policy& policy) {
  const inlay::Jit jit = inlay::Jit::create({.policy = policy}).value();
  std::vector<inlay::Frozen<Expression>> trees;
  for (int i = 0; i < shape.closures; ++i)
    trees.push_back(jit.freeze([&] { return make_expression(shape.nodes, static_cast<unsigned>(i)); }));
  std::vector<double> round_ends;
  const double began = wall_us();
  std::vector<inlay::Function<long(long, long)>> functions;
  for (const auto& tree : trees) functions.push_back(jit.optimize(tree).value());
  const double made = wall_us();
  volatile long sink = 0;
  for (int round = 0; round < Rounds; ++round) {
    for (int i = 0; i < shape.closures; ++i) {
      const double calls = std::pow(shape.most_calls, static_cast<double>(i) / (shape.closures - 1));
      const auto& function = functions[static_cast<std::size_t>(i)];
      long sum = 0;
      for (long k = calls_in(calls, i, round); k > 0; --k) sum += function(k, round);
      sink = sink + sum;
    }
    round_ends.push_back(wall_us());
  }
  MixTimes times;
  times.total_ms = (round_ends.back() - began) / 1000;
  std::vector<double> rounds;
  double last = made;
  for (const double end : round_ends) rounds.push_back(end - last), last = end;
  std::vector<double> sorted = rounds;
  std::sort(sorted.begin(), sorted.end());
  const double best = sorted[Rounds / 20];
  std::size_t at = 0;
  while (at < rounds.size() && rounds[at] * 0.9 > best) ++at;
  times.to_peak_ms = ((at == 0 ? made : round_ends[at - 1]) - began) / 1000;
  times.compile_ms = jit.counters().compile_ms;
  return times;
}

double quick_tier_ms(int closures, int nodes, const inlay::Policy& given) {
  inlay::Policy policy = given;
  policy.when = inlay::Policy::When::Hot;
  policy.highest = inlay::Tier::Quick;
  policy.quick_calls = 1;
  policy.quick_us = 0;
  const inlay::Jit jit = inlay::Jit::create({.policy = policy}).value();
  std::vector<inlay::Frozen<Expression>> trees;
  std::vector<inlay::Function<long(long, long)>> functions;
  for (int i = 0; i < closures; ++i) {
    trees.push_back(jit.freeze([&] { return make_expression(nodes, static_cast<unsigned>(i)); }));
    functions.push_back(jit.optimize(trees.back()).value());
  }
  for (const auto& function : functions)
    for (int call = 0; call < 2; ++call) function(1, 2);  // the second one is looked at
  const auto count = static_cast<std::uint64_t>(closures);
  while (jit.counters().quick + jit.counters().failed < count)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return jit.counters().compile_ms;
}

}  // namespace bench
