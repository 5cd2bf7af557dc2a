// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay check: whether programs are well-formed. inlay print: programs as text.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"
#include "inlay/lower.h"
#include "tool/program.h"
#include "tool/tool.h"

namespace inlay::tool {

namespace {

struct Request {
  ProgramOptions program;
  bool locations = false;
};

Result<ir::Module> load_checked(Request& request) {
  INLAY_TRY_VOID(prepare(request.program));
  INLAY_TRY(ir::Module module, load_program(request.program));
  INLAY_TRY_VOID(ir::verify(module));
  std::vector<ir::FunctionId> functions;
  for (std::uint32_t i = 1; i < module.functions.count(); ++i) functions.emplace_back(i);
  INLAY_TRY_VOID(check_externals(module, functions));
  return module;
}

int check(Request& request) {
  const Result<ir::Module> module = load_checked(request);
  return module ? 0 : fail(module.error());
}

int print(Request& request) {
  const Result<ir::Module> module = load_checked(request);
  if (!module) return fail(module.error());
  const std::string text = ir::print(*module, {.locations = request.locations});
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("check", "Say whether programs are well-formed");
  command->footer(
      "Examples:\n"
      "  inlay check hello.inlay\n"
      "  inlay check --runtime strings.cpp words.inlay    also whether the runtime's functions are declared as they "
      "are");
  add_program_options(*command, request->program);
  command->callback([request, &exit_code] { exit_code = check(*request); });
}

void add_print_command(CLI::App& app, int& exit_code) {
  auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("print", "Print programs and libraries as text");
  command->footer(
      "Examples:\n"
      "  inlay print list.inlaylib\n"
      "  inlay print --locations hello.inlay main.inlay    as one program, each instruction with its line");
  add_program_options(*command, request->program);
  command->add_flag("--locations", request->locations, "With source lines");
  command->callback([request, &exit_code] { exit_code = print(*request); });
}

}  // namespace inlay::tool
