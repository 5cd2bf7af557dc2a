// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A region as program IR: its graph, with a call of the opcode's function for each node.
//
//   func @region(%bus: ptr, %cpu: ptr)
//     the registers become variables, and a table leads to the place that the program counter says
//     each node: whether there is time, if it has a check; the opcode's function, with what is known of the instruction
//     as a constant; whether to leave, if it may have asked for that; on to the next
//     the variables become registers again
//
// The line of what belongs to a node is its number plus 1; that of all else is one more than there are nodes.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "inlay/ir/module.h"
#include "inlay/result.h"
#include "jit/region.h"

namespace inlay::m6502 {

/// What the lines are those of.
inline constexpr std::string_view RegionLines = "6502";

/// What the function in the module is called.
inline constexpr std::string_view RegionName = "region";

/// Names of functions of runtimes that devices have, by their addresses: called by name, their bodies are known.
using DeviceNames = std::map<const void*, std::string>;

/// The map is the one that the region may rely on, with WriteUnwatched where no code is.
Result<ir::Module> emit_region(const Region& region, Variant variant, const Map& map, const DeviceNames& names = {});

/// Adds the function to a module, under a name of its own. What goes wrong is the module's error.
ir::FunctionId add_region(ir::Module& module, std::string_view name, const Region& region, Variant variant,
                          const Map& map, const DeviceNames& names = {});

}  // namespace inlay::m6502
