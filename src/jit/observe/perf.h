// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files that tell perf of compiled code.
#pragma once

#include <memory>
#include <string>

#include "inlay/jit_options.h"
#include "inlay/result.h"
#include "jit/observe/code_table.h"

namespace inlay::jit {

/// A file of this process, which all engines share. Safe from any thread.
class PerfFile {
 public:
  virtual ~PerfFile() = default;
  virtual void add(const CodeFunction& function, const std::string& code) = 0;
};

/// The file that the options ask for; null if they ask for none.
Result<std::shared_ptr<PerfFile>> perf_file(const JitOptions& options);

}  // namespace inlay::jit
