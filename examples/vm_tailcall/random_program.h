// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs for comparing engines: every operation, loops, jumps to and fro, calls, computed places, and now and then
// something that cannot go well.
#pragma once

#include <cstdint>
#include <string>

#include "assembler.h"

namespace vm_tailcall {

struct RandomProgram {
  std::string text;
  Program program;
  std::int64_t fuel = 0;  // give it this much and it ends soon
  bool damaged = false;   // some bytes are not as the text says, so jumps may lead into instructions
};

/// The same for the same seed, on every machine.
RandomProgram random_program(std::uint64_t seed);

}  // namespace vm_tailcall
