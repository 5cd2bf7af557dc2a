// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiled.h"

#include <stdexcept>
#include <utility>

#include "inlay/inlay.h"

namespace vm_stack {
namespace {

template <class T>
T value_or_throw(inlay::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
  return std::move(result).value();
}

/// One for the whole process: starting an engine takes longer than compiling a program.
const inlay::Jit& jit() {
  static const inlay::Jit engine = value_or_throw(inlay::Jit::create());
  return engine;
}

}  // namespace

Compiled compile(const Program& program, bool explain) {
  // The bytes, the functions and the struct that leads to both lie in memory that will not change.
  const inlay::Frozen<LoadedProgram> frozen = jit().freeze([&] { return LoadedProgram(program); }, {.name = "program"});
  const VmProgram* const view = &frozen->view();
  inlay::CompileOptions options;
  options.explain_code = explain;
  auto run = value_or_throw(jit().specialize_with(options, vm_interpret, inlay::constant(view), std::placeholders::_1));
  const bool compiled = run.compiled();
  std::string report = run.explain().to_text() + '\n';
  return {[run = std::move(run), frozen](Vm* vm) { return run(vm); }, std::move(report), compiled};
}

}  // namespace vm_stack
