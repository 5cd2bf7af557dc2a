// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The `inlay` command: reads arguments, calls the library, prints what it answers. Exit codes: 0 done, 1 an error that
// the message explains, 2 wrong usage.
#include <unistd.h>

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "inlay/runtime.h"
#include "inlay/version.h"
#include "tool/tool.h"

namespace inlay::tool {

int fail(const inlay::Error& error) {
  bool colour = isatty(STDERR_FILENO) != 0;
  std::fprintf(stderr, "%s%s%s\n", colour ? "\033[31m" : "", error.to_string().c_str(), colour ? "\033[0m" : "");
  return 1;
}

std::string json_string(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c), out += escaped;
    else
      out += c;
  }
  return out + '"';
}

}  // namespace inlay::tool

namespace {

using inlay::tool::fail;
using inlay::tool::json_string;

void print_json(const std::vector<inlay::RuntimeListing>& listings) {
  std::printf("[");
  for (std::size_t i = 0; i < listings.size(); ++i) {
    const inlay::RuntimeListing& l = listings[i];
    std::printf("%s{\"name\":%s,\"llvm\":%s,\"bytes\":%llu,\"chunks\":%u,\"symbols\":[", i ? "," : "",
                json_string(l.name).c_str(), json_string(l.llvm_version).c_str(),
                static_cast<unsigned long long>(l.image_bytes), l.chunks);
    for (std::size_t k = 0; k < l.symbols.size(); ++k) {
      const inlay::RuntimeSymbol& s = l.symbols[k];
      std::printf("%s{\"name\":%s,\"kind\":\"%s\",\"size\":%llu,\"defined\":%s,\"exported\":%s}", k ? "," : "",
                  json_string(s.name).c_str(), s.function ? "function" : "variable",
                  static_cast<unsigned long long>(s.size), s.defined ? "true" : "false", s.exported ? "true" : "false");
    }
    std::printf("]}");
  }
  std::printf("]\n");
}

void print_text(const std::vector<inlay::RuntimeListing>& listings) {
  for (const inlay::RuntimeListing& l : listings) {
    std::printf("runtime %s: %zu symbols in %u chunks, %llu bytes, LLVM %s\n", l.name.c_str(), l.symbols.size(),
                l.chunks, static_cast<unsigned long long>(l.image_bytes), l.llvm_version.c_str());
    for (const inlay::RuntimeSymbol& s : l.symbols) {
      const char* visible = !s.defined ? "undefined" : s.exported ? "exported" : "internal";
      std::printf("  %-9s %-8s %8llu %-12s  %s\n", visible, s.function ? "function" : "variable",
                  static_cast<unsigned long long>(s.size), s.function ? "instructions" : "bytes", s.demangled.c_str());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Inlay turns a runtime or an interpreter written in C++ into an optimizing compiler."};
  app.set_version_flag("--version", INLAY_VERSION_STRING);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  inlay embed --name calc --output calc.o calc.cpp    embed a runtime: bitcode, index and native code\n"
      "  inlay list calc.o                                   what it holds\n"
      "  inlay list --json --verify ./program                every runtime in a program, all bytes checked\n"
      "  inlay cache list                                    compiled code that is kept on disk");

  inlay::EmbedOptions options;
  std::vector<std::string> cxx_flags;
  CLI::App* embed = app.add_subcommand("embed", "Compile sources to an object with native code, bitcode and index");
  embed->add_option("--name", options.name, "The runtime's name")->required();
  embed->add_option("-o,--output", options.output, "The object file to write")->required();
  embed->add_option("--native", options.native_output,
                    "Write another object file with the native code alone, for programs written ahead of time");
  embed->add_option("--depfile", options.dependency_file, "Write what was read, in make's form");
  embed->add_option("--clang", options.clang, "The compiler (default: clang-22)");
  embed->add_option("--flag", options.compile_flags, "A flag for clang, as in --flag=-Iinclude")
      ->take_all()
      ->allow_extra_args(false);
  embed->add_option("--c++-flag", cxx_flags, "A flag for clang, for C++ sources only")
      ->take_all()
      ->allow_extra_args(false);
  embed->add_option("-O,--optimize", options.optimization, "Level of the native code")->default_str("-O2");
  embed->add_option("sources", options.sources, "C, C++ and .bc files")->required();

  std::string path;
  bool json = false, verify = false;
  CLI::App* list = app.add_subcommand("list", "Show the runtimes in an object, library or program");
  list->add_option("file", path, "The file")->required();
  list->add_flag("--json", json, "Print JSON");
  list->add_flag("--verify", verify, "Read and check every byte of the image");

  const auto cache = inlay::tool::add_cache_command(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  if (*cache->command) return inlay::tool::run(*cache);
  if (*embed) {
    options.cxx_flags = cxx_flags;
    if (!options.optimization.starts_with("-O")) options.optimization = "-O" + options.optimization;
    inlay::Result<void> done = inlay::embed(options);
    return done ? 0 : fail(done.error());
  }
  auto listings = inlay::list_runtimes(path, verify);
  if (!listings) return fail(listings.error());
  json ? print_json(*listings) : print_text(*listings);
  return 0;
}
