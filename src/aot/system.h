// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The libraries of the system that every program may use, as files.
#pragma once

#include <string>
#include <vector>

#include "inlay/architecture.h"
#include "inlay/result.h"

namespace inlay::aot {

/// What loads a program that needs shared libraries, where it runs.
const char* interpreter_of(Architecture architecture);

struct SystemLibraries {
  std::vector<std::string> files;    // to link with, in order
  std::vector<std::string> missing;  // what would do for those not found: "libstdc++.so.6 (install libstdc++6)"
};

/// The shared libraries for C, mathematics, C++ and unwinding, and the static part of the C library if it is installed.
/// For another architecture than this machine's, from Debian's packages for cross compilation. An error if the C
/// library is not found.
Result<SystemLibraries> find_system_libraries(Architecture architecture);

/// The file for one of Options::libraries.
Result<std::string> find_library(const std::string& name, Architecture architecture);

}  // namespace inlay::aot
