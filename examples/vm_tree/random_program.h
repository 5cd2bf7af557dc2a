// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs for comparing engines: every kind of node, loops, calls of functions and of function values, recursion,
// arrays, and now and then something that cannot go well.
#pragma once

#include <cstdint>
#include <string>

namespace vm_tree {

struct RandomProgram {
  std::string text;
  std::int64_t fuel = 0;  // give it this much and it ends soon
};

/// The same for the same seed, on every machine.
RandomProgram random_program(std::uint64_t seed);

}  // namespace vm_tree
