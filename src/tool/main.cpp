// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The `inlay` command: reads arguments, calls the library, prints what it answers. Exit codes: 0 done, 1 an error that
// the message explains, 2 wrong usage; `inlay run` ends as the program does.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "inlay/version.h"
#include "ir/text/near.h"
#include "tool/tool.h"

int main(int argc, char** argv) {
  using namespace inlay::tool;
  CLI::App app{"Inlay turns a runtime or an interpreter written in C++ into an optimizing compiler."};
  app.set_version_flag("--version", INLAY_VERSION_STRING);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  inlay run hello.inlay                               compile a program in this process, and run it\n"
      "  inlay build hello.inlay -o hello                    make an executable of it\n"
      "  inlay embed --name calc --output calc.o calc.cpp    embed a runtime: bitcode, index and native code\n"
      "  inlay list calc.o                                   what it holds\n"
      "  inlay list --json --verify ./program                every runtime in a program, all bytes checked\n"
      "  inlay cache list                                    compiled code that is kept on disk");

  // What follows `--` is none of our business: it belongs to the program that `inlay run` runs.
  std::vector<std::string> behind;
  if (argc > 1 && std::string_view(argv[1]) == "run") {
    char** const end = argv + argc;
    char** const dashes = std::find(argv, end, std::string_view("--"));
    if (dashes != end) behind.assign(dashes + 1, end);
    argc = static_cast<int>(dashes - argv);
  }

  int exit_code = 0;
  add_build_command(app, exit_code);
  add_run_command(app, std::move(behind), exit_code);
  add_check_command(app, exit_code);
  add_print_command(app, exit_code);
  add_serve_command(app, exit_code);
  add_embed_command(app, exit_code);
  add_list_command(app, exit_code);
  add_cache_command(app, exit_code);
  if (argc > 1 && *argv[1] != '-') {
    inlay::ir::Nearest nearest(argv[1]);
    const auto commands = app.get_subcommands({});
    for (const CLI::App* command : commands) nearest.offer(command->get_name());
    const auto is_meant = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
    if (std::none_of(commands.begin(), commands.end(), is_meant)) {
      std::fprintf(stderr, "unknown command '%s'%s\nRun with --help for more information.\n", argv[1],
                   nearest.suggestion().c_str());
      return 2;
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  // Answers that were not written are not given; what a program that runs here does is its own.
  if (exit_code == 0 && !app.got_subcommand("run") && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0))
    return fail({inlay::ErrorKind::File, std::string("standard output cannot be written: ") + std::strerror(errno)});
  return exit_code;
}
