// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Building programs again and again, each time only what has changed.
//
// A program (docs/guide/program-ir.md) is built into a static executable for x86-64 that needs nothing else. The
// machine code of each function is kept, by what it depends on, in a file and in the memory of a server, which also
// keeps the program itself. The executable is the same bytes whatever was kept, and whoever builds it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/build.h"
#include "inlay/level.h"
#include "inlay/result.h"

namespace inlay::aot {

struct BuildRequest {
  std::string directory = {};               // where names of files begin; empty: the current one
  std::vector<std::string> sources = {};    // texts of the program
  std::vector<std::string> libraries = {};  // `.inlaylib`
  std::string output = {};
  Level level = Level::O2;
  bool strip = false;
  bool native = false;  // for processors like this one
  /// Where code is kept between builds; empty: nowhere but in memory. A server uses its own.
  std::string store = {};
};

struct BuildReport {
  std::size_t functions = 0, compiled = 0, data = 0;
  std::uint64_t bytes = 0;  // of the file
  bool by_server = false;
  bool incremental = false;  // of the program, only functions that had changed were read and checked
  std::vector<std::pair<std::string, double>> times = {};  // what was done, in order, and milliseconds
};

/// What inlay::build() would ask for; nothing if the options are more than a BuildRequest can say. An error if the
/// output is one of the files that are read.
Result<std::optional<BuildRequest>> request_for(const BuildOptions& options);

/// Builds the program in this process.
Result<BuildReport> build_program(const BuildRequest& request);

/// Has a server build it. Nothing if there is none, it is another version of Inlay, or it went away in the middle: then
/// build_program() does the same. An error is the program's, and would be the same there; of the kinds Codegen and
/// UndefinedSymbol it says that this program takes more than pieces of code: inlay::build() may know.
/// `socket`: where the server listens; empty: default_socket().
Result<std::optional<BuildReport>> try_server(const BuildRequest& request, const std::string& socket = {});

struct ServeOptions {
  std::string socket = {};  // empty: default_socket()
  std::string store = {};   // where code is kept between servers; empty: nowhere
  std::uint64_t store_bytes = std::uint64_t{512} << 20;
  std::chrono::seconds idle = std::chrono::seconds(0);  // ends when nothing was asked for so long; 0: never
};

/// Serves users of this account, until SIGTERM or SIGINT comes (which are taken for as long as it runs; call it before
/// threads are started), or nothing was asked for too long. An error if another server listens there, or the place is
/// not ours alone.
Result<void> serve(const ServeOptions& options = {});

/// `$XDG_RUNTIME_DIR/inlay/server`, or else `/tmp/inlay-UID/server`.
std::string default_socket();

}  // namespace inlay::aot
