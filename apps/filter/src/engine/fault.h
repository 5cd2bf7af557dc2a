// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which operation of a program raised.
#pragma once

#include <cstddef>
#include <cstdint>

#include "inlay/filter/batch.h"
#include "plan/program.h"

namespace inlay::filter {

/// Whether the instruction may: some loads do, and we do not ask which.
bool may_raise(const Program& program, const Instruction& instruction);

/// The number of the instruction that raises in this row; as many as there are instructions, if none does.
std::size_t find_raising(const Program& program, const Batch& batch, const std::uint8_t* const* tables,
                         std::int64_t row);

}  // namespace inlay::filter
