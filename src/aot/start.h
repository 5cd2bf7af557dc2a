// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What cc adds to every program from crt1.o and crtbegin.o, made here.
#pragma once

#include "codegen/emit.h"

namespace inlay::aot {

enum class Kind { Executable, SharedLibrary };

struct Start {
  Kind kind = Kind::Executable;
  Architecture architecture = Architecture::X86_64;
  bool freestanding = false;
  // Of a freestanding program:
  bool status = true;         // what `main` returns is the exit status; otherwise that is 0
  bool initializers = false;  // something is to be run before `main`
};

/// The object that a file begins with.
Result<codegen::Object> start_object(const Start& start);

}  // namespace inlay::aot
