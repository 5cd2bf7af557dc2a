// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs from a seed, for comparing whatever runs programs: the same seed gives the same program.
#pragma once

#include <cstdint>

#include "inlay/ir/module.h"

namespace inlay::ir::test {

struct ProgramShape {
  unsigned functions = 6;
  unsigned statements = 12;  // of a function, without those that lie within others
};

/// A program that is verified and expanded. Its exported @main() -> i64 digests what its functions do to values and to
/// memory; it ends, by returning or by a trap, after some ten thousand instructions at most. Nothing in it depends on
/// what is undefined: addresses, the bits of a NaN.
Result<Module> generate_program(std::uint64_t seed, const ProgramShape& shape = {});

}  // namespace inlay::ir::test
