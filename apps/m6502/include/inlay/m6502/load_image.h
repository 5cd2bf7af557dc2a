// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs from files (inlay/m6502/image.h) into machines.
#pragma once

#include "inlay/m6502/image.h"
#include "inlay/m6502/machine.h"
#include "inlay/result.h"

namespace inlay::m6502 {

/// Loads it into a new machine and sets registers as they are after a reset, with the pc at start_of(). Time stands
/// at cycle 0 then. A cartridge of a NES is behind ROM and the mirrors of 2 KiB of memory, and at cycle 7, which is
/// where traces of it begin; there is no picture and no sound. The machine must stay where it is from then on.
Result<void> load_image(Machine& machine, const Image& image);

}  // namespace inlay::m6502
