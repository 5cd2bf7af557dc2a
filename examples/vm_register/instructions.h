// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The instruction words of the register machine.
//
//    31    24 23    16 15     8 7      0
//   +--------+--------+--------+--------+
//   |   c    |   b    |   a    | opcode |    three registers, or c an immediate of 8 bits
//   +--------+--------+--------+--------+
//   |    immediate    |   a    | opcode |    16 bits: a number, a constant, a function, a jump
//   +-----------------+--------+--------+
//   |         immediate        |  ext   |    24 bits, put above those of the next instruction
//   +--------------------------+--------+
//
// Immediates are signed, but for indices of constants and functions. With `ext` in front an immediate has 32 bits.
// Jumps count from the instruction behind the jump.
#pragma once

#include <cstdint>

namespace vm_register {

using Word = std::uint32_t;

enum class Opcode : std::uint8_t {
#define OPCODE(Name, text, format) Name,
#include "opcodes.def"
};

/// What an instruction's fields hold, in the order in which they are written.
enum class Format : std::uint8_t {
  None,
  A,
  AB,
  ABC,
  ABImmediate,
  AImmediate,
  AConstant,
  AFunction,
  Target,
  ATarget,
  ABTarget,
  AImmediateTarget,  // b is an immediate, which `ext` does not widen
  Extension,
};

struct Operation {
  const char* text;
  Format format;
};

inline constexpr Operation Operations[] = {
#define OPCODE(Name, text, format) {text, Format::format},
#include "opcodes.def"
};
inline constexpr unsigned OpcodeCount = sizeof Operations / sizeof *Operations;

constexpr Opcode opcode_of(Word word) { return static_cast<Opcode>(word & 0xff); }
constexpr unsigned a_of(Word word) { return word >> 8 & 0xff; }
constexpr unsigned b_of(Word word) { return word >> 16 & 0xff; }
constexpr unsigned c_of(Word word) { return word >> 24; }

constexpr Word encode(Opcode opcode, unsigned a = 0, unsigned b = 0, unsigned c = 0) {
  return static_cast<Word>(opcode) | (a & 0xff) << 8 | (b & 0xff) << 16 | (c & 0xff) << 24;
}
constexpr Word encode_wide(Opcode opcode, unsigned a, std::int64_t immediate) {
  return static_cast<Word>(opcode) | (a & 0xff) << 8 | static_cast<Word>(immediate) << 16;
}
constexpr Word encode_extension(std::int64_t high) {
  return static_cast<Word>(Opcode::Ext) | static_cast<Word>(high) << 8;
}

}  // namespace vm_register
