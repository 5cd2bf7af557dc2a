// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linking in this process, with LLD as a library.
#pragma once

#include <string>
#include <vector>

#include "aot/start.h"
#include "inlay/result.h"

#include <llvm/Support/MemoryBuffer.h>

namespace inlay::aot {

struct LinkJob {
  Start start;
  bool own_start = false;   // the program has its own `_start`
  std::string name;         // of the unit, for messages
  std::string shared_name;  // a shared library's own name (DT_SONAME)
  std::vector<llvm::MemoryBufferRef> objects;
  std::vector<llvm::MemoryBufferRef> archives;  // what of them is needed
  std::vector<std::string> libraries;           // as in Options
  std::vector<std::string> exports;             // of a shared library
  bool strip = false;
};

/// Writes the file at `path`. One link runs at a time in a process.
Result<void> link(const LinkJob& job, const std::string& path);

}  // namespace inlay::aot
