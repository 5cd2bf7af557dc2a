// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialized.h"

#include <memory>
#include <utility>

#include "inlay/inlay.h"
#include "threaded.h"

namespace vm_tailcall {
namespace {

/// One for the whole process: starting an engine takes longer than compiling a program.
const inlay::Result<inlay::Jit>& jit() {
  static const inlay::Result<inlay::Jit> engine = inlay::Jit::create();
  return engine;
}

/// `run` for code that is constant from now on.
template <class T>
Runner specialize(Status (*run)(const T&, Vm&), const inlay::Frozen<T>& code, bool explain) {
  inlay::CompileOptions options;
  options.explain_code = explain;
  auto compiled = jit()->specialize_with(options, run, inlay::constant(code), std::placeholders::_1);
  if (!compiled) return {[=](Vm& vm) { return run(*code, vm); }, false, compiled.error().to_string()};
  const bool is_compiled = compiled->compiled();
  std::string report = compiled->explain().to_text();
  return {[function = *std::move(compiled)](Vm& vm) { return function(vm); }, is_compiled, std::move(report)};
}

}  // namespace

Runner interpreted(const Program& program, bool threaded) {
  auto code = std::make_shared<Code>(program.bytes, program.metered);
  if (!threaded) return {[code](Vm& vm) { return run(*code, vm); }, false, {}};
  auto cells = std::make_shared<ThreadedCode>(*code);
  return {[cells](Vm& vm) { return run_threaded(*cells, vm); }, false, {}};
}

Runner specialized(const Program& program, bool threaded, bool explain) {
  if (!jit()) {
    Runner runner = interpreted(program, threaded);
    runner.report = jit().error().to_string();
    return runner;
  }
  const Code code(program.bytes, program.metered);
  if (threaded)
    return specialize(run_threaded, jit()->freeze([&] { return ThreadedCode(code); }, {.name = "code"}), explain);
  return specialize(run, jit()->freeze([&] { return Code(program.bytes, program.metered); }, {.name = "code"}),
                    explain);
}

}  // namespace vm_tailcall
