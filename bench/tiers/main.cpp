// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a handle costs: calls through it in each tier beside direct calls, and a thousand closures of rising heat under
// each policy.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "../common/expressions.h"
#include "../common/measure.h"
#include "../common/output.h"
#include "inlay/inlay.h"
#include "mix.h"

extern "C" long handwritten_product(long x, long y);

namespace bench {
namespace {

using Handle = inlay::Function<long(long, long)>;

/// Nanoseconds of a call; each needs the result of the one before.
template <class Call>
double ns_per_call(long calls, const Call& call) {
  long value = 1;
  const double began = thread_cpu_us();
  for (long i = 0; i < calls; ++i) value = call(value & 1023, i);
  const double passed = thread_cpu_us() - began;
  volatile long sink = value;
  static_cast<void>(sink);
  return passed * 1000 / static_cast<double>(calls);
}

inlay::Policy counting_for_ever() {
  inlay::Policy policy = inlay::Policy::hot();
  policy.quick_calls = policy.optimize_calls = 1'000'000'000'000;
  return policy;
}

void measure_calls(Output& output) {
  const inlay::Jit off = inlay::Jit::create({.policy = inlay::Policy::off()}).value();
  const inlay::Jit hot = inlay::Jit::create({.policy = counting_for_ever()}).value();
  const inlay::Jit now = inlay::Jit::create().value();
  const auto make = [] { return make_expression(5, 3); };
  const auto tree = now.freeze(make);
  const Handle original = off.optimize(tree).value();
  const Handle counting = hot.optimize(tree).value();
  const Handle quick = hot.optimize(tree).value();
  quick.compile_now(inlay::Tier::Quick).value();
  const Handle optimized = now.optimize(tree).value();
  const Handle replaced = now.optimize(tree).value();
  replaced.invalidate();
  replaced.compile_now().value();
  // The same code without a handle.
  auto unit = inlay::Jit::unit("direct", &apply_expression, inlay::constant(tree.get()), std::placeholders::_1,
                               std::placeholders::_2);
  const inlay::Loaded loaded = now.load(std::move(unit).value()).value();
  auto* direct = loaded.function<long(long, long)>("direct");
  long (*volatile near_pointer)(long, long) = &handwritten_product;
  auto* near = near_pointer;

  const std::array<const char*, 7> names = {"a hand-written function, by its pointer",
                                            "compiled code, by its pointer",
                                            "handle: optimized",
                                            "handle: optimized, was invalidated before (behind the gate)",
                                            "handle: quick (counting, behind the gate)",
                                            "handle: original",
                                            "handle: original, counting"};
  std::array<std::vector<double>, 7> runs;
  const long calls = output.quick() ? 200'000 : 20'000'000;
  for (int run = 0; run < output.runs(9, 2); ++run) {
    std::size_t i = 0;
    runs[i++].push_back(ns_per_call(calls, [&](long x, long y) { return near(x, y); }));
    runs[i++].push_back(ns_per_call(calls, [&](long x, long y) { return direct(x, y); }));
    for (const Handle* handle : {&optimized, &replaced, &quick, &original, &counting})
      runs[i++].push_back(ns_per_call(calls, [&](long x, long y) { return (*handle)(x, y); }));
  }
  output.table("A call, in nanoseconds", {{"by", 0}, {"ns", 2}, {"more than direct", 2}});
  const double base = median(runs[1]);
  for (std::size_t i = 0; i < names.size(); ++i) output.row({names[i], median(runs[i]), median(runs[i]) - base});
  output.note("Counting costs the difference of the last two rows.");
}

void measure_batches(Output& output) {
  const int closures = output.quick() ? 64 : 1000;
  for (const int nodes : {5, 20}) {
    output.table(
        std::to_string(closures) + " closures of " + std::to_string(nodes) + " nodes to the quick tier, CPU time",
        {{"in one object", 0}, {"ms", 1}, {"of one by one", 3}});
    double alone = 0;
    for (const unsigned batch : {1u, 4u, 16u, 64u}) {
      inlay::Policy policy;
      policy.batch = batch;
      std::vector<double> runs;
      for (int run = 0; run < output.runs(5, 1); ++run) runs.push_back(quick_tier_ms(closures, nodes, policy));
      const double ms = lower_quartile(runs);
      if (batch == 1) alone = ms;
      output.row({"up to " + std::to_string(batch), ms, ms / alone});
    }
  }
}

void measure_mix(Output& output) {
  struct Rival {
    const char* name;
    inlay::Policy policy;
    std::vector<double> total, to_peak, compile;
  };
  inlay::Policy quick = inlay::Policy::now(), hot0 = inlay::Policy::hot(), hot1 = hot0, hot2 = hot0;
  quick.highest = inlay::Tier::Quick;
  hot0.threads = 0;
  hot2.threads = 2;
  std::vector<Rival> rivals = {{"never", inlay::Policy::off(), {}, {}, {}},
                               {"quick, at once", quick, {}, {}, {}},
                               {"optimized, at once", inlay::Policy::now(), {}, {}, {}},
                               {"when hot, in the calling thread", hot0, {}, {}, {}},
                               {"when hot, 1 thread", hot1, {}, {}, {}},
                               {"when hot, 2 threads", hot2, {}, {}, {}}};
  for (const double most : {1e4, 3e5, 5e6}) {
    MixShape shape;
    shape.most_calls = most;
    if (output.quick()) shape.closures = 50;
    for (Rival& rival : rivals) rival.total.clear(), rival.to_peak.clear(), rival.compile.clear();
    for (int run = 0; run < output.runs(5, 1); ++run)
      for (Rival& rival : rivals) {
        const MixTimes times = run_mix(shape, rival.policy);
        rival.total.push_back(times.total_ms);
        rival.to_peak.push_back(times.to_peak_ms);
        rival.compile.push_back(times.compile_ms);
      }
    double best = 1e300;
    for (std::size_t i = 0; i < 3; ++i) best = std::min(best, lower_quartile(rivals[i].total));
    output.table(
        std::to_string(shape.closures) + " closures, from 1 call to " + std::to_string(static_cast<long>(most)),
        {{"policy", 0}, {"total ms", 1}, {"of the best fixed", 3}, {"ms to 90 % of peak", 1}, {"compiling ms", 1}});
    for (Rival& rival : rivals)
      output.row({rival.name, lower_quartile(rival.total), lower_quartile(rival.total) / best,
                  lower_quartile(rival.to_peak), median(rival.compile)});
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Output output("tiers", argc, argv);
  bench::measure_calls(output);
  bench::measure_batches(output);
  bench::measure_mix(output);
  return output.finish();
}
