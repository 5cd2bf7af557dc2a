// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What cc adds to every program from crt1.o and crtbegin.o, made here.
#pragma once

#include "codegen/emit.h"

namespace inlay::aot {

enum class Kind { Executable, SharedLibrary };

/// The object that a file of that kind begins with.
Result<codegen::Object> start_object(Kind kind);

}  // namespace inlay::aot
