// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the subcommands share: each adds itself to the command line, and runs once that was read.
#pragma once

#include <memory>
#include <string>

#include "inlay/result.h"

namespace CLI {
class App;
}

namespace inlay::tool {

/// Prints the error; the exit code for it.
int fail(const Error& error);

/// With its quotes.
std::string json_string(const std::string& text);

struct CacheCommand {
  CLI::App* command = nullptr;
  CLI::App* verify = nullptr;
  CLI::App* repair = nullptr;
  CLI::App* clear = nullptr;
  std::string folder;
  bool json = false;
};
/// `inlay cache`. The options lie in what is returned.
std::unique_ptr<CacheCommand> add_cache_command(CLI::App& app);
/// The exit code.
int run(const CacheCommand& command);

}  // namespace inlay::tool
