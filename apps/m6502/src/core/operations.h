// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What instructions do to registers and values, without their accesses: one definition for all addressing modes.
//
//   read_X      takes the value that was read
//   write_X     gives the value to write
//   modify_X    takes the value that was read and gives the one to write
//   register_X  works on registers only
//   arithmetic_X, arithmetic_modify_X  the same where D matters
//   branch_X    tells whether the branch is taken
#pragma once

#include "core/access.h"
#include "core/decimal.h"

namespace inlay::m6502 {

M6502_INLINE std::uint8_t byte(int value) { return static_cast<std::uint8_t>(value); }

M6502_INLINE std::uint8_t set_nz(Cpu& cpu, int value) {
  cpu.n = cpu.z = byte(value);
  return byte(value);
}

// Loads, logic, comparisons.
M6502_INLINE void read_LDA(Cpu& cpu, std::uint8_t value) { cpu.a = set_nz(cpu, value); }
M6502_INLINE void read_LDX(Cpu& cpu, std::uint8_t value) { cpu.x = set_nz(cpu, value); }
M6502_INLINE void read_LDY(Cpu& cpu, std::uint8_t value) { cpu.y = set_nz(cpu, value); }
M6502_INLINE void read_AND(Cpu& cpu, std::uint8_t value) { cpu.a = set_nz(cpu, cpu.a & value); }
M6502_INLINE void read_ORA(Cpu& cpu, std::uint8_t value) { cpu.a = set_nz(cpu, cpu.a | value); }
M6502_INLINE void read_EOR(Cpu& cpu, std::uint8_t value) { cpu.a = set_nz(cpu, cpu.a ^ value); }
M6502_INLINE void compare(Cpu& cpu, std::uint8_t with, std::uint8_t value) {
  set_nz(cpu, with - value);
  cpu.c = with >= value ? 1 : 0;
}
M6502_INLINE void read_CMP(Cpu& cpu, std::uint8_t value) { compare(cpu, cpu.a, value); }
M6502_INLINE void read_CPX(Cpu& cpu, std::uint8_t value) { compare(cpu, cpu.x, value); }
M6502_INLINE void read_CPY(Cpu& cpu, std::uint8_t value) { compare(cpu, cpu.y, value); }
M6502_INLINE void read_BIT(Cpu& cpu, std::uint8_t value) {
  cpu.n = value;
  cpu.v = (value >> 6) & 1;
  cpu.z = cpu.a & value;
}
/// 65C02: BIT with a constant leaves N and V.
M6502_INLINE void read_BIZ(Cpu& cpu, std::uint8_t value) { cpu.z = cpu.a & value; }
M6502_INLINE void read_NOP(Cpu&, std::uint8_t) {}

// Arithmetic.
M6502_INLINE void add_binary(Cpu& cpu, std::uint8_t value) {
  const unsigned sum = static_cast<unsigned>(cpu.a) + value + cpu.c;
  cpu.v = static_cast<std::uint8_t>((~(cpu.a ^ value) & (static_cast<int>(sum) ^ cpu.a)) >> 7 & 1);
  cpu.c = static_cast<std::uint8_t>(sum >> 8);
  cpu.a = set_nz(cpu, static_cast<int>(sum & 0xFF));
}
template <Variant V>
M6502_INLINE void arithmetic_ADC(Cpu& cpu, std::uint8_t value, Code code) {
  if (V == Variant::Ricoh2A03 || (code & CodeBinary) || !cpu.d) return add_binary(cpu, value);
  if (code & CodeQuick) {
    cpu.leave |= LeaveRefused;
    return;
  }
  set_decimal_result(
      cpu, V == Variant::Cmos ? m6502_c02_adc_decimal(cpu.a, value, cpu.c) : m6502_adc_decimal(cpu.a, value, cpu.c));
}
template <Variant V>
M6502_INLINE void arithmetic_SBC(Cpu& cpu, std::uint8_t value, Code code) {
  if (V == Variant::Ricoh2A03 || (code & CodeBinary) || !cpu.d) return add_binary(cpu, byte(~value));
  if (code & CodeQuick) {
    cpu.leave |= LeaveRefused;
    return;
  }
  set_decimal_result(
      cpu, V == Variant::Cmos ? m6502_c02_sbc_decimal(cpu.a, value, cpu.c) : m6502_sbc_decimal(cpu.a, value, cpu.c));
}

// Stores.
M6502_INLINE std::uint8_t write_STA(const Cpu& cpu) { return cpu.a; }
M6502_INLINE std::uint8_t write_STX(const Cpu& cpu) { return cpu.x; }
M6502_INLINE std::uint8_t write_STY(const Cpu& cpu) { return cpu.y; }
M6502_INLINE std::uint8_t write_STZ(const Cpu&) { return 0; }
M6502_INLINE std::uint8_t write_SAX(const Cpu& cpu) { return cpu.a & cpu.x; }

// Shifts and counts, in memory or (ASL A) in the accumulator.
M6502_INLINE std::uint8_t modify_ASL(Cpu& cpu, std::uint8_t value) {
  cpu.c = value >> 7;
  return set_nz(cpu, value << 1);
}
M6502_INLINE std::uint8_t modify_LSR(Cpu& cpu, std::uint8_t value) {
  cpu.c = value & 1;
  return set_nz(cpu, value >> 1);
}
M6502_INLINE std::uint8_t modify_ROL(Cpu& cpu, std::uint8_t value) {
  const int carry = cpu.c;
  cpu.c = value >> 7;
  return set_nz(cpu, value << 1 | carry);
}
M6502_INLINE std::uint8_t modify_ROR(Cpu& cpu, std::uint8_t value) {
  const int carry = cpu.c;
  cpu.c = value & 1;
  return set_nz(cpu, value >> 1 | carry << 7);
}
M6502_INLINE std::uint8_t modify_INC(Cpu& cpu, std::uint8_t value) { return set_nz(cpu, value + 1); }
M6502_INLINE std::uint8_t modify_DEC(Cpu& cpu, std::uint8_t value) { return set_nz(cpu, value - 1); }
M6502_INLINE std::uint8_t modify_TSB(Cpu& cpu, std::uint8_t value) {
  cpu.z = cpu.a & value;
  return value | cpu.a;
}
M6502_INLINE std::uint8_t modify_TRB(Cpu& cpu, std::uint8_t value) {
  cpu.z = cpu.a & value;
  return byte(value & ~cpu.a);
}

// 65C02: one bit. M6502_BITS is for all that have a bit in their name.
#define M6502_BITS(ONE) ONE(0) ONE(1) ONE(2) ONE(3) ONE(4) ONE(5) ONE(6) ONE(7)
#define M6502_BIT(BIT)                                                                                      \
  M6502_INLINE std::uint8_t modify_RMB##BIT(Cpu&, std::uint8_t value) { return byte(value & ~(1 << BIT)); } \
  M6502_INLINE std::uint8_t modify_SMB##BIT(Cpu&, std::uint8_t value) { return byte(value | 1 << BIT); }
M6502_BITS(M6502_BIT)
#undef M6502_BIT

// Registers.
M6502_INLINE void register_TAX(Cpu& cpu) { cpu.x = set_nz(cpu, cpu.a); }
M6502_INLINE void register_TAY(Cpu& cpu) { cpu.y = set_nz(cpu, cpu.a); }
M6502_INLINE void register_TXA(Cpu& cpu) { cpu.a = set_nz(cpu, cpu.x); }
M6502_INLINE void register_TYA(Cpu& cpu) { cpu.a = set_nz(cpu, cpu.y); }
M6502_INLINE void register_TSX(Cpu& cpu) { cpu.x = set_nz(cpu, cpu.s); }
M6502_INLINE void register_TXS(Cpu& cpu) { cpu.s = cpu.x; }
M6502_INLINE void register_INX(Cpu& cpu) { cpu.x = set_nz(cpu, cpu.x + 1); }
M6502_INLINE void register_INY(Cpu& cpu) { cpu.y = set_nz(cpu, cpu.y + 1); }
M6502_INLINE void register_DEX(Cpu& cpu) { cpu.x = set_nz(cpu, cpu.x - 1); }
M6502_INLINE void register_DEY(Cpu& cpu) { cpu.y = set_nz(cpu, cpu.y - 1); }
M6502_INLINE void register_CLC(Cpu& cpu) { cpu.c = 0; }
M6502_INLINE void register_SEC(Cpu& cpu) { cpu.c = 1; }
M6502_INLINE void register_CLD(Cpu& cpu) { cpu.d = 0; }
M6502_INLINE void register_SED(Cpu& cpu) { cpu.d = 1; }
M6502_INLINE void register_CLV(Cpu& cpu) { cpu.v = 0; }
M6502_INLINE void register_SEI(Cpu& cpu) { cpu.i = 1; }
M6502_INLINE void register_NOP(Cpu&) {}

// Branches.
M6502_INLINE bool branch_BPL(const Cpu& cpu) { return !(cpu.n & StatusNegative); }
M6502_INLINE bool branch_BMI(const Cpu& cpu) { return cpu.n & StatusNegative; }
M6502_INLINE bool branch_BVC(const Cpu& cpu) { return !cpu.v; }
M6502_INLINE bool branch_BVS(const Cpu& cpu) { return cpu.v; }
M6502_INLINE bool branch_BCC(const Cpu& cpu) { return !cpu.c; }
M6502_INLINE bool branch_BCS(const Cpu& cpu) { return cpu.c; }
M6502_INLINE bool branch_BNE(const Cpu& cpu) { return cpu.z; }
M6502_INLINE bool branch_BEQ(const Cpu& cpu) { return !cpu.z; }
M6502_INLINE bool branch_BRA(const Cpu&) { return true; }

// Undocumented, but the same on all NMOS processors: two operations whose lines in the decoder are both set.
M6502_INLINE std::uint8_t modify_SLO(Cpu& cpu, std::uint8_t value) {
  const std::uint8_t shifted = modify_ASL(cpu, value);
  read_ORA(cpu, shifted);
  return shifted;
}
M6502_INLINE std::uint8_t modify_RLA(Cpu& cpu, std::uint8_t value) {
  const std::uint8_t shifted = modify_ROL(cpu, value);
  read_AND(cpu, shifted);
  return shifted;
}
M6502_INLINE std::uint8_t modify_SRE(Cpu& cpu, std::uint8_t value) {
  const std::uint8_t shifted = modify_LSR(cpu, value);
  read_EOR(cpu, shifted);
  return shifted;
}
M6502_INLINE std::uint8_t modify_DCP(Cpu& cpu, std::uint8_t value) {
  read_CMP(cpu, byte(value - 1));
  return byte(value - 1);
}
template <Variant V>
M6502_INLINE std::uint8_t arithmetic_modify_RRA(Cpu& cpu, std::uint8_t value, Code code) {
  const std::uint8_t shifted = modify_ROR(cpu, value);
  arithmetic_ADC<V>(cpu, shifted, code);
  return shifted;
}
template <Variant V>
M6502_INLINE std::uint8_t arithmetic_modify_ISC(Cpu& cpu, std::uint8_t value, Code code) {
  arithmetic_SBC<V>(cpu, byte(value + 1), code);
  return byte(value + 1);
}
M6502_INLINE void read_LAX(Cpu& cpu, std::uint8_t value) { cpu.a = cpu.x = set_nz(cpu, value); }
M6502_INLINE void read_ANC(Cpu& cpu, std::uint8_t value) {
  read_AND(cpu, value);
  cpu.c = cpu.a >> 7;
}
M6502_INLINE void read_ALR(Cpu& cpu, std::uint8_t value) { cpu.a = modify_LSR(cpu, cpu.a & value); }
M6502_INLINE void read_SBX(Cpu& cpu, std::uint8_t value) {
  const std::uint8_t both = cpu.a & cpu.x;
  compare(cpu, both, value);
  cpu.x = byte(both - value);
}
M6502_INLINE void read_LAS(Cpu& cpu, std::uint8_t value) { cpu.a = cpu.x = cpu.s = set_nz(cpu, value & cpu.s); }
template <Variant V>
M6502_INLINE void arithmetic_ARR(Cpu& cpu, std::uint8_t value, Code code) {
  const std::uint8_t both = cpu.a & value;
  if (V != Variant::Ricoh2A03 && !(code & CodeBinary) && cpu.d) {
    if (code & CodeQuick)
      cpu.leave |= LeaveRefused;
    else
      set_decimal_result(cpu, m6502_arr_decimal(both, cpu.c));
    return;
  }
  cpu.a = set_nz(cpu, both >> 1 | cpu.c << 7);
  cpu.c = (cpu.a >> 6) & 1;
  cpu.v = ((cpu.a >> 6) ^ (cpu.a >> 5)) & 1;
}

// These depend on temperature and neighbours on real ones; this constant is what most show.
constexpr std::uint8_t Unstable = 0xEE;
M6502_INLINE void read_ANE(Cpu& cpu, std::uint8_t value) { cpu.a = set_nz(cpu, (cpu.a | Unstable) & cpu.x & value); }
M6502_INLINE void read_LXA(Cpu& cpu, std::uint8_t value) { cpu.a = cpu.x = set_nz(cpu, (cpu.a | Unstable) & value); }

}  // namespace inlay::m6502
