// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the environment says about a Jit.
#pragma once

#include <string>
#include <string_view>

#include "inlay/jit_options.h"

namespace inlay::jit {

struct Environment {
  std::string trace_file;  // where the trace is written when the engine goes; empty: nowhere
};

/// The first of the words with commas between them, which is taken away from them. There is one until they are empty.
std::string_view take_word(std::string_view& words);

/// InvalidArgument for a policy that means nothing: what Policy::parse() would not take, if it could be said in words.
Result<void> check_policy(const Policy& policy);

/// Changes the options as the words in INLAY_JIT say; see docs/guide/tiers.md. InvalidArgument for words that mean
/// nothing.
Result<Environment> apply_environment(JitOptions& options);

}  // namespace inlay::jit
