// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The `inlay` command as it is started: without the library, for loading LLVM takes longer than a server takes to
// build. It asks a server for what a server does, and becomes the whole command (main.cpp) for everything else. The two
// agree, because what is refused or in doubt here is left to the other.
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "inlay/serve.h"
#include "inlay/version.h"
#include "tool/build_options.h"
#include "tool/tool.h"

namespace {

using namespace inlay;

constexpr int CannotStart = 127;  // as a shell says it

/// What came of asking a server.
struct Asked {
  std::optional<int> exit_code;  // it is done
  bool whole = false;            // a server cannot; nor can anybody from the code of single functions
};

Asked ask_server(int argc, char** argv) {
  CLI::App app;
  const auto command = std::make_shared<tool::BuildCommand>();
  tool::add_build_options(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError&) {
    return {};
  }
  if (!tool::sort_files(command->program) || !command->program.runtimes.empty()) return {};
  tool::settle(*command);
  if (!command->build.server) return {};
  const Result<std::optional<aot::BuildRequest>> request = aot::request_for(command->build);
  if (!request || !*request) return {};
  const Result<std::optional<aot::BuildReport>> report = aot::try_server(**request, command->build.socket);
  if (!report) {
    const ErrorKind why = report.error().kind();
    if (why == ErrorKind::Codegen || why == ErrorKind::UndefinedSymbol) return {.exit_code = {}, .whole = true};
    return {.exit_code = tool::fail(report.error())};
  }
  if (!*report) {
    if (!command->build.socket.empty())
      std::fprintf(stderr, "note: no server of this version listens at '%s'; this is built without one\n",
                   command->build.socket.c_str());
    return {};
  }
  Stages stages;
  for (const auto& [stage, milliseconds] : (*report)->times) stages.times.push_back({stage, milliseconds});
  const Result<void> finished = tool::finish(command->program, stages);
  return {.exit_code = finished ? 0 : tool::fail(finished.error())};
}

/// Where the whole command may lie: beside this one, or where it is installed. This one's own place is what the system
/// says, whatever name it was called by; without /proc, what it was started as.
std::vector<std::string> places_of_tool() {
  std::vector<std::string> files;
  for (const char* name : {"/proc/self/exe", reinterpret_cast<const char*>(::getauxval(AT_EXECFN))}) {
    if (!name) continue;
    const std::unique_ptr<char, decltype(&std::free)> path(::realpath(name, nullptr), &std::free);
    if (!path) continue;
    const std::string_view folder(path.get(), std::string_view(path.get()).rfind('/') + 1);
    for (const char* place : {INLAY_TOOL_NAME, INLAY_TOOL_FROM_BIN}) files.push_back(std::string(folder) + place);
  }
  return files;
}

int become_tool(const std::vector<char*>& arguments) {
  const std::vector<std::string> places = places_of_tool();
  for (const std::string& place : places) {
    ::execv(place.c_str(), arguments.data());
    if (errno == ENOENT || errno == ENOTDIR) continue;
    std::fprintf(stderr, "inlay: '%s' cannot be started: %s\n", place.c_str(), std::strerror(errno));
    return CannotStart;
  }
  std::fprintf(stderr, "inlay: '%s', which belongs to this program, is not there; install Inlay again\n",
               places.empty() ? INLAY_TOOL_FROM_BIN : places.back().c_str());
  return CannotStart;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (argc == 2 && command == "--version") {
    std::puts(INLAY_VERSION_STRING);
    return 0;
  }
  std::vector<char*> arguments(argv, argv + argc + 1);
  if (command == "build") {
    const Asked asked = ask_server(argc, argv);
    if (asked.exit_code) return *asked.exit_code;
    static char no_server[] = "--no-server", whole[] = "--whole";
    if (asked.whole) arguments.insert(arguments.begin() + 2, {no_server, whole});
  }
  return become_tool(arguments);
}
