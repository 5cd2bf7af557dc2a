// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tables behind opcode_table().
#pragma once

#include "core/opcodes.h"

namespace inlay::m6502 {

const Opcode* nmos_opcodes();
const Opcode* ricoh_opcodes();
const Opcode* cmos_opcodes();

}  // namespace inlay::m6502
