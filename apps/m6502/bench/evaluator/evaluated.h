// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter that the evaluator is given: a loop over the opcode functions.
#pragma once

#include <cstdint>

#include "core/access.h"

namespace inlay::m6502 {

/// What is constant while code is compiled: the program's bytes, and what its pages are.
struct EvaluatedProgram {
  alignas(4096) std::uint8_t memory[65536];
  Map map;
};

/// Cycles that must be left where control has come by a jump backward, a call, a return, or into another page: what a
/// page of the longest instructions takes, so that each of them begins in time.
inline constexpr std::int64_t EvaluatedSlack = 256 * 8;

/// Runs the processor in bus.cpu from `entry`, where it is, until its RTS, or until something needs the driver: then
/// bus.cpu.leave is not 0. More than EvaluatedSlack cycles must be left. `depth`: how many calls there may be yet, one
/// within the other.
extern "C" void m6502_evaluated(Bus& bus, const EvaluatedProgram* program, std::uint32_t entry, std::uint32_t& depth);

}  // namespace inlay::m6502
