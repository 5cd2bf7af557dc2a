// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compare.h"

#include "closures.h"
#include "compiled.h"
#include "files.h"
#include "handwritten.h"
#include "picture.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>

namespace calc {
namespace {

using Clock = std::chrono::steady_clock;

/// One way of running a program, and what its runs gave.
struct Way {
  const char* name;
  std::function<void(Env&)> run;
  std::vector<double> seconds;

  bool exists() const { return run != nullptr; }
  double median() {
    const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
  }
};

struct Row {
  std::string program;
  Way closures{"closures", {}, {}};
  Way compiled{"compiled", {}, {}};
  Way handwritten{"hand-written", {}, {}};
  double compile_seconds = 0;
  std::string fault;  // empty: all agreed
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What differs between the results of two runs; empty if nothing does.
std::string difference(const Env& left, const Env& right) {
  if (left.output() != right.output()) return "printed\n" + left.output() + "  and\n" + right.output();
  if (left.pictures().size() != right.pictures().size()) return "drew different numbers of pictures";
  for (std::size_t i = 0; i < left.pictures().size(); ++i) {
    const Picture& a = left.pictures()[i];
    const Picture& b = right.pictures()[i];
    const bool same_shape = a.width == b.width && a.height == b.height && a.channels == b.channels;
    if (a.file != b.file || !same_shape || a.pixels != b.pixels) return "drew " + a.file + " differently";
  }
  return {};
}

/// Runs all ways of a program in turn, again and again, so that a slow moment of the machine meets all of them.
/// Every result is compared with that of the first run.
void run_all(Row& row, const CompareOptions& options) {
  std::optional<Env> expected;
  for (int run = 0; run < options.runs; ++run) {
    for (Way* way : {&row.closures, &row.compiled, &row.handwritten}) {
      if (!way->exists()) continue;
      std::optional<Env> other;
      Env& env = expected ? other.emplace() : expected.emplace();
      const Clock::time_point start = Clock::now();
      way->run(env);
      way->seconds.push_back(seconds_since(start));
      if (other && row.fault.empty()) {
        const std::string found = difference(*expected, *other);
        if (!found.empty()) row.fault = std::string("closures and ") + way->name + ' ' + found;
      }
    }
  }
  if (!options.picture_folder.empty()) write_pictures(expected->pictures(), options.picture_folder);
}

Row measure(const std::string& file, const CompareOptions& options) {
  Row row;
  row.program = std::filesystem::path(file).stem().string();
  const std::string source = read_file(file);
  try {
    const syntax::Program program = syntax::parse(source);
    const Program closures = compile(program);
    row.closures.run = [&](Env& env) { run_program(closures, env); };
    const Clock::time_point start = Clock::now();
    row.compiled.run = compile_native(program).run;
    row.compile_seconds = seconds_since(start);
    row.handwritten.run = find_handwritten(row.program);
    run_all(row, options);
  } catch (const CalcError& error) {
    row.fault = describe(error, file, source);
  } catch (const std::exception& error) {
    row.fault = error.what();
  }
  return row;
}

void print_time(std::FILE* out, double seconds, const Way& way) {
  if (way.exists()) {
    std::fprintf(out, " %10.1f ms", seconds * 1e3);
  } else {
    std::fprintf(out, " %13s", "-");
  }
}

void print_ratio(std::FILE* out, double dividend, double divisor) {
  if (dividend > 0 && divisor > 0) {
    std::fprintf(out, " %12.2fx", dividend / divisor);
  } else {
    std::fprintf(out, " %13s", "-");
  }
}

}  // namespace

bool compare(const CompareOptions& options, std::FILE* out) {
  std::fprintf(out, "%-12s %13s %13s %13s %13s %13s %13s\n", "program", "closures", "compiled", "hand-written",
               "closures/", "compiled/", "compiling");
  std::fprintf(out, "%-12s %13s %13s %13s %13s %13s %13s\n", "", "", "", "", "compiled", "hand-written", "");
  bool agree = true;
  for (const std::string& file : options.programs) {
    Row row = measure(file, options);
    std::fprintf(out, "%-12s", row.program.c_str());
    if (!row.fault.empty()) {
      agree = false;
      std::fprintf(out, " FAILED: %s\n", row.fault.c_str());
      continue;
    }
    const double closures = row.closures.median();
    const double compiled = row.compiled.exists() ? row.compiled.median() : 0;
    const double handwritten = row.handwritten.exists() ? row.handwritten.median() : 0;
    print_time(out, closures, row.closures);
    print_time(out, compiled, row.compiled);
    print_time(out, handwritten, row.handwritten);
    print_ratio(out, closures, compiled);
    print_ratio(out, compiled, handwritten);
    print_time(out, row.compile_seconds, row.compiled);
    std::fprintf(out, "\n");
    std::fflush(out);
  }
  std::fprintf(out, agree ? "All results agree to the last bit.\n" : "Results do not agree.\n");
  return agree;
}

}  // namespace calc
