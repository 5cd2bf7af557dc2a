// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code that written programs need and that no C library brings: written in the program IR (support/*.inlay), compiled
// once in a process for each architecture, when it is first needed.
#pragma once

#include <string>
#include <string_view>

#include "inlay/architecture.h"
#include "inlay/result.h"

#include <llvm/Support/MemoryBuffer.h>

namespace inlay::aot {

/// `inlay_trap` and what it needs, as bitcode. It refers to `inlay_functions` and `inlay_function_count` (trap.cpp).
Result<llvm::MemoryBufferRef> trap_bitcode(Architecture architecture);
/// The same as the text of a program.
std::string trap_program();

/// What LLVM's code may call without being asked to (memory, and what of IEEE 754 is no instruction everywhere), as a
/// static library. Lives as long as the process.
Result<llvm::MemoryBufferRef> support_archive(Architecture architecture);

}  // namespace inlay::aot
