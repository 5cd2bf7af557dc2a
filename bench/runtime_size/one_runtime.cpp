// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One fresh process with one generated runtime: compiles chains of ten of its functions and prints the Figures.
#include <cstdio>
#include <cstdlib>

#include "../common/measure.h"
#include "figures.h"
#include "inlay/inlay.h"
#include "steps.h"

namespace bench {
namespace {

constexpr int chain_length = 10;

/// Ten functions from all over the runtime. Never deleted: it is given back with its region.
Step make_chain(int offset, long constant) {
  const Step* next = nullptr;
  for (int i = chain_length - 1;; --i) {
    const int at = (i * (step_function_count / chain_length) + offset) % step_function_count;
    const Step step = {step_functions[at], constant + i, next};
    if (i == 0) return step;
    next = new Step(step);
  }
}

struct Timed {
  double cpu = 0, wall = 0;
  inlay::Report report;
};

Timed optimize(const inlay::Jit& jit, int offset, long constant) {
  const auto chain = jit.freeze([&] { return make_chain(offset, constant); });
  const double cpu = thread_cpu_us(), wall = wall_us();
  const auto compiled = jit.optimize(chain->run, chain);
  const Timed timed = {thread_cpu_us() - cpu, wall_us() - wall, compiled ? compiled->explain() : inlay::Report()};
  if (!timed.report.compiled || (*compiled)(5) != chain->run(chain.get(), 5)) {
    std::fprintf(stderr, "not compiled: %s\n", timed.report.to_text().c_str());
    std::exit(1);
  }
  return timed;
}

int run() {
  double figures[Figures::Count];
  figures[Figures::BeforeMain] = process_cpu_us();
  const double start = thread_cpu_us();
  const auto jit = inlay::Jit::create();
  if (!jit) return std::fprintf(stderr, "%s\n", jit.error().to_string().c_str()), 1;
  figures[Figures::Create] = thread_cpu_us() - start;

  const Timed first = optimize(*jit, 0, 1);
  const inlay::Report& phases = first.report;
  figures[Figures::First] = first.cpu;
  figures[Figures::FirstLookUp] =
      first.wall - phases.load_us - phases.specialize_us - phases.optimize_us - phases.emit_us - phases.link_us;
  figures[Figures::FirstLoad] = phases.load_us;
  figures[Figures::FirstSpecialize] = phases.specialize_us;

  const Timed other = optimize(*jit, step_function_count / chain_length / 2, 100);
  figures[Figures::Other] = other.cpu;
  figures[Figures::OtherLoad] = other.report.load_us;
  figures[Figures::OtherSpecialize] = other.report.specialize_us;
  figures[Figures::Again] = optimize(*jit, 0, 1000).cpu;
  for (double figure : figures) std::printf("%g ", figure);
  return 0;
}

}  // namespace
}  // namespace bench

int main() { return bench::run(); }
