// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay embed: a runtime's sources as an object with native code, bitcode and index.
#include <memory>

#include <CLI/CLI.hpp>

#include "inlay/runtime.h"
#include "tool/tool.h"

namespace inlay::tool {

void add_embed_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EmbedOptions>();
  CLI::App* embed = app.add_subcommand("embed", "Compile sources to an object with native code, bitcode and index");
  embed->add_option("--name", options->name, "The runtime's name")->required();
  embed->add_option("-o,--output", options->output, "The object file to write")->required();
  embed->add_option("--native", options->native_output,
                    "Write another object file with the native code alone, for programs written ahead of time");
  embed->add_option("--depfile", options->dependency_file, "Write what was read, in make's form");
  embed->add_option("--clang", options->clang, "The compiler (default: clang-22)");
  embed->add_option("--flag", options->compile_flags, "A flag for clang, as in --flag=-Iinclude")
      ->take_all()
      ->allow_extra_args(false);
  embed->add_option("--c++-flag", options->cxx_flags, "A flag for clang, for C++ sources only")
      ->take_all()
      ->allow_extra_args(false);
  embed->add_option("-O,--optimize", options->optimization, "Level of the native code")->default_str("-O2");
  embed->add_option("sources", options->sources, "C, C++ and .bc files")->required();
  embed->callback([options, &exit_code] {
    if (!options->optimization.starts_with("-O")) options->optimization = "-O" + options->optimization;
    const Result<void> done = inlay::embed(*options);
    exit_code = done ? 0 : fail(done.error());
  });
}

}  // namespace inlay::tool
