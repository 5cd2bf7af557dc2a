// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program in this process does that cannot go on.
#pragma once

#include <stdexcept>

#include "inlay/result.h"

namespace inlay {

/// Thrown through the program's functions to whoever called them, where compiled code traps.
class Trapped : public std::runtime_error {
 public:
  explicit Trapped(Error error);
  ~Trapped() override;

  /// ErrorKind::Trap, what happened and in which function, with file and line if known: as an Interpreter says it.
  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace inlay
