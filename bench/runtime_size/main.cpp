// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether compiling takes longer with a larger runtime. Runs the program beside it for each size (one_runtime.cpp), in
// turn, each time in a fresh process.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "../common/measure.h"
#include "../common/output.h"
#include "figures.h"

namespace bench {
namespace {

double seconds(const rusage& usage) {
  const auto one = [](const timeval& time) { return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6; };
  return one(usage.ru_utime) + one(usage.ru_stime);
}

constexpr std::array sizes = {10, 1000, 10000};

/// The CPU time of `inlay embed` and of the clangs it runs.
void measure_embedding(Output& output) {
  output.table("Embedding it (once)", {{"functions in the runtime"}, {"CPU s", 1}, {"object KiB", 0}});
  for (int size : sizes) {
    const std::string object =
        std::filesystem::temp_directory_path() / ("inlay_bench_" + std::to_string(getpid()) + ".o");
    const std::string command = "'" INLAY_COMMAND "' embed --name embedded --c++-flag=-std=c++20 --output '" + object +
                                "' '" GENERATED "/runtime_" + std::to_string(size) + ".cpp'";
    rusage before = {}, after = {};
    getrusage(RUSAGE_CHILDREN, &before);
    if (std::system(command.c_str()) != 0) return output.fail("inlay embed failed");
    getrusage(RUSAGE_CHILDREN, &after);
    output.row({std::to_string(size), seconds(after) - seconds(before),
                static_cast<double>(std::filesystem::file_size(object)) / 1024});
    std::filesystem::remove(object);
  }
}

int run(int argc, char** argv) {
  Output output("runtime_size", argc, argv);
  const std::filesystem::path folder = std::filesystem::path(own_path()).parent_path();
  std::array<std::array<std::vector<double>, Figures::Count>, sizes.size()> runs;
  for (int round = 0; round < output.runs(20, 3); ++round) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const std::string program = folder / ("bench_runtime_size_" + std::to_string(sizes[i]));
      const std::vector<double> numbers = numbers_from(program, "");
      if (numbers.size() != Figures::Count) return output.fail(program + " failed"), output.finish();
      for (int figure = 0; figure < Figures::Count; ++figure) runs[i][figure].push_back(numbers[figure]);
    }
  }
  output.table(
      "A chain of 10 functions out of a runtime of N (ms, " + std::to_string(runs[0][0].size()) + " processes)",
      {{"functions in the runtime"},
       {"before main", 2},
       {"create", 2},
       {"first", 2},
       {"f. look-up", 2},
       {"f. load", 2},
       {"f. special.", 2},
       {"other", 2},
       {"o. load", 2},
       {"o. special.", 2},
       {"again", 2}});
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::vector<Cell> cells = {std::to_string(sizes[i])};
    for (int figure = 0; figure < Figures::Count; ++figure) {
      cells.push_back((is_wall_time(figure) ? lower_quartile(runs[i][figure]) : median(runs[i][figure])) / 1000);
    }
    output.row(std::move(cells));
  }
  output.note("CPU time, medians; but look-up, load and specialize: wall time, lower quartiles.");
  output.note("first: the first optimize of the process; look-up is what is in no phase: the index is sorted then.");
  output.note("other: optimize of functions not used before. again: of the first functions with other constants.");
  if (!output.quick()) measure_embedding(output);
  return output.finish();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(argc, argv); }
