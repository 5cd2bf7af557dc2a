// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay list: what the runtimes in a file hold.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "inlay/runtime.h"
#include "tool/tool.h"

namespace inlay::tool {

namespace {

struct Request {
  std::string path;
  bool json = false;
  bool verify = false;
};

void print_json(const std::vector<RuntimeListing>& listings) {
  std::printf("[");
  for (std::size_t i = 0; i < listings.size(); ++i) {
    const RuntimeListing& l = listings[i];
    std::printf("%s{\"name\":%s,\"llvm\":%s,\"bytes\":%llu,\"chunks\":%u,\"symbols\":[", i ? "," : "",
                json_string(l.name).c_str(), json_string(l.llvm_version).c_str(),
                static_cast<unsigned long long>(l.image_bytes), l.chunks);
    for (std::size_t k = 0; k < l.symbols.size(); ++k) {
      const RuntimeSymbol& s = l.symbols[k];
      std::printf("%s{\"name\":%s,\"kind\":\"%s\",\"size\":%llu,\"defined\":%s,\"exported\":%s}", k ? "," : "",
                  json_string(s.name).c_str(), s.function ? "function" : "variable",
                  static_cast<unsigned long long>(s.size), s.defined ? "true" : "false", s.exported ? "true" : "false");
    }
    std::printf("]}");
  }
  std::printf("]\n");
}

void print_text(const std::vector<RuntimeListing>& listings) {
  for (const RuntimeListing& l : listings) {
    std::printf("runtime %s: %zu symbols in %u chunks, %llu bytes, LLVM %s\n", l.name.c_str(), l.symbols.size(),
                l.chunks, static_cast<unsigned long long>(l.image_bytes), l.llvm_version.c_str());
    for (const RuntimeSymbol& s : l.symbols) {
      const char* visible = !s.defined ? "undefined" : s.exported ? "exported" : "internal";
      std::printf("  %-9s %-8s %8llu %-12s  %s\n", visible, s.function ? "function" : "variable",
                  static_cast<unsigned long long>(s.size), s.function ? "instructions" : "bytes", s.demangled.c_str());
    }
  }
}

int run(const Request& request) {
  const Result<std::vector<RuntimeListing>> listings = list_runtimes(request.path, request.verify);
  if (!listings) return fail(listings.error());
  request.json ? print_json(*listings) : print_text(*listings);
  return 0;
}

}  // namespace

void add_list_command(CLI::App& app, int& exit_code) {
  auto request = std::make_shared<Request>();
  CLI::App* list = app.add_subcommand("list", "Show the runtimes in an object, library or program");
  list->add_option("file", request->path, "The file")->required();
  list->add_flag("--json", request->json, "Print JSON");
  list->add_flag("--verify", request->verify, "Read and check every byte of the image");
  list->callback([request, &exit_code] { exit_code = run(*request); });
}

}  // namespace inlay::tool
