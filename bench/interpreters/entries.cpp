// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an entry() costs: a guest function that returns at once, by the interpreter and in compiled code.
#include "../../examples/vm_register/assembler.h"
#include "../../examples/vm_register/interpreter.h"
#include "../../examples/vm_register/run.h"
#include "../common/measure.h"
#include "subject.h"

namespace bench {

EntryTimes measure_entries(const inlay::Jit& jit, int runs, long calls) {
  using namespace vm_register;
  const inlay::Frozen<Program> program =
      jit.freeze([] { return assemble(".function main 1\n  ret r0\n").program.value(); });
  const auto ns_per_call = [&](long count) {
    double passed = 0;
    vm_register::run(*program, {3}, UINT64_MAX, [&](Machine& machine, const std::int64_t* given) {
      Status status = Status::Returned;
      const double began = thread_cpu_us();
      for (long i = 0; i < count; ++i) status = interpret(*program, 0, machine, given);
      passed = thread_cpu_us() - began;
      return status;
    });
    return passed * 1000 / static_cast<double>(count);
  };
  const auto measure = [&] {
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) times.push_back(ns_per_call(calls));
    return median(times);
  };
  EntryTimes times;
  times.unwatched = measure();
  {
    const inlay::HotCode hot = value_or_throw(jit.compile_hot(interpret, {.threshold = 2'000'000'000}));
    times.counting = measure();
  }
  const inlay::HotCode hot = value_or_throw(jit.compile_hot(interpret, {.threshold = 100}));
  ns_per_call(1000);
  times.entering = measure();
  check(!hot.entries().empty() && hot.entries()[0].entered > 0, "nothing was entered");
  return times;
}

}  // namespace bench
