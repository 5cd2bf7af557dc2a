// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C programs of programs/, compiled by clang -O2 for this machine, each with a name of its own for main.
#pragma once

#include <string_view>

namespace inlay::m6502 {

/// Null if there is none of that name.
int (*native_program(std::string_view name))();

}  // namespace inlay::m6502
