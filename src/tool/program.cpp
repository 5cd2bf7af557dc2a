// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/program.h"

#include <cstdio>

#include "inlay/aot.h"
#include "inlay/ir/load.h"
#include "tool/tool.h"

namespace inlay::tool {

namespace {

constexpr int AbortStatus = 134;  // as a shell tells SIGABRT, by which programs end that trap

}  // namespace

Result<void> prepare(ProgramOptions& options, Stages* stages) {
  INLAY_TRY_VOID(sort_files(options));
  if (options.runtimes.empty()) return {};
  EmbedOptions embedding;
  embedding.compile_flags = options.runtime_flags;
  embedding.cxx_flags = {"-std=c++20"};
  StageClock clock(stages);
  INLAY_TRY_VOID(aot::load_runtime(options.runtimes, embedding));
  clock.done("runtime");
  return {};
}

Result<ir::Module> load_program(const ProgramOptions& options) {
  INLAY_TRY(ir::Module module, ir::Module::create());
  INLAY_TRY_VOID(ir::load(module, options.programs));
  return module;
}

int fail_run(const Error& error) {
  if (error.kind() != ErrorKind::Trap) return fail(error);
  const std::string place = error.place().known() ? error.place().to_string() + ": " : "";
  std::fprintf(stderr, "%strap: %s\n", place.c_str(), error.message().c_str());
  return AbortStatus;
}

}  // namespace inlay::tool
