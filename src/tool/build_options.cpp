// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/build_options.h"

#include <CLI/CLI.hpp>

namespace inlay::tool {

namespace {

const std::vector<std::pair<std::string, BuildForm>> Forms = {
    {"executable", BuildForm::Executable}, {"shared", BuildForm::SharedLibrary}, {"static", BuildForm::StaticLibrary},
    {"object", BuildForm::Object},         {"library", BuildForm::Library},
};

std::vector<std::string> names_of_forms() {
  std::vector<std::string> names;
  for (const auto& [name, form] : Forms) names.push_back(name);
  return names;
}

BuildForm form_of(const BuildCommand& request) {
  for (const auto& [name, form] : Forms)
    if (name == request.form) return form;
  const std::string& output = request.build.output;
  return output.ends_with(".so")         ? BuildForm::SharedLibrary
         : output.ends_with(".a")        ? BuildForm::StaticLibrary
         : output.ends_with(".o")        ? BuildForm::Object
         : output.ends_with(".inlaylib") ? BuildForm::Library
                                         : BuildForm::Executable;
}

Architecture architecture_of(const std::string& name) {
  for (unsigned i = 0; i < ArchitectureCount; ++i)
    if (to_string(static_cast<Architecture>(i)) == name) return static_cast<Architecture>(i);
  return Architecture::X86_64;
}

}  // namespace

void settle(BuildCommand& request) {
  BuildOptions& options = request.build;
  options.programs = request.program.programs;
  options.libraries.insert(options.libraries.begin(), request.program.objects.begin(), request.program.objects.end());
  options.level = level_of(request.program);
  options.form = form_of(request);
  options.architecture = architecture_of(request.architecture);
  options.whole = options.whole || !request.program.dumps.empty();
}

CLI::App* add_build_options(CLI::App& app, const std::shared_ptr<BuildCommand>& request) {
  CLI::App* command = app.add_subcommand("build", "Make an executable, a library or an object of a program");
  command->footer(
      "Examples:\n"
      "  inlay build hello.inlay -o hello\n"
      "  inlay build -g --runtime strings.cpp words.inlay -o words\n"
      "  inlay build --target aarch64 hello.inlay -o hello.arm\n"
      "  inlay build list.inlay -o list.inlaylib; inlay build main.inlay list.inlaylib -o main\n"
      "  inlay build --dump=optimize --time hello.inlay -o hello");
  add_program_options(*command, request->program);
  command->add_option("-o,--output", request->build.output, "The file to write")->required();
  command->add_option("--emit", request->form, "What to write (default: by the ending of the output)")
      ->check(CLI::IsMember(names_of_forms()));
  add_level_option(*command, request->program);
  command->add_flag("-g,--debug", request->build.debug, "With debug information");
  command->add_flag("-s,--strip", request->build.strip, "Without symbols");
  command->add_option("--target", request->architecture, "x86_64, aarch64 or riscv64 (default: x86_64)")
      ->check(CLI::IsMember({"x86_64", "aarch64", "riscv64"}));
  command->add_flag("--native", request->build.native, "For processors like this one");
  command->add_flag("--freestanding", request->build.freestanding,
                    "Without the C library, even if something external is needed");
  command->add_option("-l,--library", request->build.libraries, "A library to link with, as after cc's -l")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--profile", request->build.profile, "Lay code out by a profile (of llvm-profdata)");
  command->add_flag_callback(
      "--no-server", [request] { request->build.server = false; }, "Do not ask a running `inlay serve`");
  command->add_option("--socket", request->build.socket, "Where to ask it");
  // As one unit. It has no place in the help: who needs it is the light command (light.cpp).
  command->add_flag("--whole", request->build.whole)->group("");
  add_stage_options(*command, request->program);
  return command;
}

}  // namespace inlay::tool
