// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scripts as they come from outside.
#pragma once

#include "commands.h"

#include <stdexcept>
#include <string>

namespace lox {

/// There is no script to be had. The message says what to do.
class NoInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a script: a file, or standard input if it is "-". Throws NoInput.
Source read_source(const std::string& file);

}  // namespace lox
