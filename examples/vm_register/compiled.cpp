// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compiled.h"

#include <stdexcept>
#include <utility>

#include "inlay/inlay.h"

namespace vm_register {
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
  // A copy whose functions and constants lie in memory that will not change.
  const inlay::Frozen<Program> frozen = jit().freeze([&] { return program; }, {.name = "program"});
  using namespace std::placeholders;
  const std::uint32_t first = 0;
  inlay::CompileOptions options;
  options.explain_code = explain;
  auto run = value_or_throw(
      jit().specialize_with(options, interpret, inlay::constant(frozen), inlay::constant(first), _1, _2));
  const bool compiled = run.compiled();
  std::string report = run.explain().to_text() + '\n';
  return {[run = std::move(run), frozen](Machine& machine, const std::int64_t* arguments) {
            return run(machine, arguments);
          },
          std::move(report), compiled};
}

Hot compile_when_hot(const Program& program) {
  const inlay::Frozen<Program> frozen = jit().freeze([&] { return program; }, {.name = "program"});
  const inlay::HotCode hot = value_or_throw(jit().compile_hot(interpret));
  return {[frozen, hot](Machine& machine, const std::int64_t* arguments) {
            return interpret(*frozen, 0, machine, arguments);
          },
          [hot] {
            std::string text;
            for (const inlay::HotEntry& entry : hot.entries())
              text += "entered " + std::to_string(entry.entered) + " times at byte " + std::to_string(entry.at) + ": " +
                      entry.report.to_text() + '\n';
            return text;
          }};
}

}  // namespace vm_register
