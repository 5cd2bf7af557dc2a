// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How fast programs of the example interpreters are: as the interpreters run them, as what Inlay makes of interpreter
// and program, and by hand, at -O2. And what that costs: time to compile, and code.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <malloc.h>

#include "../common/measure.h"
#include "../common/output.h"
#include "subject.h"

namespace bench {
namespace {

/// One way of running a program.
struct Rival {
  Run run;
  std::vector<double> ms = {};
  std::string printed = {};

  void go() {
    const double start = thread_cpu_us();
    printed = run();
    ms.push_back((thread_cpu_us() - start) / 1e3);
  }
};

/// The median of the ratios of goes that ran one after the other.
double ratio(const Rival& dividend, const Rival& divisor) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(dividend.ms.size(), divisor.ms.size()); ++i)
    ratios.push_back(dividend.ms[i] / divisor.ms[i]);
  return median(std::move(ratios));
}

struct Cost {
  std::string name;
  double guest_instructions, compile_ms;
  inlay::Report report;
};

Cost compare(Output& output, const Subject& subject) {
  Specialized specialized;
  std::vector<double> compile_ms;
  for (int i = 0; i < output.runs(3, 1); ++i) {
    const double start = thread_cpu_us();
    specialized = subject.specialize({});
    compile_ms.push_back((thread_cpu_us() - start) / 1e3);
  }
  if (!specialized.report.compiled) output.fail(subject.name + ": not compiled\n" + specialized.report.to_text());

  Rival generic{subject.generic}, compiled{specialized.run}, by_hand{subject.handwritten};
  by_hand.go();  // to warm up
  compiled.go();
  by_hand.ms.clear();
  compiled.ms.clear();
  for (int round = 0; round < output.runs(9, 3); ++round) {
    if (round < output.runs(2, 1)) generic.go();  // takes long, and its ratios are large
    compiled.go();
    by_hand.go();
  }
  if (generic.printed != by_hand.printed || compiled.printed != by_hand.printed)
    output.fail(subject.name + ": results differ");
  output.row({subject.name, median(generic.ms), median(compiled.ms), median(by_hand.ms), ratio(generic, compiled),
              ratio(compiled, by_hand)});
  return {subject.name, static_cast<double>(subject.guest_instructions), median(std::move(compile_ms)),
          std::move(specialized.report)};
}

int run(int argc, char** argv) {
  // Memory that a run gives back stays with the process: no rival pays for getting it.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  Output output("interpreters", argc, argv);
  const inlay::Jit jit = value_or_throw(inlay::Jit::create());
  const char* only = std::getenv("BENCH_ONLY");  // a part of the names of the programs to run
  output.table(
      "Interpreters (ms of CPU time a run, medians)",
      {{"interpreter: program"}, {"generic", 1}, {"specialized", 2}, {"-O2", 2}, {"generic/s.", 1}, {"s./-O2", 2}});
  std::vector<Cost> costs;
  for (const auto subjects : {register_subjects, stack_subjects, tailcall_subjects, tree_subjects}) {
    for (const Subject& subject : subjects(jit))
      if (only == nullptr || subject.name.find(only) != std::string::npos) costs.push_back(compare(output, subject));
  }

  output.table("What that costs", {{"interpreter: program"},
                                   {"guest instructions", 0},
                                   {"compile ms", 1},
                                   {"us/g.i.", 0},
                                   {"specialize us/g.i.", 0},
                                   {"optimize us/g.i.", 0},
                                   {"emit us/g.i.", 0},
                                   {"IR/g.i.", 1},
                                   {"bytes/g.i.", 1}});
  for (const Cost& cost : costs) {
    const double count = cost.guest_instructions;
    output.row({cost.name, count, cost.compile_ms, cost.compile_ms * 1e3 / count, cost.report.specialize_us / count,
                cost.report.optimize_us / count, cost.report.emit_us / count, cost.report.instructions / count,
                static_cast<double>(cost.report.code_bytes) / count});
  }
  output.note("g.i.: guest instruction, of a tree a node. IR: LLVM's instructions before it optimizes them.");

  const EntryTimes entries = measure_entries(jit, output.runs(9, 2), output.runs(2'000'000, 20'000));
  output.table("A guest function that returns at once (ns a call)", {{"its entry()"}, {"ns", 1}});
  output.row({"nobody watches", entries.unwatched});
  output.row({"is counted", entries.counting});
  output.row({"leads into compiled code", entries.entering});
  return output.finish();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    return bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "interpreters: %s\n", error.what());
    return 1;
  }
}
