// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the subcommands share. Each adds itself to the command line, with what is to be done when it is called; that
// puts the exit code where `exit_code` is.
#pragma once

#include <string>
#include <vector>

#include "inlay/result.h"

namespace CLI {
class App;
}

namespace inlay::tool {

/// Prints the error; the exit code for it.
int fail(const Error& error);

/// With its quotes; what is not UTF-8 is replaced.
std::string json_string(const std::string& text);

void add_embed_command(CLI::App& app, int& exit_code);
void add_list_command(CLI::App& app, int& exit_code);
void add_cache_command(CLI::App& app, int& exit_code);
void add_build_command(CLI::App& app, int& exit_code);
/// `arguments`: what stood behind `--`, for the program.
void add_run_command(CLI::App& app, std::vector<std::string> arguments, int& exit_code);
void add_check_command(CLI::App& app, int& exit_code);
void add_print_command(CLI::App& app, int& exit_code);
void add_serve_command(CLI::App& app, int& exit_code);

}  // namespace inlay::tool
