// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as data: what the tables cost, and how good the code of kernels is that call a runtime written in C
// and index slices, against clang's at -O2 with the runtime in the same file.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "../common/measure.h"
#include "../common/output.h"
#include "inlay/ir.h"

/// As C passes an interface.
struct Shape {
  const void* object;
  double (*const* methods)(const void*);
};

extern "C" {
// kernels.inlay; a slice is passed as address and length.
std::int64_t hash(const std::uint8_t*, std::int64_t);
std::int32_t crc(const std::uint8_t*, std::int64_t);
std::int64_t words(const std::uint8_t*, std::int64_t);
std::int64_t sieve(std::uint8_t*, std::int64_t);
void matmul(const double*, std::int64_t, const double*, std::int64_t, double*, std::int64_t, std::int64_t);
std::int64_t clamped_sum(const std::int64_t*, std::int64_t, std::int64_t, std::int64_t);
void spectral(const double*, std::int64_t, double*, std::int64_t);
std::int64_t collatz(std::int64_t);
void sort(std::int64_t*, std::int64_t);
std::int64_t mandelbrot(std::int64_t, std::int64_t);
std::int64_t edit_distance(const std::uint8_t*, std::int64_t, const std::uint8_t*, std::int64_t, std::int32_t*,
                           std::int64_t);
std::int64_t binary_search(const std::int64_t*, std::int64_t, const std::int64_t*, std::int64_t);
void histogram(const std::uint8_t*, std::int64_t, std::int64_t*, std::int64_t);
std::int64_t hash_table(std::int64_t*, std::int64_t, const std::int64_t*, std::int64_t);
std::int64_t base64(const std::uint8_t*, std::int64_t, std::uint8_t*, std::int64_t);
void nbody(double*, std::int64_t, double);
std::int64_t numbers(const std::uint8_t*, std::int64_t);
void insertion_sort(std::int32_t*, std::int64_t);
double areas(const Shape*, std::int64_t);
// kernels.c
std::uint64_t c_hash(const std::uint8_t*, std::int64_t);
std::uint32_t c_crc(const std::uint8_t*, std::int64_t);
std::int64_t c_words(const std::uint8_t*, std::int64_t);
std::int64_t c_sieve(std::uint8_t*, std::int64_t);
void c_matmul(const double*, const double*, double*, std::int64_t);
std::int64_t c_clamped_sum(const std::int64_t*, std::int64_t, std::int64_t, std::int64_t);
void c_spectral(const double*, std::int64_t, double*, std::int64_t);
std::int64_t c_collatz(std::int64_t);
void c_sort(std::int64_t*, std::int64_t);
std::int64_t c_mandelbrot(std::int64_t, std::int64_t);
std::int64_t c_edit_distance(const std::uint8_t*, std::int64_t, const std::uint8_t*, std::int64_t, std::int32_t*,
                             std::int64_t);
std::int64_t c_binary_search(const std::int64_t*, std::int64_t, const std::int64_t*, std::int64_t);
void c_histogram(const std::uint8_t*, std::int64_t, std::int64_t*, std::int64_t);
std::int64_t c_hash_table(std::int64_t*, std::int64_t, const std::int64_t*, std::int64_t);
std::int64_t c_base64(const std::uint8_t*, std::int64_t, std::uint8_t*, std::int64_t);
void c_nbody(double*, std::int64_t, double);
std::int64_t c_numbers(const std::uint8_t*, std::int64_t);
void c_insertion_sort(std::int32_t*, std::int64_t);
double c_areas(const Shape*, std::int64_t);
}

namespace bench {
namespace {

using namespace inlay::ir;

/// A program of small functions, about half of them with a loop, as front ends make them. The instructions it has.
std::uint32_t build_program(Module& module, int functions) {
  module.reset();
  Builder b(module);
  const TypeId signature = module.signature({I64, I64}, I64);
  FunctionId before;
  for (int i = 0; i < functions; ++i) {
    char name[16];
    std::snprintf(name, sizeof name, "f%d", i);
    const FunctionId function = module.function(name, signature, FunctionExported);
    b.begin(function);
    Value x = b.parameter(0), y = b.parameter(1);
    x = b.add(b.mul(x, i + 3), y);
    y = b.bit_xor(b.shr(x, 7), y);
    if (i % 2 == 0) {
      const BlockId head = b.block({I64, I64}), body = b.block(), done = b.block();
      b.jump(head, {0, x});
      b.start(head);
      const Value counter = b.parameter(head, 0), sum = b.parameter(head, 1);
      b.branch(b.lt(counter, y), body, done);
      b.start(body);
      b.jump(head, {b.add(counter, 1), b.add(b.mul(sum, 31), counter)});
      b.start(done);
      b.ret(before ? b.call(before, {sum, y}) : sum);
    } else {
      const BlockId odd = b.block(), even = b.block();
      b.branch(b.eq(b.bit_and(x, 1), 0), even, odd);
      b.start(odd);
      b.ret(b.sub(b.rotl(x, 5), y));
      b.start(even);
      b.ret(before ? b.call(before, {y, x}) : y);
    }
    b.end();
    before = function;
  }
  return module.insts.count() - 1;
}

void measure_tables(Output& output) {
  const int functions = output.runs(10'000, 1'000);
  Module module = Module::create().value();
  std::vector<double> build, verifying, hashing;
  std::uint32_t instructions = 0;
  std::size_t bytes = 0;
  for (int round = 0; round < output.runs(25, 3); ++round) {
    double begin = thread_cpu_us();
    instructions = build_program(module, functions);
    build.push_back(thread_cpu_us() - begin);
    bytes = module.memory();
    begin = thread_cpu_us();
    const auto verified = verify(module);
    verifying.push_back(thread_cpu_us() - begin);
    if (!verified) return output.fail(verified.error().to_string());
    begin = thread_cpu_us();
    std::uint64_t sum = 0;
    Fingerprinter fingerprinter(module);
    for (std::uint32_t i = 1; i < module.functions.count(); ++i) sum += fingerprinter.of(FunctionId{i}).low;
    hashing.push_back(thread_cpu_us() - begin);
    if (sum == 0) output.note("the fingerprints cancel out");
  }
  const double n = instructions;
  output.table("Tables: " + std::to_string(functions) + " functions, " + std::to_string(instructions) + " instructions",
               {{"per instruction"}, {"measured", 2}, {"goal", 0}});
  output.row({"build, ns", median(build) * 1000 / n, 15.0});
  output.row({"verify, ns", median(verifying) * 1000 / n, 15.0});
  output.row({"fingerprint, ns", median(hashing) * 1000 / n, 5.0});
  output.row({"instructions and locations, bytes",
              static_cast<double>(module.insts.bytes() + module.locations.bytes()) / n, 20.0});
  output.row({"all tables, bytes", static_cast<double>(bytes) / n, 27.0});
  output.note("CPU time of this thread, medians.");
}

struct Kernel {
  std::string name;
  std::function<std::uint64_t()> inlay, c;  // what they compute, to be compared
};

template <class T>
std::uint64_t digest(const std::vector<T>& values) {
  std::uint64_t hash = 0;
  for (const T& value : values) {
    std::uint64_t bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    hash = (hash ^ bits) * 0x9e3779b97f4a7c15u;
  }
  return hash;
}

/// What the kernels work on.
struct Inputs {
  std::vector<std::uint8_t> text, flags;
  std::vector<std::int64_t> values, work, sorted, counts, table;
  std::vector<std::int32_t> row;
  std::vector<Shape> shapes;
  std::vector<double> a, b, c;
  std::int64_t size = 0;

  explicit Inputs(bool quick)
      : text(quick ? 50'000 : 1'000'000),
        flags(quick ? 100'000 : 2'000'000),
        values(quick ? 20'000 : 200'000),
        size(quick ? 60 : 240) {
    std::uint64_t state = 1;
    const auto next = [&] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
    for (auto& c : text) c = static_cast<std::uint8_t>(next() % 96 + 32);
    for (auto& v : values) v = static_cast<std::int64_t>(next());
    a.resize(static_cast<std::size_t>(size * size));
    for (auto& x : a) x = static_cast<double>(next() % 1000) / 100;
    b = a;
    c = a;
    sorted = values;
    std::sort(sorted.begin(), sorted.end());
    table.resize(1 << 18);
    row.resize(2'001);
    static constexpr double (*Square[])(const void*) = {
        [](const void* side) { return *static_cast<const double*>(side) * *static_cast<const double*>(side); }};
    static constexpr double (*Circle[])(const void*) = {[](const void* radius) {
      return *static_cast<const double*>(radius) * *static_cast<const double*>(radius) * 3;
    }};
    for (std::size_t i = 0; i < values.size(); ++i) shapes.push_back({&a[i % 64], next() % 2 == 0 ? Square : Circle});
  }
};

std::int64_t length(const auto& vector) { return static_cast<std::int64_t>(vector.size()); }

std::vector<Kernel> kernels(Inputs& in, bool quick) {
  const std::int64_t limit = quick ? 20'000 : 300'000, picture = quick ? 60 : 300;
  const auto as_bits = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const std::int64_t small = in.size * 8, part = quick ? 300 : 2'000, bodies = 200;
  return {
      {"hash", [&, as_bits] { return as_bits(hash(in.text.data(), length(in.text))); },
       [&] { return c_hash(in.text.data(), length(in.text)); }},
      {"crc", [&] { return std::uint64_t{static_cast<std::uint32_t>(crc(in.text.data(), length(in.text)))}; },
       [&] { return std::uint64_t{c_crc(in.text.data(), length(in.text))}; }},
      {"words", [&, as_bits] { return as_bits(words(in.text.data(), length(in.text))); },
       [&, as_bits] { return as_bits(c_words(in.text.data(), length(in.text))); }},
      {"sieve", [&, as_bits] { return as_bits(sieve(in.flags.data(), length(in.flags))); },
       [&, as_bits] { return as_bits(c_sieve(in.flags.data(), length(in.flags))); }},
      {"matmul",
       [&] {
         std::fill(in.c.begin(), in.c.end(), 0);
         matmul(in.a.data(), length(in.a), in.b.data(), length(in.b), in.c.data(), length(in.c), in.size);
         return digest(in.c);
       },
       [&] {
         std::fill(in.c.begin(), in.c.end(), 0);
         c_matmul(in.a.data(), in.b.data(), in.c.data(), in.size);
         return digest(in.c);
       }},
      {"clamped_sum", [&, as_bits] { return as_bits(clamped_sum(in.values.data(), length(in.values), 1000, 1 << 30)); },
       [&, as_bits] { return as_bits(c_clamped_sum(in.values.data(), length(in.values), 1000, 1 << 30)); }},
      {"spectral",
       [&, small] {
         spectral(in.a.data(), small, in.c.data(), in.size);
         return digest(in.c);
       },
       [&, small] {
         c_spectral(in.a.data(), small, in.c.data(), in.size);
         return digest(in.c);
       }},
      {"collatz", [limit, as_bits] { return as_bits(collatz(limit)); },
       [limit, as_bits] { return as_bits(c_collatz(limit)); }},
      {"sort",
       [&] {
         in.work = in.values;
         sort(in.work.data(), length(in.work));
         return digest(in.work);
       },
       [&] {
         in.work = in.values;
         c_sort(in.work.data(), length(in.work));
         return digest(in.work);
       }},
      {"mandelbrot", [picture, as_bits] { return as_bits(mandelbrot(picture, 200)); },
       [picture, as_bits] { return as_bits(c_mandelbrot(picture, 200)); }},
      {"edit_distance",
       [&, part, as_bits] {
         return as_bits(edit_distance(in.text.data(), part, in.text.data() + part, part, in.row.data(), part + 1));
       },
       [&, part, as_bits] {
         return as_bits(c_edit_distance(in.text.data(), part, in.text.data() + part, part, in.row.data(), part + 1));
       }},
      {"binary_search",
       [&, as_bits] {
         return as_bits(binary_search(in.sorted.data(), length(in.sorted), in.values.data(), length(in.values) / 10));
       },
       [&, as_bits] {
         return as_bits(c_binary_search(in.sorted.data(), length(in.sorted), in.values.data(), length(in.values) / 10));
       }},
      {"histogram",
       [&] {
         in.counts.assign(256, 0);
         histogram(in.text.data(), length(in.text), in.counts.data(), 256);
         return digest(in.counts);
       },
       [&] {
         in.counts.assign(256, 0);
         c_histogram(in.text.data(), length(in.text), in.counts.data(), 256);
         return digest(in.counts);
       }},
      {"hash_table",
       [&, as_bits] {
         return as_bits(hash_table(in.table.data(), length(in.table), in.values.data(), length(in.values)));
       },
       [&, as_bits] {
         return as_bits(c_hash_table(in.table.data(), length(in.table), in.values.data(), length(in.values)));
       }},
      {"base64",
       [&, as_bits] { return as_bits(base64(in.text.data(), length(in.text), in.flags.data(), length(in.flags))); },
       [&, as_bits] { return as_bits(c_base64(in.text.data(), length(in.text), in.flags.data(), length(in.flags))); }},
      {"nbody",
       [&, bodies] {
         in.c = in.a;
         nbody(in.c.data(), bodies, 0.01);
         return digest(in.c);
       },
       [&, bodies] {
         in.c = in.a;
         c_nbody(in.c.data(), bodies, 0.01);
         return digest(in.c);
       }},
      {"numbers", [&, as_bits] { return as_bits(numbers(in.text.data(), length(in.text))); },
       [&, as_bits] { return as_bits(c_numbers(in.text.data(), length(in.text))); }},
      {"insertion_sort",
       [&, part] {
         in.row.assign(in.values.begin(), in.values.begin() + part);
         insertion_sort(in.row.data(), part);
         return digest(in.row);
       },
       [&, part] {
         in.row.assign(in.values.begin(), in.values.begin() + part);
         c_insertion_sort(in.row.data(), part);
         return digest(in.row);
       }},
      {"areas", [&, as_bits] { return as_bits(static_cast<std::int64_t>(areas(in.shapes.data(), length(in.shapes)))); },
       [&, as_bits] { return as_bits(static_cast<std::int64_t>(c_areas(in.shapes.data(), length(in.shapes)))); }},
  };
}

void measure_kernels(Output& output) {
  Inputs inputs(output.quick());
  output.table("Kernels with runtime functions inlined (ms)",
               {{"kernel"}, {"program IR", 2}, {"clang -O2", 2}, {"IR/clang", 2}});
  for (const Kernel& kernel : kernels(inputs, output.quick())) {
    if (kernel.inlay() != kernel.c()) return output.fail(kernel.name + " computes something else than C");
    std::vector<double> ours, theirs;
    for (int round = 0; round < output.runs(31, 3); ++round) {
      const double begin = thread_cpu_us();
      kernel.inlay();
      const double middle = thread_cpu_us();
      kernel.c();
      ours.push_back(middle - begin);
      theirs.push_back(thread_cpu_us() - middle);
    }
    const double a = median(ours) / 1000, b = median(theirs) / 1000;
    output.row({kernel.name, a, b, a / b});
  }
  output.note("CPU time, medians of interleaved runs. Goal: 1.05 at most.");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  Output output("programs", argc, argv);
  measure_tables(output);
  measure_kernels(output);
  return output.finish();
}
