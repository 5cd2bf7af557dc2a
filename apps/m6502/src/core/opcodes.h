// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The opcodes of each variant: what they are called, how they are addressed, what they can do, and their function.
#pragma once

#include <cstdint>

#include "inlay/m6502/bus.h"
#include "inlay/m6502/cpu.h"

namespace inlay::m6502 {

/// AddressingMode of inlay/m6502/disassemble.h has the same values by names for people.
enum class Mode : std::uint8_t {
  IMP,  // nothing
  ACC,  // A
  IMM,  // #$12
  ZP,   // $12
  ZPX,  // $12,X
  ZPY,  // $12,Y
  ABS,  // $1234
  ABX,  // $1234,X
  ABY,  // $1234,Y
  IND,  // ($1234)    JMP
  IZX,  // ($12,X)
  IZY,  // ($12),Y
  REL,  // $1234      branches
  IZP,  // ($12)      65C02
  IAX,  // ($1234,X)  65C02: JMP
  ZPR,  // $12,$1234  65C02: BBR, BBS
};

/// The bytes of an instruction of that mode.
constexpr int length_of(Mode mode) {
  switch (mode) {
    case Mode::IMP:
    case Mode::ACC:
      return 1;
    case Mode::ABS:
    case Mode::ABX:
    case Mode::ABY:
    case Mode::IND:
    case Mode::IAX:
    case Mode::ZPR:
      return 3;
    default:
      return 2;
  }
}

/// What an instruction does, as far as those want to know who join instructions.
enum OpcodeFlag : std::uint32_t {
  OpcodeBranch = 1u << 0,    // to a known place, or on to the next instruction
  OpcodeJump = 1u << 1,      // never on to the next instruction: JMP, BRA
  OpcodeCall = 1u << 2,      // JSR
  OpcodeReturn = 1u << 3,    // RTS, RTI
  OpcodeIndirect = 1u << 4,  // the place it jumps to is read from memory that is not the stack
  OpcodeBreak = 1u << 5,     // BRK
  OpcodeStops = 1u << 6,     // JAM, STP, WAI
  OpcodeReads = 1u << 7,     // data, not counting the instruction itself and the stack
  OpcodeWrites = 1u << 8,    // data, not counting the stack
  OpcodePushes = 1u << 9,
  OpcodeResumes = 1u << 10,  // RTI: to what was interrupted, which may be anything
  /// Reads or writes, if only for nothing, at an address that is not its operand, with an index or without, nor in page
  /// 0 or on the stack.
  OpcodeComputed = 1u << 11,
  /// Can set Cpu::leave even if no device is accessed and no watched byte is written: what changes I, and what stops.
  OpcodeLeaves = 1u << 12,
  OpcodeDecimal = 1u << 13,       // looks at D
  OpcodeSetsStatus = 1u << 14,    // changes D or I
  OpcodeUndocumented = 1u << 15,  // works the same on all NMOS processors
  OpcodeUnstable = 1u << 16,      // depends on more than the program on real ones
};

// What sets Cpu::leave: compiled code asks behind these, and behind no others. That of all opcodes is tested in
// src/jit/devices_test.cpp.

/// By opcode_A9_LDA_IMM and the others, of instructions that lie in memory (CodePlain): what accesses a device, writes
/// to a byte that is watched, or lets an interrupt in.
constexpr bool may_leave(std::uint32_t flags, Mode mode) {
  const bool operand_is_address = mode == Mode::ABS || mode == Mode::ABX || mode == Mode::ABY;
  return (flags & (OpcodeWrites | OpcodePushes | OpcodeLeaves | OpcodeComputed | OpcodeIndirect)) != 0 ||
         ((flags & OpcodeReads) != 0 && operand_is_address);
}

/// By region_A9_LDA_IMM and the others, which refuse (LeaveRefused) what is not plain memory. Where their operand leads
/// is, so these are those that access something else.
constexpr bool may_be_refused(std::uint32_t flags) {
  return (flags & (OpcodeWrites | OpcodePushes | OpcodeLeaves | OpcodeComputed)) != 0;
}

/// The same on machines without a device for reads (CodeMemory).
constexpr bool may_be_refused_in_memory(std::uint32_t flags) {
  return (flags & (OpcodeWrites | OpcodePushes | OpcodeLeaves)) != 0;
}

/// `code` is what is known of the instruction (core/access.h). The function takes the cycle of the opcode's fetch,
/// fetches the operands and leaves cpu.pc at the next instruction.
using OpcodeFunction = void (*)(Cpu& cpu, Bus& bus, const Map& map, std::uint32_t code);

struct Opcode {
  const char* name = nullptr;           // LDA
  const char* function_name = nullptr;  // opcode_A9_LDA_IMM
  OpcodeFunction function = nullptr;
  std::uint32_t flags = 0;
  Mode mode = Mode::IMP;
  std::uint8_t length = 0;   // in bytes
  std::uint8_t looks = 0;    // bytes from the opcode on that are fetched: one more than `length` for some
  std::uint8_t cycles = 0;   // at least
  std::uint8_t longest = 0;  // cycles at most
};

/// 256, by the opcode's byte.
const Opcode* opcode_table(Variant variant);

}  // namespace inlay::m6502
