// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What compiled programs call that cannot go on.
#pragma once

#include <cstdint>

namespace inlay::ir {
struct TrapSite;
}

/// Throws Trapped. Programs that are linked ahead of time bring one of their own, which ends the process.
extern "C" [[noreturn]] void inlay_trap(const inlay::ir::TrapSite* site, std::int64_t a, std::int64_t b);
