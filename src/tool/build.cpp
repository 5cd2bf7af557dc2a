// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay build: programs as executables, libraries, objects.
#include "inlay/build.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "tool/build_options.h"
#include "tool/program.h"
#include "tool/tool.h"

namespace inlay::tool {

namespace {

Result<void> build(BuildCommand& request) {
  Stages stages = watch(request.program);
  INLAY_TRY_VOID(prepare(request.program, &stages));
  settle(request);
  request.build.stages = &stages;
  INLAY_TRY_VOID(inlay::build(request.build));
  return finish(request.program, stages);
}

}  // namespace

void add_build_command(CLI::App& app, int& exit_code) {
  auto request = std::make_shared<BuildCommand>();
  add_build_options(app, request)->callback([request, &exit_code] {
    const Result<void> done = build(*request);
    exit_code = done ? 0 : fail(done.error());
  });
}

}  // namespace inlay::tool
