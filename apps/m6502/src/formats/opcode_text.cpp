// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names of opcodes, from the table that the engines have.
#include "core/opcodes.h"
#include "inlay/m6502/disassemble.h"

namespace inlay::m6502 {

// In the same order, each with its own name.
static_assert(static_cast<int>(AddressingMode::Implied) == static_cast<int>(Mode::IMP) &&
              static_cast<int>(AddressingMode::IndexedIndirect) == static_cast<int>(Mode::IZX) &&
              static_cast<int>(AddressingMode::ZeroPageRelative) == static_cast<int>(Mode::ZPR));

OpcodeText opcode_text(Variant variant, std::uint8_t opcode) {
  const Opcode& known = opcode_table(variant)[opcode];
  std::string_view name = known.name;
  if (name == "ISC") name = "ISB";  // as nestest's log has it
  return {name, static_cast<AddressingMode>(known.mode), (known.flags & (OpcodeUndocumented | OpcodeUnstable)) != 0};
}

int length_of(AddressingMode mode) { return length_of(static_cast<Mode>(mode)); }

}  // namespace inlay::m6502
