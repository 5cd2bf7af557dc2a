// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instructions as text: names, lengths, listings, and traces as nestest's log has them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "inlay/m6502/cpu.h"
#include "inlay/m6502/labels.h"

namespace inlay::m6502 {

enum class AddressingMode : std::uint8_t {
  Implied,
  Accumulator,
  Immediate,
  ZeroPage,
  ZeroPageX,
  ZeroPageY,
  Absolute,
  AbsoluteX,
  AbsoluteY,
  Indirect,           // JMP ($1234)
  IndexedIndirect,    // ($12,X)
  IndirectIndexed,    // ($12),Y
  Relative,           //
  ZeroPageIndirect,   // ($12), of the 65C02 as what follows
  AbsoluteXIndirect,  // JMP ($1234,X)
  ZeroPageRelative,   // BBR0 $12,$1234
};

struct OpcodeText {
  std::string_view mnemonic;
  AddressingMode mode = AddressingMode::Implied;
  bool undocumented = false;
};

OpcodeText opcode_text(Variant variant, std::uint8_t opcode);
/// Bytes of an instruction, 1 to 3. BRK has one, though the processor skips the next.
int length_of(AddressingMode mode);

/// The bytes of an instruction; those behind its length do not matter.
using InstructionBytes = std::array<std::uint8_t, 3>;

/// Reads memory without effects.
using Peek = std::function<std::uint8_t(std::uint16_t)>;
InstructionBytes instruction_at(const Peek& peek, std::uint16_t pc);

/// `LDA ($80,X)`. With labels, operands that are addresses are their names where they have some: `JSR _main`.
std::string instruction_text(Variant variant, std::uint16_t pc, const InstructionBytes& bytes,
                             const Labels* labels = nullptr);
/// `C000  4C F5 C5  JMP $C5F5`: a `*` before the name of what is undocumented.
std::string listing_line(Variant variant, std::uint16_t pc, const InstructionBytes& bytes,
                         const Labels* labels = nullptr);

/// What is to be executed and on which state, byte for byte as in nestest's log, without a line end:
///
///   C000  4C F5 C5  JMP $C5F5                       A:00 X:00 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7
///
/// The picture's line and dot are those of an NTSC NES that was started at cycle 0.
std::string trace_line(Variant variant, const Peek& peek, std::uint16_t pc, std::uint8_t a, std::uint8_t x,
                       std::uint8_t y, std::uint8_t p, std::uint8_t s, std::int64_t cycle);

}  // namespace inlay::m6502
