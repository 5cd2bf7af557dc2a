// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs for comparing engines: small, wild, and ending under fuel.
#pragma once

#include "interpreter.h"

#include <cstdint>

namespace vm_register {

/// The program of a seed, the same on every machine. All instructions occur, in loops, over calls, with indirect jumps;
/// one program in four has malformed code. With little fuel it ends soon.
///
/// Registers 0 to 31 hold integers and 32 to 63 doubles, and no instruction looks at the bits of a double: a NaN's bits
/// are the compiler's choice. What the first function of a program without faults leaves in registers, it prints.
Program random_program(std::uint64_t seed);

}  // namespace vm_register
