// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine that is always there, and that decides what a program means.
#pragma once

#include "kernel.h"
#include "plan/program.h"

namespace inlay::filter {

/// As FilterKernel and ProjectKernel, of the program given.
std::int64_t interpret_filter(const Program& program, const ColumnData* columns, Scope& scope,
                              const std::uint8_t* const* tables, std::int64_t begin, std::int64_t end,
                              std::uint8_t* pass);
std::int64_t interpret_project(const Program& program, const ColumnData* columns, Scope& scope,
                               const std::uint8_t* const* tables, const std::uint32_t* selection, std::int64_t first,
                               std::int64_t count, const ProjectionOut& out);

/// Reads one value of a column, as Op::Load does.
void load_column(const Column& column, const ColumnData& data, std::int64_t row, Scope& scope, Slot& result);

}  // namespace inlay::filter
