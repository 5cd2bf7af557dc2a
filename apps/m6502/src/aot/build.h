// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executables of programs, compiled ahead of time: the regions that can be found before the program runs, the
// interpreter for all else, and src/player around them. They need neither Inlay nor LLVM.
#pragma once

#include <cstdint>
#include <string>

#include "aot/profile.h"
#include "inlay/m6502/image.h"
#include "inlay/result.h"

namespace inlay::m6502 {

struct BuildOptions {
  Variant variant = Variant::Nmos;
  /// Tells of code that only a run does; null: nothing does.
  const Profile* profile = nullptr;
  bool files = true;  // programs of sim65 may open files
  /// The library with the player and the interpreter that the executable takes its native code from; of this build.
  std::string player;
};

struct Built {
  std::size_t regions = 0, instructions = 0;
};

/// InvalidArgument for programs that executables cannot be of: cartridges of a NES.
Result<Built> build(const Image& image, const std::string& output, const BuildOptions& options);

}  // namespace inlay::m6502
