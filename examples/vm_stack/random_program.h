// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs for comparing engines: small, wild, and ending under fuel.
#pragma once

#include <cstdint>

#include "program.h"

namespace vm_stack {

/// The program of a seed, the same on every machine. Most are tidy: statements that leave the stack as they found it,
/// with jumps between them, loops, calls, tables, indirect jumps and calls. Some faults happen there, too.
///
/// One in four is wild: jumps into instructions, bytes that mean nothing, values too many or too few. In those, no byte
/// is the opcode of floating-point arithmetic, because the bits of a NaN, which are the compiler's choice, would show.
/// Tidy ones do not look at the bits of a double.
Program random_program(std::uint64_t seed);

}  // namespace vm_stack
