// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How fast a machine was, and what was compiled, in words.
#pragma once

#include <cstdint>
#include <cstdio>

#include "command/session.h"

namespace inlay::m6502::command {

/// Of so many cycles that took so long.
void write_statistics(std::FILE* file, const Session& session, std::int64_t cycles, double seconds);

}  // namespace inlay::m6502::command
