// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as functions of the program IR: the loop over rows, with a block for each place that jumps lead to.
#pragma once

#include <string_view>

#include "inlay/ir/module.h"
#include "plan/program.h"

namespace inlay::filter {

/// What the function in the module is called.
inline constexpr std::string_view KernelName = "kernel";

/// Where the runtime's table for sets[i] stands in Scope::objects: behind the program's own objects.
inline std::size_t object_of_set(const Program& program, std::size_t set) { return program.objects.size() + set; }

/// A FilterKernel, of a program whose value is Boolean. The errors: of memory, and of programs that make no sense.
/// `bitmaps`: whether batches may have some; without, columns that could be NULL by one never are.
Result<ir::Module> emit_filter(const Program& program, bool bitmaps = true);
/// A ProjectKernel.
Result<ir::Module> emit_projection(const Program& program, bool bitmaps = true);

}  // namespace inlay::filter
