// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the environment says about a Jit.
#pragma once

#include <string>

#include "inlay/options.h"

namespace inlay::jit {

struct Environment {
  std::string trace_file;  // where the trace is written when the engine goes; empty: nowhere
};

/// Changes the options as the words in INLAY_JIT say; see docs/guide/tiers.md. InvalidArgument for words that mean
/// nothing.
Result<Environment> apply_environment(JitOptions& options);

}  // namespace inlay::jit
