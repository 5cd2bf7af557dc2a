// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiled.h"

#include "closures.h"

#include "inlay/aot.h"
#include "inlay/inlay.h"

#include <stdexcept>
#include <utility>

namespace calc {
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

/// The closures of a program, constant from now on.
inlay::Frozen<Program> freeze(const syntax::Program& program) {
  return jit().freeze([&] { return compile(program); }, {.name = "program"});
}

}  // namespace

Compiled compile_native(const syntax::Program& program) {
  const inlay::Frozen<Program> closures = freeze(program);
  auto run = value_or_throw(jit().specialize(run_program, inlay::constant(closures), std::placeholders::_1));
  if (!run.compiled()) throw std::runtime_error(run.explain().to_text());
  std::string report = run.explain().to_text() + '\n';
  return {[run = std::move(run), closures](Env& env) { run(env); }, std::move(report)};
}

void build_executable(const syntax::Program& program, const std::string& file) {
  const inlay::Frozen<Program> closures = freeze(program);
  using namespace std::placeholders;
  inlay::Unit unit = value_or_throw(inlay::Jit::unit("main", run_main, inlay::constant(closures.get()), _1, _2));
  const inlay::Result<void> written = inlay::aot::write_executable(unit, file, {.libraries = {"png"}});
  if (!written) throw std::runtime_error(written.error().to_string());
}

}  // namespace calc
