// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the report of a region's compilation to machine instructions by nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "explain/explanation.h"
#include "inlay/report.h"

namespace inlay::m6502 {

/// What a number in machine code stands for.
struct MachineDevice {
  std::uintptr_t address = 0;
  std::string name;
};

struct RegionCodeLines {
  std::uint64_t bytes = 0;                         // of all functions
  std::vector<std::vector<MachineLine>> of_nodes;  // by node
  std::vector<MachineLine> around;                 // what belongs to none, or to many
  std::vector<ListedFunction> functions;           // but the region's own
};

/// Of a report of compile_region() with `explain`.
RegionCodeLines lines_of(const Report& report, std::size_t nodes, std::span<const MachineDevice> devices);

}  // namespace inlay::m6502
