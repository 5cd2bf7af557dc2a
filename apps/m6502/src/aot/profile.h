// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run of a program tells that its bytes do not: where control comes to by pointers, which code is made or
// changed by the program itself.
#pragma once

#include <cstdint>

#include "aot/discover.h"
#include "inlay/m6502/image.h"
#include "inlay/result.h"

namespace inlay::m6502 {

/// Runs it for so many cycles, or to its end, and adds to `program` what it has seen. Programs of sim65 read nothing,
/// write nowhere, open no files and have no arguments but a name.
Result<void> profile(const Image& image, std::int64_t cycles, KnownProgram& program);

}  // namespace inlay::m6502
