// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How fast compiled closures are: four shapes of closures and six programs, each as plain closures, as what Inlay
// compiled from them, and hand-written in C++. All take their two inputs by value, through one indirect call.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "../common/measure.h"
#include "../common/output.h"
#include "handwritten.h"
#include "shapes.h"

namespace bench {
namespace {

constexpr int input_count = 16;

template <class T>
struct Program {
  Which which;
  const char* name;
  T (*Handwritten::*handwritten)(T, T);
  T first_x, step_x, first_y, step_y;  // the inputs
};

constexpr Program<long> integer_programs[] = {
    {Which::Expression, "integer expression", &Handwritten::expression, 1, 7, 3, 5},
    {Which::Branches, "loop with branches", &Handwritten::branches, 1000, 1, 0, 1},
    {Which::Statements, "statements", &Handwritten::statements, 1, 7, 3, 5},
    {Which::Recursion, "recursion", &Handwritten::recursion, 14, 0, 0, 1},
};
constexpr Program<double> double_programs[] = {
    {Which::DoubleExpression, "double expression", &Handwritten::double_expression, 1, 0.5, 3, 0.25},
    {Which::While, "while in doubles", &Handwritten::while_loop, 1000, 1, 1, 0.25},
};

/// One way of running a program.
template <class T, class Call>
struct Rival {
  Call call;
  long calls = 1;                  // in one go
  std::vector<double> go_ns = {};  // of one call, for each go
  T sum = {};                      // of the results of the first go's first calls

  void go(const Program<T>& program) {
    std::array<T, input_count> x, y;
    for (int i = 0; i < input_count; ++i) {
      x[i] = program.first_x + static_cast<T>(i) * program.step_x;
      y[i] = program.first_y + static_cast<T>(i) * program.step_y;
    }
    T total = {};
    const double start = thread_cpu_us();
    for (long k = 0; k < calls; ++k) total += call(x[k % input_count], y[k % input_count]);
    go_ns.push_back((thread_cpu_us() - start) * 1e3 / static_cast<double>(calls));
    sum = total;
  }

  /// Chooses the number of calls so that a go takes about `us`, and leaves the sum of the inputs' results in `sum`.
  void warm_up(const Program<T>& program, double us) {
    calls = input_count;
    go(program);
    const T checked = sum;
    while (go_ns.back() * static_cast<double>(calls) < us * 1e3) {
      calls *= 2;
      go(program);
    }
    go_ns.clear();
    sum = checked;
  }
};

template <class T, class Call>
Rival<T, Call> rival(const Program<T>&, Call call) {
  return {std::move(call)};
}

/// Interleaved, so that a slow moment of the machine meets all rivals.
template <class T, class... Rivals>
void race(const Output& output, const Program<T>& program, Rivals&... rivals) {
  const double us = output.quick() ? 100 : 1500;
  (rivals.warm_up(program, us), ...);
  const auto sums = {rivals.sum...};
  for (int round = 0; round < output.runs(41, 5); ++round) (rivals.go(program), ...);
  for (T sum : sums) {
    if (sum != *sums.begin()) const_cast<Output&>(output).fail(std::string(program.name) + ": results differ");
  }
}

/// The median of the ratios of goes that ran one after the other.
template <class A, class B>
double ratio(const A& dividend, const B& divisor) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < dividend.go_ns.size(); ++i) ratios.push_back(dividend.go_ns[i] / divisor.go_ns[i]);
  return median(std::move(ratios));
}

template <class T, class Plain, class Compiled>
void compare(Output& output, const char* shape, const Program<T>& program, Plain plain_call, Compiled compiled_call) {
  // Read anew at each call, so that the host's compiler does not know what it calls.
  using Pointer = T (*volatile)(T, T);
  Pointer o2_call = handwritten_o2.*program.handwritten;
  Pointer o3_call = handwritten_o3.*program.handwritten;
  Pointer native_call = handwritten_native.*program.handwritten;
  Pointer far_call = handwritten_far.*program.handwritten;
  auto plain = rival(program, std::move(plain_call));
  auto compiled = rival(program, std::move(compiled_call));
  auto o2 = rival(program, [&](T x, T y) { return o2_call(x, y); });
  auto o3 = rival(program, [&](T x, T y) { return o3_call(x, y); });
  auto native = rival(program, [&](T x, T y) { return native_call(x, y); });
  auto far = rival(program, [&](T x, T y) { return far_call(x, y); });
  race(output, program, plain, compiled, o2, far, o3, native);
  output.row({std::string(program.name) + ", " + shape, median(plain.go_ns), median(compiled.go_ns), median(o2.go_ns),
              median(far.go_ns), median(o3.go_ns), median(native.go_ns), ratio(plain, compiled), ratio(compiled, o2),
              ratio(compiled, far), ratio(compiled, o3)});
}

template <class T>
auto compiled_or_fail(Output& output, inlay::Result<inlay::Function<T(T, T)>> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().to_string().c_str()), std::exit(1);
  if (!result->compiled()) output.fail(result->explain().to_text());
  return *std::move(result);
}

template <class T>
void compare_shapes(Output& output, const inlay::Jit& jit, const Program<T>& program) {
  const auto functions = jit.freeze([&] { return make_functions<T>(program.which); });
  compare(
      output, "std::function", program, [&](T x, T y) { return (*functions)(x, y); },
      compiled_or_fail<T>(output, jit.optimize(functions)));

  const Lambdas<T> lambdas = make_lambdas<T>(jit, program.which);
  compare(
      output, "lambdas", program, [&](T x, T y) { return lambdas.run(lambdas.lambda, x, y); },
      compiled_or_fail<T>(output, lambdas.compiled));

  const auto structs = jit.freeze([&] { return make_structs<T>(program.which); });
  compare(
      output, "structs", program, [&](T x, T y) { return structs->run(structs.get(), x, y); },
      compiled_or_fail<T>(output, jit.optimize(structs->run, structs)));

  const auto nodes = jit.freeze([&] { return make_nodes<T>(program.which); });
  compare(
      output, "virtual nodes", program, [&](T x, T y) { return (*nodes)->run(x, y); },
      compiled_or_fail<T>(output, jit.optimize(nodes, &NodeProgram<T>::run)));
}

/// What a call through the handle costs: everything here returns its first input.
void compare_calls(Output& output, const inlay::Jit& jit) {
  const Program<long> program = {Which::Expression, "calls", &Handwritten::first, 1, 7, 3, 5};
  const auto closure = jit.freeze([] { return make_first(); });
  long (*volatile pointer)(long, long) = handwritten_o2.first;
  auto direct = rival(program, [](long x, long y) { return direct_first(x, y); });
  auto indirect = rival(program, [&](long x, long y) { return pointer(x, y); });
  long (*volatile far_pointer)(long, long) = handwritten_far.first;
  auto far = rival(program, [&](long x, long y) { return far_pointer(x, y); });
  auto handle = rival(program, compiled_or_fail<long>(output, jit.optimize(closure)));
  auto function = rival(program, [&](long x, long y) { return (*closure)(x, y); });
  race(output, program, direct, indirect, far, handle, function);
  output.table("What one call costs (ns, its share of the measuring loop included)",
               {{"long f(long x, long) { return x; }"}, {"ns", 2}, {"/direct", 2}});
  output.row({"direct call", median(direct.go_ns), 1.0});
  output.row({"function pointer", median(indirect.go_ns), ratio(indirect, direct)});
  output.row({"function pointer, into a .so", median(far.go_ns), ratio(far, direct)});
  output.row({"inlay::Function, compiled", median(handle.go_ns), ratio(handle, direct)});
  output.row({"std::function", median(function.go_ns), ratio(function, direct)});
}

int run(int argc, char** argv) {
  Output output("closures, host by " HOST_COMPILER, argc, argv);
  auto jit = inlay::Jit::create();
  if (!jit) return output.fail(jit.error().to_string()), output.finish();
  output.table("Closures, host compiled by " HOST_COMPILER " (ns a call, CPU time, medians)", {{"program, shape"},
                                                                                               {"plain"},
                                                                                               {"compiled"},
                                                                                               {"-O2"},
                                                                                               {"-O2 in .so"},
                                                                                               {"-O3"},
                                                                                               {"-O3 native"},
                                                                                               {"plain/c.", 1},
                                                                                               {"c./-O2", 2},
                                                                                               {"c./.so", 2},
                                                                                               {"c./-O3", 2}});
  for (const Program<long>& program : integer_programs) compare_shapes(output, *jit, program);
  for (const Program<double>& program : double_programs) compare_shapes(output, *jit, program);
  compare_calls(output, *jit);
  return output.finish();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(argc, argv); }
