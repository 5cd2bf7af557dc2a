// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From files with programs to a file that runs: what `inlay build` does.
#pragma once

#include <string>
#include <vector>

#include "inlay/architecture.h"
#include "inlay/level.h"
#include "inlay/result.h"
#include "inlay/stages.h"

namespace inlay {

enum class BuildForm : std::uint8_t {
  Executable,
  SharedLibrary,
  StaticLibrary,
  Object,
  Library,  // .inlaylib: the program itself, not compiled
};

struct BuildOptions {
  std::vector<std::string> programs;   // .inlay and .inlaylib
  std::vector<std::string> libraries;  // objects, archives, shared libraries; names as after cc's -l
  std::string output;
  BuildForm form = BuildForm::Executable;
  Level level = Level::O2;
  Architecture architecture = Architecture::X86_64;
  bool debug = false;
  bool strip = false;
  bool native = false;
  /// An executable that needs nothing of any library is made without one, and without a dynamic linker. With this, all
  /// executables are; what is missing then is an error.
  bool freestanding = false;
  std::string profile = {};  // a file of llvm-profdata; empty: none
  /// All in one unit, so that `stages` sees each stage of it.
  bool whole = false;
  /// Whether a server is asked to do it (inlay/serve.h), and where it listens; empty: where servers listen.
  bool server = true;
  std::string socket = {};
  Stages* stages = nullptr;
};

/// Builds, with the runtimes of this process. The output appears whole or not at all; the same files and options give
/// the same bytes.
Result<void> build(const BuildOptions& options);

}  // namespace inlay
