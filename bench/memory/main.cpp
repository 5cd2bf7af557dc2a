// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a compiled function keeps: memory of the process before and after thousands of expressions of ten std::functions
// were frozen, compiled, and dropped again.
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "../common/expressions.h"
#include "../common/measure.h"
#include "../common/output.h"
#include "inlay/inlay.h"

namespace bench {
namespace {

constexpr int closures = 10;

/// What the kernel and the allocator say about this process, in bytes.
struct Memory {
  double resident = 0;
  double heap = 0;        // in use, as malloc counts
  double executable = 0;  // mapped, without files
  double mappings = 0;    // their number: the kernel allows 65,530
};

Memory memory_now() {
  malloc_trim(0);
  Memory memory;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line); ++memory.mappings) {
    unsigned long begin = 0, end = 0, inode = 0;
    char rights[5] = {};
    std::sscanf(line.c_str(), "%lx-%lx %4s %*s %*s %lu", &begin, &end, rights, &inode);
    if (rights[2] == 'x' && inode == 0) memory.executable += static_cast<double>(end - begin);
  }
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  memory.resident = resident * static_cast<double>(sysconf(_SC_PAGESIZE));
  const struct mallinfo2 info = mallinfo2();
  memory.heap = static_cast<double>(info.uordblks + info.hblkhd);
  return memory;
}

/// Rows of one table: absolute numbers, and the growth since the first row for each function.
class Account {
 public:
  explicit Account(Output& output, const std::string& title) : output_(output), start_(memory_now()) {
    output_.table(title, {{"state"},
                          {"RSS MiB"},
                          {"heap MiB"},
                          {"code MiB"},
                          {"mappings", 0},
                          {"RSS/fn", 0},
                          {"heap/fn", 0},
                          {"code/fn", 0},
                          {"maps/fn", 2}});
    add("warm", 0);
  }
  void add(const std::string& state, int functions) {
    const Memory now = memory_now();
    const double mib = 1 << 20;
    std::vector<Cell> cells = {state, now.resident / mib, now.heap / mib, now.executable / mib, now.mappings};
    for (double Memory::* field : {&Memory::resident, &Memory::heap, &Memory::executable, &Memory::mappings}) {
      cells.push_back(functions ? Cell((now.*field - start_.*field) / functions) : Cell(std::string("-")));
    }
    output_.row(std::move(cells));
  }

 private:
  Output& output_;
  Memory start_;
};

using Compiled = inlay::Function<long(long, long)>;

Compiled compile(Output& output, inlay::Result<Compiled> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().to_string().c_str()), std::exit(1);
  if (!result->compiled()) output.fail(result->explain().to_text());
  return *std::move(result);
}

std::string times(int count) { return std::to_string(count) + " trees "; }

/// Each tree frozen on its own, so that it can be dropped on its own.
void measure_own_regions(Output& output, const inlay::Jit& jit, const std::vector<int>& counts) {
  Account account(output, "Trees of " + std::to_string(closures) + " closures, each frozen by itself (bytes a tree)");
  std::vector<inlay::Frozen<Expression>> trees;
  trees.reserve(static_cast<std::size_t>(counts.back()));
  std::vector<Compiled> compiled;
  compiled.reserve(static_cast<std::size_t>(counts.back()));
  for (int count : counts) {
    for (int i = static_cast<int>(trees.size()); i < count; ++i) {
      trees.push_back(jit.freeze([&] { return make_expression(closures, static_cast<unsigned>(i)); }));
    }
    if (compiled.empty()) account.add(times(count) + "frozen", count);
    const double start = thread_cpu_us();
    const int before = static_cast<int>(compiled.size());
    for (int i = before; i < count; ++i) compiled.push_back(compile(output, jit.optimize(trees[i])));
    account.add(times(count) + "compiled", count);
    char text[80];
    std::snprintf(text, sizeof text, "  (%.2f ms CPU each, the last %d)",
                  (thread_cpu_us() - start) / 1e3 / (count - before), count - before);
    output.note(text);
  }
  const int all = counts.back();
  trees.clear();
  account.add("trees dropped, code kept", all);
  compiled.clear();
  account.add("code dropped, too", all);
}

/// All trees in one frozen region, as in a server that loads all its rules at once.
void measure_one_region(Output& output, const inlay::Jit& jit, int count) {
  Account account(output, "Trees of " + std::to_string(closures) + " closures, all frozen together (bytes a tree)");
  std::optional trees = jit.freeze([&] {
    std::vector<Expression> all;
    for (int i = 0; i < count; ++i) all.push_back(make_expression(closures, static_cast<unsigned>(i)));
    return all;
  });
  account.add(times(count) + "frozen", count);
  std::vector<Compiled> compiled;
  compiled.reserve(static_cast<std::size_t>(count));
  for (const Expression& tree : **trees) compiled.push_back(compile(output, jit.optimize(tree)));
  account.add(times(count) + "compiled", count);
  compiled.clear();
  account.add("code dropped", count);
  trees.reset();
  account.add("trees dropped, too", count);
}

/// What stays behind when functions come and go. At O0, where compiling is quickest.
void measure_churn(Output& output, const inlay::Jit& jit, int count) {
  inlay::CompileOptions options;
  options.level = inlay::Level::O0;
  Account account(output, "Trees of 2 closures, frozen, compiled and dropped one after the other (bytes a tree)");
  int done = 0;
  for (int until : {count / 10, count}) {
    const double start = thread_cpu_us();
    const int before = done;
    for (; done < until; ++done)
      compile(output,
              jit.optimize(jit.freeze([&] { return make_expression(2, static_cast<unsigned>(done)); }), options));
    account.add(std::to_string(until) + " compiled and dropped", until);
    char text[80];
    std::snprintf(text, sizeof text, "  (%.2f ms CPU each, the last %d)",
                  (thread_cpu_us() - start) / 1e3 / (done - before), done - before);
    output.note(text);
  }
}

[[gnu::noinline]] void throw_it(int value) { throw value; }

double throw_and_catch_us(int times) {
  const double start = thread_cpu_us();
  for (int i = 0; i < times; ++i) {
    try {
      throw_it(i);
    } catch (int) {
    }
  }
  return (thread_cpu_us() - start) / times;
}

/// What live functions cost those who throw, link and drop: their unwind information is registered.
void measure_exceptions(Output& output, const inlay::Jit& jit, int count) {
  inlay::CompileOptions options;
  options.level = inlay::Level::O0;
  output.table("Exceptions while functions live, and compiling and dropping one more (us CPU)",
               {{"live functions"}, {"throw first", 2}, {"throw", 2}, {"one more", 2}, {"drop it", 2}});
  std::vector<Compiled> live;
  for (int until = 0; until <= count; until = until ? until * 10 : count / 100) {
    while (static_cast<int>(live.size()) < until) {
      const auto seed = static_cast<unsigned>(live.size());
      live.push_back(compile(output, jit.optimize(jit.freeze([&] { return make_expression(2, seed); }), options)));
    }
    const double first = throw_and_catch_us(1), later = throw_and_catch_us(100);
    double make = 0, drop = 0;
    for (int i = 0; i < 20; ++i) {
      const double begin = thread_cpu_us();
      auto one = std::make_optional(
          compile(output, jit.optimize(jit.freeze([&] { return make_expression(2, 77); }), options)));
      const double made = thread_cpu_us();
      one.reset();
      make += (made - begin) / 20;
      drop += (thread_cpu_us() - made) / 20;
    }
    output.row({std::to_string(until), first, later, make, drop});
  }
}

int run(int argc, char** argv) {
  Output output("memory", argc, argv);
  auto jit = inlay::Jit::create();
  if (!jit) return output.fail(jit.error().to_string()), output.finish();
  // What is set up once is no function's.
  for (unsigned seed = 0; seed < 50; ++seed) {
    compile(output, jit->optimize(jit->freeze([&] { return make_expression(closures, seed); })));
  }
  // The smaller one first: what it leaves behind is memory that the other one could use again.
  measure_one_region(output, *jit, output.runs(1000, 100));
  measure_own_regions(output, *jit, output.quick() ? std::vector{100, 300} : std::vector{1000, 10000});
  measure_churn(output, *jit, output.runs(100'000, 1000));
  measure_exceptions(output, *jit, output.runs(20'000, 1000));
  return output.finish();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(argc, argv); }
