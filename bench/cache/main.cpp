// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The first result of a fresh process, with a warm cache on disk, and beside it without a cache and with an empty one:
// the start of the process until main, the engine, the first function and the ones behind it.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "../common/expressions.h"
#include "../common/measure.h"
#include "../common/output.h"
#include "base/temporary_folder.h"
#include "codegen/target.h"
#include "inlay/inlay.h"

namespace bench {
namespace {

constexpr int Functions = 40;  // in a process, each another one
constexpr int Closures = 10;   // in a function

struct Process {
  double engine = 0;        // until there is a Jit, its cache opened
  double first_result = 0;  // until the first function was called, from before the engine
  double machines = 0;      // target machines made: 0 if LLVM was not needed
  double hits = 0;
  std::vector<double> times;  // of each function, from optimize to callable
};

/// The body of a fresh process.
int measure_one(const char* folder) {
  const double begin = wall_us();
  inlay::JitOptions options;
  if (*folder) options.cache = inlay::Cache::directory({.path = folder}).value();
  const inlay::Jit jit = inlay::Jit::create(options).value();
  const double engine = wall_us() - begin;
  double first = 0;
  std::string times;
  for (int i = 0; i < Functions; ++i) {
    const auto tree = jit.freeze([&] { return make_expression(Closures, static_cast<unsigned>(i)); });
    const double start = wall_us();
    const auto compiled = jit.optimize(tree);
    const bool good = compiled && compiled->compiled() && (*compiled)(5, 7) == (*tree)(5, 7);
    const double end = wall_us();
    if (!good) return 1;
    if (i == 0) first = end - start + engine;
    times += ' ' + std::to_string(end - start);
  }
  std::printf("%g %g %g %g%s\n", engine, first, static_cast<double>(inlay::codegen::machines_made()),
              static_cast<double>(options.cache.statistics().hits), times.c_str());
  return 0;
}

Process run_one(const std::string& folder) {
  const std::vector<double> numbers = numbers_from(own_path(), "--one '" + folder + "'");
  Process process;
  if (numbers.size() != 4 + Functions) return process;
  process.engine = numbers[0];
  process.first_result = numbers[1];
  process.machines = numbers[2];
  process.hits = numbers[3];
  process.times.assign(numbers.begin() + 4, numbers.end());
  return process;
}

double percentile(std::vector<double> values, double which) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(which * static_cast<double>(values.size() - 1))];
}

void add_row(Output& output, const std::string& name, const std::vector<Process>& processes) {
  std::vector<double> engine, first, later;
  double machines = 0, hits = 0;
  for (const Process& process : processes) {
    if (process.times.empty()) return output.fail("a fresh process failed");
    engine.push_back(process.engine);
    first.push_back(process.first_result);
    later.insert(later.end(), process.times.begin() + 1, process.times.end());
    machines += process.machines;
    hits += process.hits;
  }
  output.row({name, median(engine) / 1000, median(first) / 1000, percentile(later, 0.5) / 1000,
              percentile(later, 0.9) / 1000, machines / static_cast<double>(processes.size()),
              hits / static_cast<double>(processes.size())});
}

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  std::uint64_t sum = 0;
  for (const auto& item : std::filesystem::directory_iterator(folder)) sum += item.file_size();
  return sum;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  if (argc == 3 && std::strcmp(argv[1], "--one") == 0) return measure_one(argv[2]);
  if (argc == 2 && std::strcmp(argv[1], "--nothing") == 0) return std::puts("0") < 0;
  Output output("cache", argc, argv);
  const inlay::Result<inlay::base::TemporaryFolder> temporary = inlay::base::TemporaryFolder::make();
  if (!temporary) return output.fail(temporary.error().message()), output.finish();
  const std::string& folder = temporary->path();

  std::vector<double> starts;
  std::vector<Process> without, empty, warm;
  for (int i = 0; i < output.runs(20, 3); ++i) {
    const double begin = wall_us();
    (void)numbers_from(own_path(), "--nothing");
    starts.push_back(wall_us() - begin);
    without.push_back(run_one(""));
    std::filesystem::remove_all(folder);
    empty.push_back(run_one(folder));
    warm.push_back(run_one(folder));
  }
  output.table("Fresh processes, " + std::to_string(Functions) + " functions of " + std::to_string(Closures) +
                   " closures each (ms, wall time)",
               {{"cache"},
                {"engine", 2},
                {"engine + first result", 2},
                {"later function p50", 2},
                {"p90", 2},
                {"machines", 1},
                {"hits", 1}});
  add_row(output, "none", without);
  add_row(output, "empty", empty);
  add_row(output, "warm", warm);
  const auto text = [](double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.1f", value);
    return std::string(buffer);
  };
  output.note("A process of this program that does nothing takes " + text(median(starts) / 1000) +
              " ms, most of it for loading LLVM's library.");
  output.note("On disk: " + text(static_cast<double>(bytes_in(folder)) / Functions / 1024) + " KB a function.");
  output.note("Goals, with a warm cache: engine + first result within 15 ms, a function at p50 within 1 ms.");
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return output.finish();
}
